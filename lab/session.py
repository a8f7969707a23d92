"""One invocation of the benchmarks, followed from its start to its closing lines."""

from __future__ import annotations

import os
import shlex
import shutil
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pluggy import HookimplMarker

from lab import report
from lab.recorder import Recorder
from lab.tracking import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from lab.experiment import Case
    from lab.grid import Grid
    from lab.report import Text
    from lab.store import Store

NO_TESTS = 5  # pytest's exit status
FAILED = ("failed", "crashed")
# What hooks of pytest-xdist are to pytest where it is not loaded: nothing to complain of.
optional = HookimplMarker("pytest")(optionalhook=True)


def concern(paths: Iterable[Path], folder: Path) -> bool:
    """Return whether any of the paths lies in the folder, or holds it."""
    resolved = [path.resolve() for path in paths]
    return any(path.is_relative_to(folder) or folder.is_relative_to(path) for path in resolved)


class Session:
    """What the process that owns a session hears of its tests, through pytest's hooks.

    Parameters
    ----------
    root : Path
        The project's folder.
    grid : Grid
        The cases.
    store : Store
        Where workers put results.
    command : sequence of str
        The command line.

    Attributes
    ----------
    show : callable
        Called with a line on the progress whenever there is some.
    """

    def __init__(self, root: Path, grid: Grid, store: Store, command: Sequence[str]) -> None:
        # Inherited by the workers: one thread a process, or they fight over the cores.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self.store = store
        self.show: Callable[[str], None] = lambda _line: None
        self.tracker = Tracker(root, store.session_id, store.protocol, shlex.join(command))
        self.recorder = Recorder(self.tracker, store)
        self._start = time.monotonic()
        self._cases = grid.reachable()
        self._tests: dict[str, str] = {}  # test id -> outcome so far
        self._running: dict[str, None] = {}
        self._done = 0
        self._interrupted = False

    @staticmethod
    def new_id() -> str:
        """Return an id that sorts by time and that no other session has."""
        return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"

    @optional
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which session it works for."""
        node.workerinput["lab_session"] = self.store.session_id

    @optional
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Hear from a worker which tests are to come."""
        self._collected(ids)

    def pytest_collection_finish(self, session: Any) -> None:
        """Hear which tests are to come, where there are no workers."""
        self._collected([item.nodeid for item in session.items])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Hear that a test starts."""
        self._running[nodeid] = None
        if case := self._case_of(nodeid):
            self.recorder.started(case)
        self.show(self.progress())

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Hear what a phase of a test came to; the worst phase is the test's outcome."""
        test, outcome, before = report.nodeid, report.outcome, self._tests.get(report.nodeid)
        if report.when not in ("setup", "call", "teardown"):
            outcome = "crashed"  # xdist's only report on a test whose worker died
        elif hasattr(report, "wasxfail"):
            outcome = "passed"
        if before not in FAILED and (before, outcome) != ("skipped", "passed"):
            self._tests[test] = outcome
        if report.when in ("setup", "call"):
            return
        self._done += 1
        self._running.pop(test, None)
        if case := self._case_of(test):
            known = dict(report.user_properties).get("known", False)
            observations = [
                value | {"known": known}
                for name, value in report.user_properties
                if name == "observation"
            ]
            self.recorder.ended(case, self._tests[test], observations)
        self.show(self.progress())

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Hear that the user interrupts; xdist also raises a kind of it, to stop at failures."""
        self._interrupted = excinfo.type is KeyboardInterrupt

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the closing lines."""
        for text, bold in self.summary(terminalreporter._tw.fullwidth):
            terminalreporter.write(text, bold=bold)

    def finish(self, exit_status: int) -> None:
        """Close all runs; return when everything is written."""
        failed = exit_status not in (0, NO_TESTS)
        self.recorder.finish(interrupted=self._interrupted, failed=failed)
        self.store.close()

    def progress(self) -> str:
        """Return one line on how far the session is."""
        failed = sum(outcome in FAILED for outcome in self._tests.values())
        running = [case.id for case in map(self._case_of, self._running) if case is not None]
        seconds = time.monotonic() - self._start
        width = shutil.get_terminal_size().columns
        return report.progress(self._done, len(self._tests), failed, seconds, running, width)

    def summary(self, width: int) -> Iterator[Text]:
        """Yield the closing lines, for a terminal of some width."""
        order = {case: position for position, case in enumerate(self._cases.values())}
        results = sorted(self.recorder.results(), key=lambda r: order.get(r.case, len(order)))
        unlogged = self.recorder.unlogged
        if results or unlogged:
            yield from report.plain(" MLflow Lab ".center(width, "="))
        if results:
            yield from report.score_table(results, width)
        if self.recorder.observations:
            yield from report.observation_lines(self.recorder.observations)
        if unlogged:
            cases = len(unlogged.keys() - {None})
            what = f"{cases} cases" if cases else "the session's own run"
            yield from report.plain(
                f"{what} could not be logged to {self.tracker.shown_uri}: "
                f"{next(iter(unlogged.values()))}",
                "What was computed is kept: the same command with --reuse logs it without a fit.",
            )
        elif self.tracker.run_id:
            yield from report.plain(*self.tracker.where())

    def _collected(self, tests: Iterable[str]) -> None:
        # Every worker tells the same; the first counts.
        if not self._tests:
            self._tests = dict.fromkeys(tests, "")
            self.recorder.expect(filter(None, map(self._case_of, self._tests)))

    def _case_of(self, test: str) -> Case | None:
        """Return the case in the brackets of a test's id."""
        return self._cases.get(test.partition("[")[2].rpartition("]")[0])
