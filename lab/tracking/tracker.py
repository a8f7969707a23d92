"""What a session logs to MLflow: a parent run, and a child run for each case."""

from __future__ import annotations

import getpass
import json
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.models import package_of
from lab.strategies import STRATEGIES
from lab.tracking.backend import Backend
from lab.tracking.items import dataset_input, metrics, metrics_of, observation_table, params
from lab.tracking.logged_model import log_model
from lab.tracking.orphans import OWNER, close_orphans
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mlflow.entities import DatasetInput, Metric

    from lab.cases import Case, Protocol, Result
    from lab.store.model_file import ModelFile

SCORES = "scores.json"  # what the session scored, as a baseline
RECORD = "session.json"  # all that its report shows
REPORT = "report.html"
OBSERVATIONS = "observations.json"
OBSERVATIONS_TABLE = "observations_table.json"
NOTE = "mlflow.note.content"  # MLflow's name of a run's description
# MLflow refuses longer values.
MAX_TAG, MAX_PARAM = 5000, 6000


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
    owner : str
        What tells later sessions whether this process is gone, see :func:`lab.store.owner.is_gone`.
    """

    def __init__(
        self, root: Path, session: str, protocol: Protocol, command: str, owner: str = ""
    ) -> None:
        self.backend = Backend(root)
        self.session = session
        self.protocol = protocol
        self.command = command
        self.owner = owner
        self.run_id = ""  # of the session's own run, once it is open
        self._runs: dict[str, str] = {}  # by the case's id
        self._scores: dict[Case, list[Metric]] = {}  # what is logged of each case
        self._linked: set[str] = set()
        self._common: dict[str, str] = {}

    def prepare(self) -> None:
        """Connect, see :meth:`Backend.connect`; close what sessions left whose owners are gone."""
        self._client, self._experiment_id = self.backend.connect()
        with suppress(Exception):  # of runs of others, which a session can do without
            close_orphans(self._client, self._experiment_id)
        self._common = {
            "lab.session": self.session,
            "mlflow.user": _user(),
            "mlflow.source.name": self.command,
            "mlflow.source.type": "LOCAL",
            **_git_tags(self.backend.root),
            **_version_tags(),
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
            tags = self._common | {OWNER: self.owner}
            run = self._client.create_run(
                self._experiment_id, milliseconds, tags, f"session {self.session}"
            )
            self.run_id = run.info.run_id
            self._log(self.run_id, params=asdict(self.protocol))
        tags = {
            **self._common,
            **_version_tags(case.model),
            "mlflow.parentRunId": self.run_id,
            "lab.case": case.id,
            "lab.family": STRATEGIES[case.strategy].family,
        }
        run = self._client.create_run(self._experiment_id, milliseconds, tags, case.id)
        self._runs[case.id] = run.info.run_id

    def log_result(
        self, case: Case, result: Result, artifacts: Mapping[str, Path], *, reused: bool
    ) -> None:
        """Log what a case produced; artifacts are files by the names they are to have."""
        run_id = self._runs[case.id]
        tags = {"lab.reused": str(reused).lower()}
        if result.notes:
            tags["lab.notes"] = "\n".join(result.notes)
        logged = list(metrics(result))
        self._scores[case] = [metric for metric in logged if metric.key in result.scores]
        self._log(run_id, logged, params(result), tags)
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
                Path(folder, name).write_bytes(source.read_bytes())
            self._client.log_artifacts(run_id, folder)

    def log_model(self, case: Case, file: ModelFile) -> None:
        """Log a case's model, after its result; see :func:`lab.tracking.logged_model.log_model`."""
        run_id = self._runs[case.id]
        tags = {"lab.model_format": file.format, "lab.model_note": file.note}
        self._log(run_id, tags={name: text for name, text in tags.items() if text})
        if file.path:
            facts = {"case": case.id, "target": file.target, "threshold": file.threshold}
            facts = {name: value for name, value in facts.items() if value not in ("", None)}
            log_model(self._client, run_id, file, self._scores[case], facts)

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
        run_id = self._runs[case.id]
        self._log(run_id, tags={"lab.outcome": outcome, **tags})
        self._client.set_terminated(run_id, status, end_time=int(end * 1000))

    def close(self, outcome: str, status: str, totals: Mapping[str, float]) -> None:
        """Close the session's run, if there is one; totals become its metrics."""
        if self.run_id:
            items = metrics_of(totals, step=0)
            self._log(self.run_id, items, tags={"lab.outcome": outcome})
            self._client.set_terminated(self.run_id, status)

    def log_session(
        self, observations: Sequence[Mapping[str, Any]], tags: Mapping[str, str]
    ) -> None:
        """Log what was observed to the session's own run, if there is one.

        Parameters
        ----------
        observations : sequence of mapping
            One each, as JSON values.
        tags : mapping
            The verdicts of claims across datasets, and what is said of the session.
        """
        if not self.run_id:
            return
        self._log(self.run_id, tags=tags)
        if observations:
            self.log_document(OBSERVATIONS, json.dumps(observations, indent=1))
            self._client.log_table(self.run_id, observation_table(observations), OBSERVATIONS_TABLE)

    def log_document(self, name: str, text: str) -> None:
        """Log a text to the session's own run, if there is one, as a file of that name."""
        if self.run_id:
            self._client.log_text(self.run_id, text, name)

    def describe(self, note: str) -> None:
        """Give the session's own run, if there is one, its description in Markdown."""
        if self.run_id:
            self._log(self.run_id, tags={NOTE: note})

    @property
    def commit(self) -> str:
        """The git commit, and whether files differ from it."""
        commit = self._common.get("mlflow.source.git.commit", "")
        is_dirty = self._common.get("mlflow.source.git.dirty") == "true"
        return f"{commit}, with changes" if is_dirty else commit

    def run_of(self, case: str) -> str:
        """Return the id of a case's run; nothing if it has none."""
        return self._runs.get(case, "")

    def where(self) -> Iterator[str]:
        """Yield lines that say where the report and the runs are, and how to look at them."""
        page = f"#/experiments/{self._experiment_id}/runs/{self.run_id}"
        if self.backend.is_server:
            # Without it MLflow opens the run as one of a language model.
            yield f"Runs: {self.backend.shown_uri}/{page}?workflowType=machine_learning"
        else:
            yield f"Runs: experiment {self.backend.experiment!r}, session {self.session}"
            yield "  `lab serve` shows them in the browser"
        yield f"Report: `lab report {self.session}` writes it, --open opens it"

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


def _user() -> str:
    """Return the user's name; a container's user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _version_tags(model: str = "") -> dict[str, str]:
    return {
        f"version.{package}": version for package, version in versions(package_of(model)).items()
    }


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
