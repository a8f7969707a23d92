"""A session's runs in MLflow: a parent run, and a child run for each case."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.tracking.backend import TRAINING, Backend
from lab.tracking.items import (
    column_table,
    dataset_input,
    metrics,
    metrics_of,
    observation_table,
    params,
    row_table,
)
from lab.tracking.orphans import OWNER, close_orphans
from lab.tracking.provenance import provenance_tags, version_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mlflow.entities import DatasetInput, Metric

    from lab.cases import Case, Protocol, Result
    from lab.datasets.column import Column
    from lab.datasets.dataset import Dataset
    from lab.observations.record import ObservationRecord
    from lab.store.model_file import ModelFile

# Artifacts of a session's run.
SCORES = "scores.json"  # in the form of a baseline
SESSION_RECORD = "session.json"  # the content of the report
REPORT = "report.html"
OBSERVATIONS = "observations.json"
COLUMNS = "columns.json"
ROWS = "rows.parquet"
OBSERVATIONS_TABLE = "observations_table.json"
BASELINES = "lab.baselines"  # tag of a session's run: files that it compares with, one a line
NOTE = "mlflow.note.content"  # tag of a run's description
MAX_TAG, MAX_PARAM = 5000, 6000  # MLflow rejects longer values


class Tracker:
    """Writes the runs of one session.

    Parameters
    ----------
    root : Path
        The project's folder, which holds the default database and its artifacts.
    session : str
        Id of the session.
    protocol : Protocol
        Cross-validation of the session's cases.
    command : str
        The command line, logged as the runs' source.
    owner : str
        Identifies this process to later sessions, see :func:`lab.store.owner.is_gone`.
    """

    def __init__(
        self, root: Path, session: str, protocol: Protocol, command: str, owner: str = ""
    ) -> None:
        self.backend = Backend(root)
        self.session = session
        self.protocol = protocol
        self.command = command
        self.owner = owner
        self.run_id = ""  # the session's own run, once it is open
        self._runs: dict[str, str] = {}  # run ids by case id
        self._scores: dict[Case, list[Metric]] = {}  # logged so far
        self._linked: set[str] = set()  # digests of datasets
        self._common: dict[str, str] = {}  # tags of every run

    def prepare(self) -> None:
        """Connect, see :meth:`Backend.connect`, and close the runs of sessions that died."""
        if os.environ.get("MLFLOW_RUN_ID"):
            self.backend.say("MLFLOW_RUN_ID is ignored: a session logs to runs of its own")
        self._client, self._experiment_id = self.backend.connect()
        with suppress(Exception):  # a session does not depend on the runs of others
            close_orphans(self._client, self._experiment_id)
        self._common = {
            "lab.session": self.session,
            **provenance_tags(self.backend.root, self.command),
        }

    def open_case(self, case: Case, start: float) -> None:
        """Open a case's run; the session's own run first, if this is the first case.

        Parameters
        ----------
        case : Case
            A case without a run.
        start : float
            Start of its first test, in seconds since the epoch.
        """
        from lab.strategies import STRATEGIES

        milliseconds = int(start * 1000)
        if not self.run_id:
            tags = self._common | {OWNER: self.owner}
            run = self._client.create_run(
                self._experiment_id, milliseconds, tags, f"session {self.session}"
            )
            self.run_id = run.info.run_id
            self._log(self.run_id, params=self.protocol.params)
        tags = {
            **self._common,
            **version_tags(case.model),
            "mlflow.parentRunId": self.run_id,
            "lab.case": case.id,
            "lab.family": STRATEGIES[case.strategy].family,
        }
        run = self._client.create_run(self._experiment_id, milliseconds, tags, case.id)
        self._runs[case.id] = run.info.run_id

    def log_result(
        self, case: Case, result: Result, artifacts: Mapping[str, Path], *, reused: bool
    ) -> None:
        """Log a case's result, and artifacts: files by the names under which they are logged."""
        run_id = self._runs[case.id]
        tags = {"lab.reused": str(reused).lower()}
        if result.notes:
            tags["lab.notes"] = "\n".join(result.notes)
        logged = list(metrics(result))
        self._scores[case] = [metric for metric in logged if metric.key in result.scores]
        self._log(run_id, logged, params(result), tags)
        dataset = dataset_input(result)
        if result.dataset["digest"] not in self._linked:
            # The session's run links to each dataset first: MLflow fails if two runs create the
            # same dataset at once.
            self._link(self.run_id, dataset)
            self._linked.add(result.dataset["digest"])
        self._link(run_id, dataset)
        with tempfile.TemporaryDirectory() as folder:
            for name, source in artifacts.items():
                # MLflow names an artifact after its file.
                Path(folder, name).write_bytes(source.read_bytes())
            self._client.log_artifacts(run_id, folder)

    def log_model(self, case: Case, file: ModelFile) -> None:
        """Log a case's model, after its result; see :func:`lab.tracking.logged_model.log_model`."""
        from lab.tracking.logged_model import log_model, model_name

        run_id = self._runs[case.id]
        tags = {"lab.model_format": file.format, "lab.model_note": file.note}
        self._log(run_id, tags={name: text for name, text in tags.items() if text})
        if file.path:
            facts: dict[str, Any] = {
                "case": case.id,
                "target": file.target,
                "threshold": file.threshold,
                "columns": file.columns if file.raw else None,
            }
            metadata = {name: value for name, value in facts.items() if value not in ("", None)}
            name = model_name(case.id)
            log_model(self._client, run_id, name, file, self._scores[case], metadata)

    def close_case(
        self, case: Case, outcome: str, status: str, tags: Mapping[str, str], end: float
    ) -> None:
        """Close a case's run.

        Parameters
        ----------
        case : Case
            A case with an open run.
        outcome : str
            Outcome of its tests, the tag ``lab.outcome``.
        status : str
            MLflow's status of the run: ``FINISHED``, ``FAILED`` or ``KILLED``.
        tags : mapping
            Further tags: verdicts, errors.
        end : float
            End of its evaluation, in seconds since the epoch.
        """
        run_id = self._runs[case.id]
        self._log(run_id, tags={"lab.outcome": outcome, **tags})
        self._client.set_terminated(run_id, status, end_time=int(end * 1000))

    def close(self, outcome: str, status: str, totals: Mapping[str, float]) -> None:
        """Close the session's run, if it was opened, with totals as its metrics."""
        if self.run_id:
            items = metrics_of(totals, step=0)
            self._log(self.run_id, items, tags={"lab.outcome": outcome})
            self._client.set_terminated(self.run_id, status)

    def log_session(
        self, observations: Sequence[ObservationRecord], tags: Mapping[str, str]
    ) -> None:
        """Log observations and tags to the session's run, if it was opened.

        Parameters
        ----------
        observations : sequence of ObservationRecord
            In the order in which they are listed.
        tags : mapping
            Verdicts of claims, and notes on the session.
        """
        if not self.run_id:
            return
        self._log(self.run_id, tags=tags)
        if observations:
            records = [observation.to_json() for observation in observations]
            self.log_document(OBSERVATIONS, json.dumps(records, indent=1))
            self._client.log_table(self.run_id, observation_table(observations), OBSERVATIONS_TABLE)

    def log_columns(self, columns: Mapping[str, Sequence[Column]]) -> None:
        """Log how columns were read, by dataset, to the session's run, if it was opened."""
        if self.run_id:
            self._client.log_table(self.run_id, column_table(columns), COLUMNS)

    def log_rows(self, known: Iterable[Dataset]) -> None:
        """Log groups, times and values of rows to the session's run, if it was opened."""
        if self.run_id:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / ROWS
                row_table(known).to_parquet(path, index=False)
                self._client.log_artifact(self.run_id, str(path))

    def log_document(self, name: str, text: str) -> None:
        """Log a text as an artifact of the session's run, if it was opened."""
        if self.run_id:
            self._client.log_text(self.run_id, text, name)

    def describe(self, note: str) -> None:
        """Set the description of the session's run, in Markdown, if it was opened."""
        if self.run_id:
            self._log(self.run_id, tags={NOTE: note})

    @property
    def commit(self) -> str:
        """The git commit, and whether files differ from it."""
        commit = self._common.get("mlflow.source.git.commit", "")
        is_dirty = self._common.get("mlflow.source.git.dirty") == "true"
        return f"{commit}, with changes" if is_dirty else commit

    def run_of(self, case: str) -> str:
        """Return the id of a case's run, or an empty string."""
        return self._runs.get(case, "")

    def where(self) -> Iterator[str]:
        """Yield the closing lines that say where the session's runs are."""
        page = f"#/experiments/{self._experiment_id}/runs/{self.run_id}"
        if self.backend.is_server:
            yield f"Runs: {self.backend.shown_uri}/{page}{TRAINING}"
        else:
            yield f"Runs: experiment {self.backend.experiment!r}, session {self.session}"
            yield "  `lab serve` shows them in the browser"

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
            # Another session has just created the same dataset.
            self._client.log_inputs(run_id, [dataset])
