"""One invocation of the benchmarks, followed from its start to its closing lines."""

from __future__ import annotations

import os
import shlex
import shutil
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

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

INTERRUPTED, NO_TESTS = 2, 5  # pytest's exit statuses
FAILED = ("failed", "crashed")


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
        self.tracker = Tracker(root, store.session_id, grid.protocol, shlex.join(command))
        self.recorder = Recorder(self.tracker, store)
        self._start = time.monotonic()
        self._cases = grid.reachable()
        self._tests: dict[str, str] = {}  # test id -> outcome so far
        self._running: dict[str, None] = {}
        self._done = 0

    @staticmethod
    def new_id() -> str:
        """Return an id that sorts by time and that no other session has."""
        return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which session it works for."""
        node.workerinput["lab_session"] = self.store.session_id

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
            known = dict(report.user_properties).get("known", "")
            observations = [
                value | {"known": known}
                for name, value in report.user_properties
                if name == "observation"
            ]
            self.recorder.ended(case, self._tests[test], observations)
        self.show(self.progress())

    def finish(self, exit_status: int) -> None:
        """Close all runs; return when everything is written."""
        failed = exit_status not in (0, NO_TESTS)
        self.recorder.finish(interrupted=exit_status == INTERRUPTED, failed=failed)
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
        results = sorted(self.recorder.results(), key=lambda result: order[result.case])
        if results:
            yield from report.score_table(results, width)
        if self.recorder.observations:
            yield from report.observation_lines(self.recorder.observations)
        if errors := self.recorder.errors:
            yield from report.plain(
                f"{len(errors)} writes to {self.tracker.shown_uri} failed: {errors[0]}",
                "The results are kept: the same command with --reuse logs them without a new fit.",
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
        return self._cases.get(test.partition("[")[2].removesuffix("]"))
