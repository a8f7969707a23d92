"""A session: one run of the benchmarks, from its start to its closing lines."""

from __future__ import annotations

import os
import shlex
import time
import warnings
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from lab import datasets, report
from lab.baseline import Baseline
from lab.errors import LabError
from lab.observations.record import observed
from lab.report.session_record import SessionFacts, SessionRecord
from lab.session.benchmark import claims_problem
from lab.session.progress import Progress
from lab.session.recorder import Recorder
from lab.tracking import REPORT, SCORES, SESSION_RECORD, Tracker
from lab.versions import versions
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from lab.baseline.update import Update
    from lab.cases import Case, Result
    from lab.engine import Cluster
    from lab.observations.record import ObservationRecord
    from lab.report import Text
    from lab.session.workspace import Workspace

NO_TESTS = 5  # pytest's exit status
FAILED = ("failed", "crashed")
# Hooks of pytest-xdist, which pytest would reject where xdist is not loaded.
optional = HookimplMarker("pytest")(optionalhook=True)


def concern(tests: Iterable[str], here: Path, folder: Path) -> bool:
    """Return whether any of the tests, named relative to here, is in the folder or contains it."""
    resolved = [(here / name.partition("::")[0]).resolve() for name in tests]
    return any(path.is_relative_to(folder) or folder.is_relative_to(path) for path in resolved)


class Session:
    """Session in the process that owns it: hooks of pytest that follow its tests.

    Parameters
    ----------
    root : Path
        The project's folder.
    workspace : Workspace
        Its cases, store and baselines.
    command : sequence of str
        The command line.

    Attributes
    ----------
    progress : Progress
        Its progress.
    show : callable
        Called after each step of progress.

    Raises
    ------
    BaselineError
        The baseline cannot be read.
    StoreError
        Nothing can be written to the store.
    """

    def __init__(self, root: Path, workspace: Workspace, command: Sequence[str]) -> None:
        # Inherited by the workers: with more threads a process they would compete for the cores.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        # In the writing thread, which pytest's filters do not reach.
        warnings.simplefilter("ignore")
        self.grid, self.store = workspace.grid, workspace.store
        self.baselines, self.update = workspace.baselines, workspace.update
        self._record_baseline = workspace.record
        self.baselines.check(self.grid.datasets, update=self.update)
        owner = self.store.acquire()
        self.grid.download(print)
        self.cluster: Cluster | None = None
        if workspace.scheduler:
            from lab.engine import Cluster

            self.cluster = Cluster(
                workspace.scheduler,
                self.store.protocol,
                self.store.session_id,
                workspace.limit,
                self._evaluating,
            )
            self.store.use(self.cluster)
        self.show: Callable[[], None] = lambda: None
        self.tracker = Tracker(
            root, self.store.session_id, self.store.protocol, shlex.join(command), owner
        )
        self.recorder = Recorder(self.tracker, self.store)
        if lines := report.data_lines(map(datasets.entry, self.grid.datasets)):
            self.recorder.tags["lab.data"] = "\n".join(lines)
        self._started = datetime.now().astimezone()
        self.progress = Progress(time.monotonic())
        self._cases: dict[str, Case | None] = {}  # by the parameter in tests' ids
        self._tests: dict[str, str] = {}  # id -> outcome so far
        self._failures: list[Any] = []  # reports
        self._interrupted = False
        self._changes: dict[Path, Update] = {}  # of baselines
        self._not_recorded = ""  # why the baseline could not be recorded
        self._damages: list[str] = []  # of stored results

    @optional
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker the session's id and the expected costs of cases."""
        node.workerinput["lab_session"] = self.store.session_id
        # Every worker, also one that replaces another, has to sort its tests alike.
        node.workerinput["lab_costs"] = vars(self.store.costs.about(self.grid.case))

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
            outcome = "crashed"  # the only report of xdist on a test whose worker died
        elif hasattr(report, "wasxfail"):
            outcome = "passed"
        if before not in FAILED and (before, outcome) != ("skipped", "passed"):
            self._tests[test] = outcome
        if report.failed:
            self._failures.append(report)
        if report.when in ("setup", "call"):
            return
        case, tags = self._case_of(test), {}
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
        for text, bold in self.summary(terminalreporter._tw.fullwidth):
            terminalreporter.write(text, bold=bold)

    def finish(self, exit_status: int) -> None:
        """Close all runs and record the baseline; return when everything is written."""
        failed = exit_status not in (0, NO_TESTS)
        order = {test: position for position, test in enumerate(self._tests)}
        # Claims over datasets first: they are few, and sum up the others.
        self.recorder.observations.sort(
            key=lambda record: (not record.is_claim, order.get(record.test, 0))
        )
        self._damages = self.store.damages()
        self.recorder.finish(self._conclude, interrupted=self._interrupted, failed=failed)
        for failure in self._failures:
            if runs := "\n".join(self._runs_of(failure)):
                failure.sections.append(("MLflow runs", runs))
        if self.update and (results := self.recorder.results()):
            try:
                self._changes = self._record_baseline(results, self.recorder.observations)
            except (LabError, OSError) as error:
                self._not_recorded = str(error)
        self.store.learn(self.recorder.computed())
        self.store.close()

    @property
    def incomplete(self) -> bool:
        """Whether anything could not be logged or recorded."""
        return bool(self.recorder.unlogged or self._not_recorded)

    @property
    def nothing_to_do(self) -> bool:
        """Whether no selected case can be computed."""
        return all(case.problem(self.grid.protocol) for case in self.grid.cases())

    def summary(self, width: int) -> Iterator[Text]:
        """Yield the closing lines, for a terminal of some width."""
        results = self._results()
        unlogged = self.recorder.unlogged
        if results or unlogged:
            yield from report.plain(" MLflow Lab ".center(width, "="))
        if results:
            yield from report.score_table(results, width)
            yield from report.strategy_table(results, width)
        if lines := self._remarks(results):
            yield from report.plain(*lines, "")
        if self.store.reuse and results:
            of = counted(len(results), "case")
            yield from report.plain(f"--reuse: {self.recorder.reused()} of {of} were there", "")
        if self.nothing_to_do:
            yield from report.plain("No case can be computed.", "")
        elif problem := claims_problem(self.grid):
            yield from report.plain(f"No claims over datasets: {problem}", "")
        claims = [record for record in self.recorder.observations if record.is_claim]
        if claims:
            yield from report.claim_table(claims, width)
        yield from report.case_tables(self._unmarked(), width)
        if self.recorder.observations:
            yield from report.observation_lines(self.recorder.observations)
        if self._not_recorded:
            yield from report.plain(f"The baseline was not recorded: {self._not_recorded}", "")
        elif self.update:
            for path, changes in self._changes.items():
                yield from report.update_lines(changes, path.name)
        else:
            yield from report.baseline_lines(list(map(self.baselines.compare, results)))
            files = [self.baselines.file_of(result.case.dataset) for result in results]
            if lines := report.unrecorded_lines(files):
                yield from report.plain(*lines, "")
        if unlogged:
            cases = len(unlogged.keys() - {None})
            what = f"{cases} cases" if cases else "the session's own run"
            yield from report.plain(
                f"{what} could not be logged to {self.tracker.backend.shown_uri}: "
                f"{next(iter(unlogged.values()))}",
                "What was computed is kept: the same command with --reuse logs it without a fit.",
            )
        elif self.tracker.run_id:
            if left := self.recorder.unfinished():
                some = counted(len(left), "case")
                yield from report.plain(f"No recommendation: {some} did not finish.", "")
            else:
                yield from report.recommendation_table(results, width, self.recorder.failures())
            yield from report.plain(*self.tracker.where())

    def _results(self) -> list[Result]:
        """Return the results so far, in the order of the tables."""
        return sorted(self.recorder.results(), key=lambda result: self.grid.place(result.case))

    def _remarks(self, results: Sequence[Result]) -> list[str]:
        """Return a line for each reason why cases were skipped or evaluated differently."""
        refusals = self.recorder.refusals()
        lines = report.skipped_lines(self.grid.cases(), self.grid.protocol, refusals, results)
        return lines + [f"computed anew: {reason}" for reason in self._damages]

    def _conclude(self, outcome: str) -> Iterator[Callable[[], None]]:
        """Yield calls that log the session's documents, those that others need first."""
        log, results = self.tracker.log_document, self._results()
        yield lambda: log(SCORES, Baseline.of(results).dumps())
        record = self._record(outcome, results)
        yield lambda: log(SESSION_RECORD, record.dumps())
        yield lambda: log(REPORT, report.page(record))
        yield lambda: self.tracker.describe(report.session_note(record, REPORT))

    def _record(self, outcome: str, results: list[Result]) -> SessionRecord:
        """Return everything that the report shows."""
        facts = SessionFacts(
            id=self.store.session_id,
            started=self._started,
            seconds=(datetime.now().astimezone() - self._started).total_seconds(),
            outcome=outcome,
            command=self.tracker.command,
            protocol=self.store.protocol,
            commit=self.tracker.commit,
            experiment=self.tracker.backend.experiment,
            run_id=self.tracker.run_id,
            versions=versions(),
        )
        return SessionRecord(
            session=facts,
            results=results,
            curves={result.case: self.store.curves(result.case) for result in results},
            runs={result.case: self.tracker.run_of(result.case.id) for result in results},
            observations=self.recorder.observations,
            comparisons=[] if self.update else list(map(self.baselines.compare, results)),
            remarks=self._remarks(results),
            failures=self.recorder.failures(),
            unfinished=self.recorder.unfinished(),
        )

    def _unmarked(self) -> list[tuple[Case, ObservationRecord]]:
        """Return the observations on cases whose verdict no mark expects, with the case of each."""
        return [
            (case, record)
            for record in self.recorder.observations
            if (case := self.grid.case(record.subject)) and not self.grid.is_marked(case.dataset)
        ]

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
