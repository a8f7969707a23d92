"""What the process that owns a session shows, and how it exits."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from lab import datasets
from lab.errors import LabError
from lab.report import data_lines
from lab.session.progress_line import ProgressLine
from lab.session.session import NO_TESTS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from lab.session.session import Session

OK, TESTS_FAILED = 0, 1  # pytest's exit statuses
hook = HookimplMarker("pytest")
optional = HookimplMarker("pytest")(optionalhook=True, tryfirst=True)


class Reports:
    """Hooks that concern what is said of a test that failed, in every process."""

    @hook(wrapper=True)
    def pytest_runtest_makereport(self, call: Any) -> Generator[None, Any, Any]:
        """Say in one line what is a sentence, such as that a case could not be evaluated.

        The test that tried says how.
        """
        report = yield
        if call.excinfo is not None and call.excinfo.errisinstance(LabError):
            report.longrepr = str(call.excinfo.value)
        return report


class Terminal:
    """Hooks that concern the screen and the exit status.

    Parameters
    ----------
    config : pytest's configuration
        Its terminal reporter, if there is one, shows the session's progress, in a line of its own
        if the screen is a terminal.
    session : Session
        The session.
    usage_error : type of exception
        What ends pytest with a sentence.
    """

    def __init__(self, config: Any, session: Session, usage_error: type[Exception]) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if session.cluster:
            from lab.session.dispatch import Dispatch

            config.pluginmanager.register(Dispatch(session.cluster))
        self.session = session
        self.usage_error = usage_error
        plain = bool(reporter and reporter.verbosity == 0)
        self.live = plain and bool(reporter.isatty) and os.environ.get("TERM") != "dumb"
        self.line: ProgressLine | None = None
        if self.live:
            reporter.showfspath = False  # the progress line stands in its place
        if plain:
            with suppress(OSError):  # a stream without a descriptor
                self.line = ProgressLine(session.progress, reporter, live=self.live)
                session.show = self.line.show

    @hook
    def pytest_report_header(self) -> list[str]:
        """Say what was made of the user's own data, before anything is computed."""
        return data_lines(map(datasets.entry, self.session.grid.datasets))

    @hook(wrapper=True)
    def pytest_report_teststatus(self, report: Any) -> Generator[None, Any, Any]:
        """Count a verdict that nothing is expected of as what it is: it is no test that passed.

        No letter is printed where the progress line tells.
        """
        status = yield
        if report.when == "call" and not report.failed:
            for name, facts in report.user_properties:
                if name == "observation" and not facts["expected"]:
                    verdict = facts["verdict"]
                    status = (verdict, verdict[0], verdict.upper())
        return (status[0], "", "") if self.live else status

    @hook(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, Any, Any]:
        """Start no test if nothing can be logged; show progress as long as they run."""
        try:
            self.session.recorder.prepare()
        except LabError as error:
            raise self.usage_error(str(error)) from None
        with _interruptible(), self.line or nullcontext():
            return (yield)

    @optional
    def pytest_testnodedown(self, error: object) -> None:
        """Leave the line to xdist if a worker died: it says so."""
        if self.line and error:
            self.line.clear()

    @hook(tryfirst=True)
    def pytest_enter_pdb(self) -> None:
        """Leave the screen to a debugger."""
        if self.line:
            self.line.stop()

    @hook(tryfirst=True)
    def pytest_sessionfinish(self, session: Any, exitstatus: int) -> None:
        """Close all runs, before the summary is printed."""
        self.session.finish(exitstatus)
        if exitstatus == OK and self.session.incomplete:
            session.exitstatus = TESTS_FAILED
        elif exitstatus == OK and self.session.nothing_to_do:
            session.exitstatus = NO_TESTS


@contextmanager
def _interruptible() -> Iterator[None]:
    """Take a request to end, as of a CI that cancels its job, for what Ctrl-C is."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What is ignored, as after nohup, stays so.
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in taken:
            signal.signal(number, interrupt)
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
