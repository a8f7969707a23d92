"""Sessions that were logged, read back."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.observations.effects import Verdict
from lab.tracking.backend import NO_SESSION, Backend, TrackingError, database
from lab.tracking.tracker import OBSERVATIONS, RECORD, SCORES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

LATEST = "latest"
SEARCHED = 1000  # newest sessions among which a name is looked for
NAMED = "session "  # how the names of sessions' runs begin
COUNT = "count."  # how the names of metrics begin that count cases and verdicts
VERDICTS = tuple(map(str, Verdict))
RECENT = """
    SELECT runs.name FROM runs JOIN experiments USING (experiment_id)
    WHERE experiments.name = ? AND runs.name LIKE 'session %' AND runs.lifecycle_stage = 'active'
    ORDER BY runs.start_time DESC LIMIT ?
"""


@dataclass(frozen=True)
class LoggedSession:
    """What the run of a session says of it.

    Attributes
    ----------
    id : str
        The session's own.
    run_id : str
        That of its run.
    outcome : str
        What its tests came to; ``running`` until it has said so.
    start : datetime
        When its first test started, in local time.
    end : datetime or None
        None if it has not ended.
    cases : int or None
        How many it recorded; None if it has not ended.
    outcomes : dict of str to int
        How many of them came to what.
    verdicts : dict of str to int
        How many observations got which verdict.
    command : str
        The command line.
    git_commit : str
        Nothing outside a repository.
    """

    id: str
    run_id: str
    outcome: str
    status: str
    start: datetime
    end: datetime | None
    cases: int | None
    outcomes: dict[str, int]
    verdicts: dict[str, int]
    command: str
    git_commit: str
    git_dirty: bool
    user: str

    @classmethod
    def of(cls, run: Run) -> LoggedSession:
        """Return what a session's run says."""
        info, tags = run.info, run.data.tags
        counts = {
            name.removeprefix(COUNT): int(value)
            for name, value in run.data.metrics.items()
            if name.startswith(COUNT)
        }
        outcomes = {name: n for name, n in counts.items() if name not in VERDICTS}
        return cls(
            tags.get("lab.session") or str(info.run_name).removeprefix(NAMED),
            info.run_id,
            tags.get("lab.outcome") or str(info.status).lower(),
            info.status,
            _local(info.start_time),
            _local(info.end_time) if info.end_time else None,
            sum(outcomes.values()) if counts else None,
            outcomes,
            {verdict: counts.get(verdict, 0) for verdict in VERDICTS} if counts else {},
            tags.get("mlflow.source.name", ""),
            tags.get("mlflow.source.git.commit", ""),
            tags.get("mlflow.source.git.dirty") == "true",
            tags.get("mlflow.user", ""),
        )

    @property
    def seconds(self) -> float | None:
        """How long it took; None if it has not ended."""
        return (self.end - self.start).total_seconds() if self.end else None

    def facts(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        times = {"start": self.start.isoformat(), "end": self.end and self.end.isoformat()}
        return asdict(self) | times | {"seconds": self.seconds}


def _local(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone()


def logged_sessions(root: Path, limit: int) -> list[LoggedSession]:
    """Return the sessions that were logged, the newest first.

    Parameters
    ----------
    root : Path
        The project's folder.
    limit : int
        How many at most.

    Raises
    ------
    TrackingError
        None was, or MLflow cannot be read.
    """
    with _connected(root) as (client, experiment):
        runs = _sessions(client, experiment, limit)
    if not runs:
        raise TrackingError(f"no session was logged yet: {NO_SESSION}")
    return [LoggedSession.of(run) for run in runs]


def session_scores(root: Path, name: str) -> tuple[str, str]:
    """Return what a session is called, and its scores in the form of a baseline.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        ``latest``, ``latest~1`` for the one before it and so on, a session's id, or the id of its
        run or of any run in it. Of the first two the beginning will do.

    Raises
    ------
    TrackingError
        There is no such session, or it kept no scores.
    """
    with _connected(root) as (client, experiment):
        return _artifact(client, _find(client, experiment, name), SCORES, "scores")


def session_record(root: Path, name: str) -> tuple[str, str]:
    """Return what a session is called, and the record of it as JSON.

    See :func:`session_scores`.
    """
    with _connected(root) as (client, experiment):
        return _artifact(client, _find(client, experiment, name), RECORD, "record for a report")


def session_observations(root: Path, name: str) -> tuple[str, list[dict[str, Any]]]:
    """Return what a session is called, and the facts of what it observed.

    See :func:`session_scores`.
    """
    with _connected(root) as (client, experiment):
        run = _find(client, experiment, name)
        title, text = _artifact(client, run, OBSERVATIONS, "observations")
    try:
        return title, list(json.loads(text))
    except ValueError as error:
        raise TrackingError(f"{OBSERVATIONS} of {title} is damaged: {error}") from None


def recent(root: Path, limit: int = 20) -> list[str]:
    """Return the ids of the newest sessions, fast: without MLflow, so of a database file only."""
    backend = Backend(root)
    try:
        path = database(backend.uri)
        if path is None:
            return []
        address = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=0.5)) as connection:
            rows = connection.execute(RECENT, (backend.experiment, limit)).fetchall()
    except (TrackingError, OSError, sqlite3.Error):
        return []
    return [name.removeprefix(NAMED) for (name,) in rows]


@contextmanager
def _connected(root: Path) -> Iterator[tuple[MlflowClient, str]]:
    """Yield a client and the experiment's id; what goes wrong in between is a sentence."""
    backend = Backend(root)
    client, experiment = backend.connect(make=False)
    try:
        yield client, experiment
    except TrackingError:
        raise
    except Exception as error:  # MLflow's own, or one of its many stores'
        raise backend.failure(error) from error


def _artifact(client: MlflowClient, run: Run, name: str, what: str) -> tuple[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = client.download_artifacts(run.info.run_id, name, folder)
            text = Path(path).read_text(encoding="utf-8")
        except Exception:
            raise TrackingError(
                f"{run.info.run_name} kept no {what}: it made none, was cut short, or its "
                "artifacts are gone"
            ) from None
    return str(run.info.run_name), text


def _sessions(client: MlflowClient, experiment: str, limit: int) -> list[Run]:
    return list(
        client.search_runs(
            [experiment],
            f"attributes.run_name LIKE '{NAMED}%'",
            max_results=limit,
            order_by=["attributes.start_time DESC"],
        )
    )


def _find(client: MlflowClient, experiment: str, name: str) -> Run:
    sessions = _sessions(client, experiment, SEARCHED)
    word, tilde, back = name.partition("~")
    if word == LATEST and (back.isdecimal() if tilde else True):
        position = int(back or 0)
        if position >= len(sessions):
            raise TrackingError(f"{name}: {len(sessions)} sessions are logged in this experiment")
        return sessions[position]
    found = [
        run
        for run in sessions
        if run.info.run_id.startswith(name) or run.data.tags.get("lab.session", "").startswith(name)
    ]
    if not found:
        child = (
            client.search_runs([experiment], f"attributes.run_id = '{name}'")
            if _is_id(name)
            else []
        )
        parents = {run.data.tags.get("mlflow.parentRunId") for run in child}
        found = [run for run in sessions if run.info.run_id in parents]
    if len(found) != 1:
        what = "several sessions" if found else "no session"
        raise TrackingError(
            f"{name!r} names {what}: give a session's id or its run's, `latest`, `latest~1`, "
            "`baseline`, or a baseline's file"
        )
    return found[0]


def _is_id(name: str) -> bool:
    return len(name) == 32 and all(letter in "0123456789abcdef" for letter in name)
