"""A session: one run of the benchmarks, from its start to its closing lines."""

from __future__ import annotations

import os
import shlex
import time
import warnings
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from pluggy import HookimplMarker

from lab import datasets
from lab.observations.record import observed
from lab.report import closing_lines, data_lines
from lab.session.progress import Progress
from lab.session.recorder import Recorder
from lab.session.summary import Summary
from lab.tracking import BASELINES, Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from lab.cases import Case
    from lab.engine import Cluster
    from lab.session.workspace import Workspace

NO_TESTS = 5  # pytest's exit status
FAILED = ("failed", "crashed")
# Hooks of pytest-xdist, which pytest would reject where xdist is not loaded.
optional = HookimplMarker("pytest")(optionalhook=True)


def concern(tests: Iterable[str], here: Path, folder: Path) -> bool:
    """Return whether any of the tests, named relative to here, is in the folder or contains it."""
    resolved = [(here / name.partition("::")[0]).resolve() for name in tests]
    return any(path.is_relative_to(folder) or folder.is_relative_to(path) for path in resolved)


def is_exception(report: Any) -> bool:
    """Return whether a report is on an observation whose verdict is, as expected, not ``holds``.

    Its test is skipped, with the verdict as the reason.
    """
    return report.when == "call" and report.skipped and bool(observed(report.user_properties))


class Session:
    """Session in the process that owns it: hooks of pytest that follow its tests.

    Parameters
    ----------
    workspace : Workspace
        Its cases, store and baselines.
    tracker : Tracker
        It writes the session's runs.

    Attributes
    ----------
    progress : Progress
        Its progress.
    show : callable
        Called after each step of progress.
    cluster : Cluster or None
        The cluster that evaluates its cases, if they are not evaluated here.
    recorder : Recorder
        Its results and observations.
    summary : Summary
        Its closing lines and documents.
    """

    def __init__(self, workspace: Workspace, tracker: Tracker) -> None:
        self.grid, self.store = workspace.grid, workspace.store
        self.cluster: Cluster | None = None
        self.show: Callable[[], None] = lambda: None
        self.progress = Progress(time.monotonic())
        self.tracker = tracker
        self.recorder = Recorder(tracker, self.store)
        self.summary = Summary(workspace, self.recorder)
        self._cases: dict[str, Case | None] = {}  # by the parameter in tests' ids
        self._tests: dict[str, str] = {}  # id -> outcome so far
        self._failures: list[Any] = []  # reports
        self._interrupted = False

    @classmethod
    def open(cls, root: Path, workspace: Workspace, command: Sequence[str]) -> Self:
        """Start a session: own its store, download its datasets, connect to its cluster.

        Parameters
        ----------
        root : Path
            The project's folder.
        workspace : Workspace
            Its cases, store and baselines.
        command : sequence of str
            The command line.

        Raises
        ------
        BaselineError
            A baseline cannot be read, or cannot be written if it is to be.
        StoreError
            Nothing can be written to the store.
        DatasetError
            A dataset cannot be downloaded.
        EngineError
            The cluster cannot be used.
        """
        # Inherited by the workers: with more threads a process they would compete for the cores.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        # In the writing thread, which pytest's filters do not reach.
        warnings.simplefilter("ignore")
        grid, store = workspace.grid, workspace.store
        workspace.baselines.check(grid.datasets, update=workspace.update)
        owner = store.acquire()
        grid.download(print)
        workspace.check_goals()
        tracker = Tracker(root, store.session_id, store.protocol, shlex.join(command), owner)
        session = cls(workspace, tracker)
        files = [file.absolute() for file in workspace.baselines.files(grid.datasets)]
        # `lab compare` reads those in the project also after it has moved.
        inside = (file.relative_to(root) if file.is_relative_to(root) else file for file in files)
        session.recorder.tags[BASELINES] = "\n".join(map(str, inside))
        if lines := data_lines(map(datasets.entry, grid.datasets), grid.protocol):
            session.recorder.tags["lab.data"] = "\n".join(lines)
        if workspace.scheduler:
            session.connect(workspace.scheduler, workspace.limit)
        return session

    def connect(self, address: str, limit: float | None) -> None:
        """Evaluate cases on a Dask cluster, see :class:`lab.engine.Cluster`."""
        from lab.engine import Cluster

        where = (address, self.store.protocol, self.store.session_id)
        self.cluster = Cluster(*where, limit, self._evaluating)
        self.store.use(self.cluster)

    @optional
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Record the tests that a worker collected."""
        self._collected(ids)

    def pytest_collection_finish(self, session: Any) -> None:
        """Record the collected tests, where there are no workers."""
        self._collected([item.nodeid for item in session.items])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Record the start of a test."""
        case = self._case_of(nodeid)
        self.progress.started(nodeid, case.id if case else None, time.monotonic())
        if case:
            self.recorder.started(case)
        self.show()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Record the outcome of a phase of a test; its worst phase is its outcome."""
        test, outcome, before = report.nodeid, report.outcome, self._tests.get(report.nodeid)
        if report.when not in ("setup", "call", "teardown"):
            # The only report of xdist on a test whose worker died, perhaps before it started.
            outcome = "crashed"
        elif is_exception(report) or hasattr(report, "wasxfail"):
            outcome = "passed"
        if before not in FAILED and (before, outcome) != ("skipped", "passed"):
            self._tests[test] = outcome
        if report.failed:
            self._failures.append(report)
        if report.when in ("setup", "call"):
            return
        case, tags = self._case_of(test), {}
        if case and outcome == "crashed":
            self.recorder.started(case)
        reused = case is not None and self.store.reuse and self.store.reused(case)
        computed = self._tests[test] == "passed" and not reused
        self.progress.ended(test, time.monotonic(), counts=computed)
        self.progress.failed += self._tests[test] in FAILED
        for observation in observed(report.user_properties):
            self.recorder.observed(case, replace(observation, test=test))
        for name, value in report.user_properties:
            if name == "baseline":
                tags["lab.baseline"] = value
        if case:
            self.recorder.ended(case, self._tests[test], tags)
        self.show()

    def _evaluating(self, seconds: dict[str, float], workers: int) -> None:
        """Record which cases a cluster is evaluating, for how long, and its number of workers."""
        self.progress.evaluating(seconds, time.monotonic(), workers)
        self.show()

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Record that the user interrupts; xdist raises a subclass to stop at failures."""
        self._interrupted = excinfo.type is KeyboardInterrupt

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the closing lines."""
        for text, bold in closing_lines(self.summary.closing(), terminalreporter._tw.fullwidth):
            terminalreporter.write(text, bold=bold)

    def finish(self, exit_status: int) -> None:
        """Close all runs and record the baseline; return when everything is written."""
        failed = exit_status not in (0, NO_TESTS)
        order = {test: position for position, test in enumerate(self._tests)}
        # Claims over datasets first: they are few, and sum up the others.
        self.recorder.observations.sort(
            key=lambda record: (not record.is_claim, order.get(record.test, 0))
        )
        self.summary.note_damages()
        self.recorder.finish(self.summary.documents, interrupted=self._interrupted, failed=failed)
        for failure in self._failures:
            if runs := "\n".join(self._runs_of(failure)):
                failure.sections.append(("MLflow runs", runs))
        self.summary.update_baselines()
        self.store.learn(self.recorder.computed())
        self.store.close()

    @property
    def incomplete(self) -> bool:
        """Whether anything could not be logged or recorded."""
        return bool(self.recorder.unlogged or self.summary.update_error)

    def _collected(self, tests: Iterable[str]) -> None:
        # All workers collect the same tests; the first to report counts.
        if not self._tests:
            self._tests = dict.fromkeys(tests, "")
            cases = list(filter(None, map(self._case_of, self._tests)))
            self.recorder.expect(cases)
            costs, protocol = self.store.costs, self.grid.protocol
            seconds = {case.id: costs.seconds(case, protocol) for case in cases}
            self.progress.expect(len(self._tests), seconds)

    def _case_of(self, test: str) -> Case | None:
        """Return the case in a test's id; None if there is none, or it is not applicable."""
        name = test.partition("[")[2].rpartition("]")[0]
        if name not in self._cases:
            case = None
            with suppress(UnicodeDecodeError):  # a test with other parameters
                # pytest escapes all but ASCII.
                case = self.grid.case(name.encode().decode("unicode_escape"))
            applicable = case and not case.problem(self.grid.protocol)
            self._cases[name] = case if applicable else None
        return self._cases[name]

    def _runs_of(self, failure: Any) -> Iterator[str]:
        """Yield the ids of a failed test's runs, each with its case."""
        case = self._case_of(failure.nodeid)
        cases = [case.id] if case else []
        for record in observed(failure.user_properties):
            # A claim is about many cases: the run of the session leads to them.
            if case:
                cases = list(record.cases)
            else:
                yield f"{self.tracker.run_id}  session {self.tracker.session}"
        for name in cases:
            if run_id := self.tracker.run_of(name):
                yield f"{run_id}  {name}"
