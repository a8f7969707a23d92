"""The tracking store: the project's own SQLite database, another database, or a server."""

from __future__ import annotations

import logging
import os
import re
import sys
import textwrap
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lab.errors import LabError
from lab.tracking import address
from lab.tracking.database import artifacts, create_database, database_file, is_outdated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlflow.entities import Experiment
    from mlflow.tracking import MlflowClient

EXPERIMENT = "mlflow-lab"
# MLflow's pages show the description, and runs rather than traces of language models.
EXPERIMENT_TAGS = {
    "mlflow.experimentKind": "custom_model_development",
    "mlflow.note.content": (
        "Strategies for class imbalance, evaluated by cross-validation. A run `session ...` is one "
        "`pytest benchmarks`; its children are the cases, `dataset-strategy-model`.\n\n"
        "- One dataset and model, all strategies: search `params.dataset = 'car_crash' and "
        "params.model = 'xgboost'`, select the runs, press Compare.\n"
        "- Cases with an unexpected result: `tags.\"lab.outcome\" = 'failed'`.\n"
        "- The report of a session: its run, Artifacts, `report.html`."
    ),
}
# Without it MLflow 3.17 opens the page of a run or experiment as one of a language model.
TRAINING = "?workflowType=machine_learning"
RUN_FIRST = "run `pytest benchmarks` first"
NOT_A_FILE = "is not a file: move it away, or set MLFLOW_TRACKING_URI"
# MLflow's messages for an account without access, and for a name not in --allowed-hosts.
ACCESS_DENIED = re.compile(r"error code 40[13]\b|\b40[13] Client Error")
WRONG_HOST = "Invalid Host header"
MAX_REASON = 300  # characters


class TrackingError(LabError):
    """MLflow cannot be read or written, or has no such session."""


class Backend:
    """Tracking address and experiment, taken from the environment.

    Parameters
    ----------
    root : Path
        The project's folder, which holds the default database and its artifacts.

    Attributes
    ----------
    say : callable
        Shows the user a line. By default on stderr, which pytest would capture.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.say: Callable[[str], object] = partial(print, file=sys.stderr)
        self.uri = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root / 'mlflow.db'}"
        self.experiment = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
        # As in MLflow, the id alone is enough, and a name beside it has to agree.
        self.experiment_id = os.environ.get("MLFLOW_EXPERIMENT_ID", "")

    def connect(self, *, create: bool = True) -> tuple[MlflowClient, str]:
        """Return a client and the experiment's id.

        Parameters
        ----------
        create : bool
            Whether to create a missing database or experiment.

        Raises
        ------
        TrackingError
            The server does not answer, MLflow rejects the address or the experiment, or one of
            them is missing and `create` is false.
        """
        if reason := self.redact(address.connection_problem(self.uri)):
            raise TrackingError(
                f"no MLflow server answers at {self.shown_uri} ({reason}): start it, or unset "
                "MLFLOW_TRACKING_URI"
                if self.is_server
                else f"cannot open {self.shown_uri} ({reason}): correct MLFLOW_TRACKING_URI, or "
                "unset it"
            )
        if (path := database_file(self.uri)) and not path.is_file():
            if path.exists():
                raise TrackingError(f"{path} {NOT_A_FILE}")
            if not create:
                raise TrackingError(f"{path} does not exist: {RUN_FIRST}")
        _configure()
        import mlflow
        from mlflow.tracking import MlflowClient

        try:
            if create:
                self.create_database()
            if not self.is_server and is_outdated(self.uri):
                self.say(
                    f"{self.shown_uri} was made by an older MLflow: MLflow {mlflow.__version__} "
                    "now updates its tables, and older ones cannot open it afterwards"
                )
            client = MlflowClient(tracking_uri=self.uri)
            return client, self._find_experiment(client, create=create)
        except TrackingError:
            raise
        except Exception as error:
            raise self.failure(error) from error

    def failure(self, error: Exception) -> TrackingError:
        """Return the explanation of an error raised by MLflow."""
        if self.is_server and WRONG_HOST in str(error):
            return TrackingError(
                f"{self.shown_uri} does not accept the host name of this address: add "
                f"{urlsplit(self.shown_uri).netloc} to the server's --allowed-hosts"
            )
        if self.is_server and ACCESS_DENIED.search(str(error)):
            return TrackingError(
                f"{self.shown_uri} denies access: set MLFLOW_TRACKING_USERNAME and "
                "MLFLOW_TRACKING_PASSWORD to an account that can read and write its experiments"
            )
        if isinstance(error, ModuleNotFoundError) and self.uri.startswith("postgres"):
            return TrackingError(
                f'{self.shown_uri} needs {error.name}: pip install -e ".[postgres]"'
            )
        reason = self.redact(str(error)).strip().partition("\n")[0].partition("[SQL:")[0]
        reason = textwrap.shorten(reason, MAX_REASON, placeholder=" ...")
        return TrackingError(
            f"MLflow cannot use {self.shown_uri}: {type(error).__name__}: {reason}"
        )

    def create_database(self) -> None:
        """Create the database if it is an SQLite file that does not exist yet."""
        create_database(self.uri, self.root)

    @property
    def is_server(self) -> bool:
        """Whether the address is that of a server."""
        return self.uri.startswith(("http://", "https://"))

    @property
    def shown_uri(self) -> str:
        """The address without credentials."""
        return address.without_credentials(self.uri)

    def redact(self, text: str) -> str:
        """Return a text without the credentials of the address or the environment."""
        return address.redact(text, self.uri)

    def _find_experiment(self, client: MlflowClient, *, create: bool) -> str:
        from mlflow.exceptions import MlflowException

        experiment: Experiment | None
        if self.experiment_id:
            experiment = self._experiment_of_id(client)
        else:
            experiment = client.get_experiment_by_name(self.experiment)
        if experiment is None and not create:
            raise TrackingError(
                f"{self.shown_uri} has no experiment {self.experiment!r}: {RUN_FIRST}"
            )
        if experiment is None:
            # A server decides where artifacts go. For a database MLflow would use ./mlruns.
            location = None if self.is_server else artifacts(self.root)
            try:
                return str(client.create_experiment(self.experiment, location, EXPERIMENT_TAGS))
            except MlflowException:
                # Another session has just created it.
                experiment = client.get_experiment_by_name(self.experiment)
                if experiment is None:
                    raise
        if experiment.lifecycle_stage == "deleted":
            change = "MLFLOW_EXPERIMENT_ID" if self.experiment_id else "MLFLOW_EXPERIMENT_NAME"
            raise TrackingError(
                f"experiment {self.experiment!r} is deleted: restore it with `mlflow experiments "
                f"restore -x {experiment.experiment_id}`, or set {change} to another"
            )
        return str(experiment.experiment_id)

    def _experiment_of_id(self, client: MlflowClient) -> Experiment:
        """Return the experiment of ``MLFLOW_EXPERIMENT_ID``, and take its name."""
        from mlflow.exceptions import MlflowException

        try:
            experiment = client.get_experiment(self.experiment_id)
        except MlflowException as error:
            if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise
            raise TrackingError(
                f"{self.shown_uri} has no experiment with the id {self.experiment_id!r}: correct "
                "MLFLOW_EXPERIMENT_ID, or unset it"
            ) from None
        named = os.environ.get("MLFLOW_EXPERIMENT_NAME")
        if named and named != experiment.name:
            raise TrackingError(
                f"MLFLOW_EXPERIMENT_ID={self.experiment_id} is the experiment "
                f"{experiment.name!r}, but MLFLOW_EXPERIMENT_NAME is {named!r}: unset "
                "one of them"
            )
        self.experiment = experiment.name
        return experiment


def _configure() -> None:
    """Set the options of MLflow's client that the user has not set."""
    # A dead server should cost seconds, not the four minutes of MLflow's default; nor should a
    # server that accepts a request and never answers.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    # Usage statistics would leave the user's machine unasked.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # MLflow would print two lines per run, each with the password of the address.
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    for noisy in ("mlflow.store.db.utils", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
