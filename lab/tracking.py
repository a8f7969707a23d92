"""What a session logs to MLflow: a parent run, and a child run for each case.

The only module that imports mlflow, and only once a session is prepared: the import takes seconds
that no other process needs to spend.
"""

from __future__ import annotations

import getpass
import json
import logging
import os
import socket
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lab.errors import LabError
from lab.files import lock
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlflow.entities import DatasetInput, Metric

    from lab.experiment import Case, Protocol, Result

EXPERIMENT = "mlflow-lab"
# MLflow refuses longer values.
MAX_TAG, MAX_PARAM = 5000, 6000


class TrackingError(LabError):
    """MLflow cannot be written to."""


def tracking_uri(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return ``MLFLOW_TRACKING_URI``, or the project's own SQLite database."""
    return environment.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root / 'mlflow.db'}"


class Tracker:
    """Writes the runs of one session.

    Parameters
    ----------
    root : Path
        The project's folder: home of the default database and of its artifacts.
    session : str
        The session's id.
    protocol : Protocol
        How the session's cases are cross-validated.
    command : str
        The command line, as the runs' source.
    """

    def __init__(self, root: Path, session: str, protocol: Protocol, command: str) -> None:
        self.root = root
        self.session = session
        self.protocol = protocol
        self.command = command
        self.uri = tracking_uri(root)
        self.experiment = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
        self.run_id = ""  # of the session's own run, once it is open
        self._runs: dict[Case, str] = {}
        self._linked: set[str] = set()
        self._common: dict[str, str] = {}

    def prepare(self) -> None:
        """Connect, and make the database and the experiment if they are missing.

        Raises
        ------
        TrackingError
            The server does not answer, or MLflow refuses the address or the experiment.
        """
        if self._is_server and (reason := _no_answer(self.uri)):
            raise TrackingError(
                f"no MLflow server answers at {self.shown_uri} ({reason}): start it, or unset "
                "MLFLOW_TRACKING_URI"
            )
        # A server that is gone should cost seconds, not the four minutes of MLflow's default.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
        # Usage statistics would be sent from the user's machine without having been asked for.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        for noisy in ("mlflow.store.db.utils", "alembic"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        from mlflow.tracking import MlflowClient

        try:
            if self.uri.startswith("sqlite:"):
                _create_database(self.uri, self.root)
            self._client = MlflowClient(tracking_uri=self.uri)
            self._experiment_id = self._find_experiment()
        except TrackingError:
            raise
        except Exception as error:
            reason = self.redact(str(error)).strip().partition("\n")[0].partition("[SQL:")[0]
            raise TrackingError(
                f"MLflow cannot use {self.shown_uri}: {type(error).__name__}: {reason.strip()}"
            ) from error
        self._common = {
            "lab.session": self.session,
            "mlflow.user": _user(),
            "mlflow.source.name": self.command,
            "mlflow.source.type": "LOCAL",
            **_git_tags(self.root),
            **{f"version.{package}": version for package, version in versions().items()},
        }

    def open_case(self, case: Case, start: float) -> None:
        """Open a case's run; the session's own run first, if this is the first case.

        Parameters
        ----------
        case : Case
            It has no open run.
        start : float
            When its first test started, in seconds since the epoch.
        """
        milliseconds = int(start * 1000)
        if not self.run_id:
            run = self._client.create_run(
                self._experiment_id, milliseconds, self._common, f"session {self.session}"
            )
            self.run_id = run.info.run_id
            self._log(self.run_id, params=_protocol_params(self.protocol))
        tags = self._common | {"mlflow.parentRunId": self.run_id, "lab.case": case.id}
        run = self._client.create_run(self._experiment_id, milliseconds, tags, case.id)
        self._runs[case] = run.info.run_id

    def log_result(
        self, case: Case, result: Result, artifacts: Mapping[str, Path], *, reused: bool
    ) -> None:
        """Log what a case produced; artifacts are files by the names they are to have."""
        run_id = self._runs[case]
        tags = {"lab.reused": str(reused).lower()}
        if result.notes:
            tags["lab.notes"] = "\n".join(result.notes)
        self._log(run_id, metrics(result), params(result), tags)
        dataset = dataset_input(result)
        if result.dataset["digest"] not in self._linked:
            # The first link to a dataset is made once, here: MLflow fails where two runs make it
            # at the same moment.
            self._link(self.run_id, dataset)
            self._linked.add(result.dataset["digest"])
        self._link(run_id, dataset)
        with tempfile.TemporaryDirectory() as folder:
            for name, source in artifacts.items():
                # MLflow names an artifact after its file.
                path = Path(folder, name)
                path.write_bytes(source.read_bytes())
                self._client.log_artifact(run_id, str(path))

    def close_case(
        self, case: Case, outcome: str, status: str, tags: Mapping[str, str], end: float
    ) -> None:
        """Close a case's run.

        Parameters
        ----------
        case : Case
            Its run is open.
        outcome : str
            What its tests said, for the tag ``lab.outcome``.
        status : str
            MLflow's word for the run's end.
        tags : mapping
            Further tags: verdicts, errors.
        end : float
            When its evaluation ended, in seconds since the epoch.
        """
        run_id = self._runs[case]
        self._log(run_id, tags={"lab.outcome": outcome, **tags})
        self._client.set_terminated(run_id, status, end_time=int(end * 1000))

    def close(self, outcome: str, status: str, totals: Mapping[str, float]) -> None:
        """Close the session's run, if there is one; totals become its metrics."""
        if self.run_id:
            items = _metrics(totals, step=0)
            self._log(self.run_id, items, tags={"lab.outcome": outcome})
            self._client.set_terminated(self.run_id, status)

    @property
    def _is_server(self) -> bool:
        return self.uri.startswith(("http://", "https://"))

    @property
    def shown_uri(self) -> str:
        """The address without credentials."""
        return self.redact(self.uri)

    def redact(self, text: str) -> str:
        """Return a text without the credentials of the address."""
        credentials, at, _ = urlsplit(self.uri).netloc.rpartition("@")
        return text.replace(credentials + at, "") if at else text

    def where(self) -> Iterator[str]:
        """Yield lines that say where the runs are, and how to look at them."""
        page = f"#/experiments/{self._experiment_id}/runs/{self.run_id}"
        if self._is_server:
            yield f"Runs: {self.shown_uri}/{page}"
            return
        local = self.uri == tracking_uri(self.root, environment={}) and Path.cwd() == self.root
        shown = "sqlite:///mlflow.db" if local else self.shown_uri
        yield f"Runs: experiment {self.experiment!r}, session {self.session}. To look at them:"
        yield f"  mlflow ui --backend-store-uri {shown}"
        yield f"  http://127.0.0.1:5000/{page}"

    def _find_experiment(self) -> str:
        from mlflow.exceptions import MlflowException

        experiment = self._client.get_experiment_by_name(self.experiment)
        if experiment is None:
            # A server knows where its artifacts belong; a database does not, and MLflow would
            # take ./mlruns.
            location = None if self._is_server else _artifacts(self.root)
            try:
                return str(self._client.create_experiment(self.experiment, location))
            except MlflowException:
                # Another session was faster.
                experiment = self._client.get_experiment_by_name(self.experiment)
        if experiment is None or experiment.lifecycle_stage == "deleted":
            raise TrackingError(
                f"experiment {self.experiment!r} is deleted: restore it with `mlflow experiments "
                "restore`, or set MLFLOW_EXPERIMENT_NAME to another name"
            )
        return str(experiment.experiment_id)

    def _log(
        self,
        run_id: str,
        metrics: Iterable[Metric] = (),
        params: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Log everything in one request."""
        from mlflow.entities import Param, RunTag

        self._client.log_batch(
            run_id,
            metrics=list(metrics),
            params=[Param(name, str(value)[:MAX_PARAM]) for name, value in (params or {}).items()],
            tags=[RunTag(name, value[:MAX_TAG]) for name, value in (tags or {}).items()],
        )

    def _link(self, run_id: str, dataset: DatasetInput) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self._client.log_inputs(run_id, [dataset])
        except MlflowException:
            # Another session made the first link to this dataset at the same moment: it is there.
            self._client.log_inputs(run_id, [dataset])


def metrics(result: Result) -> Iterator[Metric]:
    """Yield all metrics of a result.

    For each metric its mean over folds under its plain name, its standard deviation as
    ``NAME_std``, and every fold as ``fold/NAME``; likewise seconds and rows of each class.
    """
    series = result.scores | result.seconds | result.class_counts
    for name, values in series.items():
        yield from _metrics({name: fmean(values)}, step=0)
        for fold, value in enumerate(values):
            yield from _metrics({f"fold/{name}": value}, step=fold)
    yield from _metrics({f"{name}_std": result.std(name) for name in result.scores}, step=0)


def params(result: Result) -> dict[str, Any]:
    """Return the parameters that a result's run shows."""
    case = result.case
    return {
        **result.params,
        "dataset": case.dataset,
        "strategy": case.strategy,
        "model": case.model,
        **_protocol_params(result.protocol),
    }


def dataset_input(result: Result) -> DatasetInput:
    """Return the dataset of a result as an input of a run, under the digest of all its content."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    facts = result.dataset
    profile = {"num_rows": facts["rows"], "num_minority_rows": facts["minority_rows"]}
    dataset = Dataset(
        name=facts["name"],
        digest=facts["digest"],
        source_type="local",
        source=json.dumps({"uri": facts["source"]}),
        profile=json.dumps(profile | {"num_columns": facts["columns"]}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "evaluation")])


def _protocol_params(protocol: Protocol) -> dict[str, int]:
    return {"folds": protocol.folds, "repeats": protocol.repeats, "seed": protocol.seed}


def _metrics(values: Mapping[str, float], step: int) -> Iterator[Metric]:
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    for name, value in values.items():
        yield Metric(name, float(value), now, step)


def _artifacts(root: Path) -> str:
    return (root / "mlartifacts").as_uri()


def _create_database(uri: str, root: Path) -> None:
    """Make MLflow's SQLite database whole, or not at all.

    Processes that meet an empty database all try to fill it, and a process killed on the way
    leaves a file that never opens again. So one process fills a file of another name.
    """
    from sqlalchemy.engine import make_url

    name = make_url(uri).database
    path = Path(name or "")
    if not name or name == ":memory:" or path.is_file():
        return
    if path.exists():
        raise TrackingError(f"{path} is not a file: move it away, or set MLFLOW_TRACKING_URI")
    path.parent.mkdir(parents=True, exist_ok=True)
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    # The lock's file stays: SQLite fails for those who wait on a file that is deleted.
    with lock(path.with_name(f"{path.name}-lock")):
        if path.exists():
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            store = SqlAlchemyStore(  # type: ignore[no-untyped-call]
                f"sqlite:///{temporary}", _artifacts(root)
            )
            store.engine.dispose()
            with closing(sqlite3.connect(temporary)) as connection:
                # Readers and the writer no longer wait for each other; a property of the file.
                connection.execute("PRAGMA journal_mode=WAL")
            temporary.replace(path)
        finally:
            for ending in ("", "-journal", "-shm", "-wal"):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)


def _no_answer(uri: str) -> str:
    """Return why nobody listens at an address; nothing if somebody does."""
    parts = urlsplit(uri)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    try:
        socket.create_connection((parts.hostname or "", port), timeout=10).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _user() -> str:
    """Return the user's name; a container's user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _git_tags(root: Path) -> dict[str, str]:
    """Return the commit and whether the tree differs from it; nothing outside a repository."""

    def git(*arguments: str) -> str:
        command = ("git", "-C", str(root), *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()

    try:
        return {
            "mlflow.source.git.commit": git("rev-parse", "HEAD"),
            "mlflow.source.git.dirty": str(bool(git("status", "--porcelain"))).lower(),
        }
    except (OSError, subprocess.CalledProcessError):
        return {}
