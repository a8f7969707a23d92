"""Logged sessions, read back from MLflow."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.errors import LabError, first_sentence
from lab.tracking.backend import RUN_FIRST, Backend, TrackingError
from lab.tracking.database import database_file
from lab.tracking.logged_session import RUN_PREFIX, LoggedSession
from lab.tracking.tracker import BASELINES, OBSERVATIONS, ROWS, SCORES, SESSION_RECORD
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

    from lab.observations.record import ObservationRecord

LATEST = "latest"
PREDICTIONS = "predictions.parquet"  # artifact of a case's run
SEARCHED = 1000  # newest sessions that a name may refer to
RECENT = """
    SELECT runs.name FROM runs JOIN experiments USING (experiment_id)
    WHERE iif(:id = '', experiments.name = :name, experiments.experiment_id = :id)
    AND runs.name LIKE 'session %' AND runs.lifecycle_stage = 'active'
    ORDER BY runs.start_time DESC LIMIT :limit
"""


def logged_sessions(root: Path, limit: int) -> list[LoggedSession]:
    """Return the newest logged sessions, newest first.

    Parameters
    ----------
    root : Path
        The project's folder.
    limit : int
        Maximum number of sessions.

    Raises
    ------
    TrackingError
        There is no session, or MLflow cannot be read.
    """
    with _connected(root) as (client, experiment):
        runs = _sessions(client, experiment, limit)
    if not runs:
        raise TrackingError(f"no session is logged yet: {RUN_FIRST}")
    return [LoggedSession.of(run) for run in runs]


def session_scores(root: Path, name: str) -> tuple[str, str]:
    """Return a session's title, and its scores in the form of a baseline.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        ``latest``, ``latest~1`` for the session before it and so on; the id of a session or of its
        run, or the beginning of one; or the full id of any of its cases' runs.

    Raises
    ------
    TrackingError
        There is no such session, or it has no scores.
    """
    with _connected(root) as (client, experiment):
        return _artifact(client, _find(client, experiment, name), SCORES, "scores")


def session_baselines(root: Path, name: str) -> list[Path]:
    """Return the files that a session compares with; none if an earlier version logged it.

    A session is named as in :func:`session_scores`.
    """
    with _connected(root) as (client, experiment):
        tags = _find(client, experiment, name).data.tags
    return [root / file for file in tags.get(BASELINES, "").splitlines()]


def session_record(root: Path, name: str) -> tuple[str, str]:
    """Return a session's title, and its record as JSON, like :func:`session_scores`."""
    with _connected(root) as (client, experiment):
        return _artifact(client, _find(client, experiment, name), SESSION_RECORD, "record")


def session_observations(root: Path, name: str) -> tuple[str, list[ObservationRecord]]:
    """Return a session's title, and its observations, like :func:`session_scores`."""
    from lab.observations.record import ObservationRecord  # not above: completion needs no NumPy

    with _connected(root) as (client, experiment):
        run = _find(client, experiment, name)
        title, text = _artifact(client, run, OBSERVATIONS, "observations")
    try:
        return title, list(map(ObservationRecord.from_json, json.loads(text)))
    except (KeyError, TypeError, ValueError) as error:
        raise TrackingError(f"{OBSERVATIONS} of {title} is corrupted: {error}") from None


@dataclass(frozen=True)
class SessionFiles:
    """Files of a session, read while MLflow is connected.

    Attributes
    ----------
    title : str
        Its title.
    record : str
        Its record, as JSON.
    """

    title: str
    record: str
    _client: MlflowClient
    _run: Run
    _folder: Path

    def rows(self) -> pd.DataFrame | None:
        """Return groups, times and values of rows; None if the session logged none."""
        names = [one.path for one in self._client.list_artifacts(self._run.info.run_id)]
        return self._read(self._run.info.run_id, ROWS) if ROWS in names else None

    def predictions(self, run_id: str) -> pd.DataFrame:
        """Return the out-of-fold predictions of a case's run.

        Raises
        ------
        TrackingError
            They are missing or corrupted.
        """
        return self._read(run_id, PREDICTIONS, ["fold", "row", "y_true", "y_score"])

    def _read(self, run_id: str, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        import pandas as pd
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
        from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

        # All runs of a session have the same place but for their ids. MLflow's own download looks
        # each run up twice, which takes longer than the file.
        own = self._run.info
        place = str(own.artifact_uri).replace(own.run_id, run_id)
        try:
            repository: Any = get_artifact_repository(place)
            is_local = isinstance(repository, LocalArtifactRepository)  # then nothing is copied
            path = repository.download_artifacts(name, None if is_local else str(self._folder))
            return pd.read_parquet(path, columns=columns)
        except Exception as error:
            raise TrackingError(
                f"run {run_id} of {self.title} has no readable {name} ({first_sentence(error)}): "
                "repeat the session with --reuse, which logs it again"
            ) from None


@contextmanager
def session_files(root: Path, name: str) -> Iterator[SessionFiles]:
    """Yield the files of a session, which is named as in :func:`session_scores`."""
    with _connected(root) as (client, experiment), tempfile.TemporaryDirectory() as folder:
        run = _find(client, experiment, name)
        title, text = _artifact(client, run, SESSION_RECORD, "record")
        yield SessionFiles(title, text, client, run, Path(folder))


def recent(root: Path, limit: int = 20) -> list[str]:
    """Return the ids of the newest sessions in a database file, without importing MLflow."""
    backend = Backend(root)
    try:
        path = database_file(backend.uri)
        if path is None:
            return []
        address = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=0.5)) as connection:
            wanted = {"id": backend.experiment_id, "name": backend.experiment, "limit": limit}
            rows = connection.execute(RECENT, wanted).fetchall()
    except (TrackingError, OSError, sqlite3.Error):
        return []
    return [name.removeprefix(RUN_PREFIX) for (name,) in rows]


@contextmanager
def _connected(root: Path) -> Iterator[tuple[MlflowClient, str]]:
    """Yield a client and the experiment's id; explain errors raised while they are used."""
    backend = Backend(root)
    client, experiment = backend.connect(create=False)
    try:
        yield client, experiment
    except LabError:
        raise
    except Exception as error:  # of MLflow, or of one of its many stores
        raise backend.failure(error) from error


def _artifact(client: MlflowClient, run: Run, name: str, what: str) -> tuple[str, str]:
    """Return a session's title, and the text of one of its artifacts."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = client.download_artifacts(run.info.run_id, name, folder)
            text = Path(path).read_text(encoding="utf-8")
        except Exception:
            raise TrackingError(
                f"{run.info.run_name} has no {what}: it logged none, was interrupted, or its "
                "artifacts were deleted"
            ) from None
    return str(run.info.run_name), text


def _sessions(client: MlflowClient, experiment: str, limit: int) -> list[Run]:
    return list(
        client.search_runs(
            [experiment],
            f"attributes.run_name LIKE '{RUN_PREFIX}%'",
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
            raise TrackingError(f"{name}: only {counted(len(sessions), 'session')} logged")
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
        matches = "several sessions" if found else "no session"
        raise TrackingError(
            f"{name!r} matches {matches}: give the id of a session or of its run, `latest`, "
            "`latest~1`, `baseline`, or the file of a baseline"
        )
    return found[0]


def _is_id(name: str) -> bool:
    """Return whether a name has the form of a run's id."""
    return len(name) == 32 and all(letter in "0123456789abcdef" for letter in name)
