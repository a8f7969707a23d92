"""Where runs are kept: a database of the project's own, or a server."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import textwrap
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lab.errors import LabError
from lab.files import lock
from lab.tracking import address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlflow.tracking import MlflowClient

EXPERIMENT = "mlflow-lab"
# What MLflow's pages make of the experiment: its description, and runs rather than traces.
EXPERIMENT_TAGS = {
    "mlflow.experimentKind": "custom_model_development",
    "mlflow.note.content": (
        "What each way of handling class imbalance really does. A run `session ...` is one "
        "`pytest benchmarks`; its children are the cases, `dataset-strategy-model`.\n\n"
        "- One dataset and model, all strategies: search `params.dataset = 'car_crash' and "
        "params.model = 'xgboost'`, select the runs, press Compare.\n"
        "- What was expected and came otherwise: `tags.\"lab.outcome\" = 'failed'`.\n"
        "- The report of a session: its run, Artifacts, `report.html`."
    ),
}
NO_SESSION = "`pytest benchmarks` logs a session"
ANOTHER = "move it away, or set MLFLOW_TRACKING_URI"
# What MLflow says of a server with accounts that refuses one.
REFUSED = re.compile(r"error code 40[13]\b|\b40[13] Client Error")
WRONG_HOST = "Invalid Host header"  # what it says of a name that --allowed-hosts leaves out
MAX_REASON = 300  # characters of what MLflow says


class TrackingError(LabError):
    """MLflow cannot be written to."""


def tracking_uri(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return ``MLFLOW_TRACKING_URI``, or the project's own SQLite database."""
    return environment.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root / 'mlflow.db'}"


class Backend:
    """The tracking address and the experiment, as the environment names them.

    Parameters
    ----------
    root : Path
        The project's folder: home of the default database and of its artifacts.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uri = tracking_uri(root)
        self.experiment = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT

    def connect(self, *, make: bool = True) -> tuple[MlflowClient, str]:
        """Return a client and the experiment's id.

        Parameters
        ----------
        make : bool
            Whether to make database and experiment if they are missing.

        Raises
        ------
        TrackingError
            The server does not answer, MLflow refuses the address or the experiment, or they are
            not to be made and are missing.
        """
        if reason := self.redact(address.no_answer(self.uri)):
            said = (
                f"no MLflow server answers at {self.shown_uri} ({reason}): start it"
                if self.is_server
                else f"{self.shown_uri} cannot be opened ({reason}): set MLFLOW_TRACKING_URI to a "
                "database that can"
            )
            raise TrackingError(f"{said}, or unset MLFLOW_TRACKING_URI")
        if not make and (path := database(self.uri)) and not path.is_file():
            if path.exists():
                raise TrackingError(f"{path} is not a file: {ANOTHER}")
            raise TrackingError(f"{path} is not there: {NO_SESSION}")
        # A server that is gone should cost seconds, not the four minutes of MLflow's default.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
        # Nor should one that takes a request and does not answer.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
        # Usage statistics would be sent from the user's machine without having been asked for.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        # Two lines a run, with the address's password in each: a session says where its runs are.
        os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
        for noisy in ("mlflow.store.db.utils", "alembic"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        from mlflow.tracking import MlflowClient

        try:
            if make:
                self.make_database()
            client = MlflowClient(tracking_uri=self.uri)
            return client, self._find_experiment(client, make=make)
        except TrackingError:
            raise
        except Exception as error:
            raise self.failure(error) from error

    def failure(self, error: Exception) -> TrackingError:
        """Return what is said of an error that MLflow raised."""
        if self.is_server and WRONG_HOST in str(error):
            name = urlsplit(self.shown_uri).netloc
            return TrackingError(
                f"{self.shown_uri} does not answer to this name: add {name} to the --allowed-hosts "
                "of that server"
            )
        if self.is_server and REFUSED.search(str(error)):
            return TrackingError(
                f"{self.shown_uri} refuses this user: set MLFLOW_TRACKING_USERNAME and "
                "MLFLOW_TRACKING_PASSWORD to one who may read and write its experiments"
            )
        if isinstance(error, ModuleNotFoundError) and self.uri.startswith("postgres"):
            return TrackingError(
                f"{error.name} is not installed, which {self.shown_uri} takes: "
                'pip install -e ".[postgres]"'
            )
        reason = self.redact(str(error)).strip().partition("\n")[0].partition("[SQL:")[0]
        said = textwrap.shorten(reason, MAX_REASON, placeholder=" ...")
        return TrackingError(f"MLflow cannot use {self.shown_uri}: {type(error).__name__}: {said}")

    def make_database(self) -> None:
        """Make the database if it is SQLite's and not there yet."""
        if self.uri.startswith("sqlite:"):
            _create_database(self.uri, self.root)

    @property
    def is_server(self) -> bool:
        """Whether the address is a server's."""
        return self.uri.startswith(("http://", "https://"))

    @property
    def shown_uri(self) -> str:
        """The address without credentials."""
        return address.shown(self.uri)

    def redact(self, text: str) -> str:
        """Return a text without the credentials of the address or the environment."""
        return address.redacted(text, self.uri)

    @property
    def is_own(self) -> bool:
        """Whether it is the project's own database."""
        return self.uri == tracking_uri(self.root, environment={})

    def _find_experiment(self, client: MlflowClient, *, make: bool) -> str:
        from mlflow.exceptions import MlflowException

        experiment = client.get_experiment_by_name(self.experiment)
        if experiment is None and not make:
            raise TrackingError(
                f"there is no experiment {self.experiment!r} at {self.shown_uri}: {NO_SESSION}"
            )
        if experiment is None:
            # A server knows where its artifacts belong; a database does not, and MLflow would
            # take ./mlruns.
            location = None if self.is_server else artifacts(self.root)
            try:
                return str(client.create_experiment(self.experiment, location, EXPERIMENT_TAGS))
            except MlflowException:
                # Another session was faster.
                experiment = client.get_experiment_by_name(self.experiment)
        if experiment is None or experiment.lifecycle_stage == "deleted":
            raise TrackingError(
                f"experiment {self.experiment!r} is deleted: restore it with `mlflow experiments "
                "restore`, or set MLFLOW_EXPERIMENT_NAME to another name"
            )
        return str(experiment.experiment_id)


def artifacts(root: Path) -> str:
    """Return where a project keeps its artifacts, as an address."""
    return (root / "mlartifacts").as_uri()


def database(uri: str) -> Path | None:
    """Return the file of an SQLite database's address; none of another address."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        name = make_url(uri).database if uri.startswith("sqlite:") else None
    except ArgumentError:
        return None  # MLflow refuses it
    return Path(name) if name and name != ":memory:" else None


def _create_database(uri: str, root: Path) -> None:
    """Make MLflow's SQLite database whole, or not at all.

    Processes that meet an empty database all try to fill it, and a process killed on the way
    leaves a file that never opens again. So one process fills a file of another name.
    """
    path = database(uri)
    if path is None or path.is_file():
        return
    if path.exists():
        raise TrackingError(f"{path} is not a file: {ANOTHER}")
    path.parent.mkdir(parents=True, exist_ok=True)
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    # The lock's file stays: SQLite fails for those who wait on a file that is deleted.
    with lock(path.with_name(f"{path.name}-lock")):
        if path.exists():
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            store = SqlAlchemyStore(  # type: ignore[no-untyped-call]
                f"sqlite:///{temporary}", artifacts(root)
            )
            store.engine.dispose()
            with closing(sqlite3.connect(temporary)) as connection:
                # Readers and the writer no longer wait for each other; a property of the file.
                connection.execute("PRAGMA journal_mode=WAL")
            temporary.replace(path)
        finally:
            for ending in ("", "-journal", "-shm", "-wal"):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)
