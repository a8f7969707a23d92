"""A logged session, as its MLflow run describes it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow.entities import Run

RUN_PREFIX = "session "  # of the names of sessions' runs
COUNT_PREFIX = "count."  # of metrics that count cases and verdicts


@dataclass(frozen=True)
class LoggedSession:
    """One logged session, as listed by ``lab sessions``.

    Attributes
    ----------
    id, run_id : str
        Ids of the session and of its MLflow run.
    outcome : str
        ``passed``, ``failed`` or ``interrupted``; ``running`` until the session has logged one.
    status : str
        MLflow's status of the run.
    start : datetime
        Start of its first test, in local time.
    end : datetime or None
        None while it is running, or if it was killed.
    cases : int or None
        Number of cases; None if it has not ended.
    outcomes, verdicts : dict of str to int
        Number of cases by outcome, and of observations by verdict.
    command : str
        The command line.
    git_commit : str
        Empty outside a repository.
    git_dirty : bool
        Whether files differed from the commit.
    user : str
        Name of the user who ran it.
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
        """Return the session of an MLflow run."""
        from lab.observations.verdict import Verdict

        info, tags, verdicts = run.info, run.data.tags, list(map(str, Verdict))
        counts = {
            name.removeprefix(COUNT_PREFIX): int(value)
            for name, value in run.data.metrics.items()
            if name.startswith(COUNT_PREFIX)
        }
        outcomes = {name: n for name, n in counts.items() if name not in verdicts}
        return cls(
            id=tags.get("lab.session") or str(info.run_name).removeprefix(RUN_PREFIX),
            run_id=info.run_id,
            outcome=tags.get("lab.outcome") or str(info.status).lower(),
            status=info.status,
            start=_local(info.start_time),
            end=_local(info.end_time) if info.end_time else None,
            cases=sum(outcomes.values()) if counts else None,
            outcomes=outcomes,
            verdicts={verdict: counts.get(verdict, 0) for verdict in verdicts} if counts else {},
            command=tags.get("mlflow.source.name", ""),
            git_commit=tags.get("mlflow.source.git.commit", ""),
            git_dirty=tags.get("mlflow.source.git.dirty") == "true",
            user=tags.get("mlflow.user", ""),
        )

    @property
    def seconds(self) -> float | None:
        """Duration; None if it has not ended."""
        return (self.end - self.start).total_seconds() if self.end else None

    def to_json(self) -> dict[str, Any]:
        """Return all fields as JSON values."""
        times = {"start": self.start.isoformat(), "end": self.end and self.end.isoformat()}
        return asdict(self) | times | {"seconds": self.seconds}


def _local(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone()
