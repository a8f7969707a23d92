"""Terminal output and exit status of the process that owns a session."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from lab import datasets
from lab.errors import LabError
from lab.observations.record import observed
from lab.report import data_lines
from lab.session.progress_line import ProgressLine
from lab.session.session import NO_TESTS, is_exception
from lab.session.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from lab.session.session import Session

OK, TESTS_FAILED = 0, 1  # pytest's exit statuses
hook = HookimplMarker("pytest")
optional = HookimplMarker("pytest")(optionalhook=True, tryfirst=True)


class Reports:
    """Hooks that shorten the reports of failed tests, and count exceptions, in every process.

    An exception is an observation whose verdict is not ``holds``, as expected. Its test is skipped,
    with the verdict as the reason, for that is what the file of ``--junitxml`` calls it. The
    terminal counts it under ``xfailed`` and lists it with ``-rx``.
    """

    @hook(wrapper=True)
    def pytest_runtest_makereport(self, call: Any) -> Generator[None, Any, Any]:
        """Report an error of the lab in its one line.

        The test that tried to evaluate a case shows the traceback.
        """
        report = yield
        if call.excinfo is not None and call.excinfo.errisinstance(LabError):
            report.longrepr = str(call.excinfo.value)
        return report

    @hook(wrapper=True)
    def pytest_report_teststatus(self, report: Any) -> Generator[None, Any, Any]:
        """Count an exception."""
        status = yield
        return ("xfailed", "x", "XFAIL") if is_exception(report) else status

    @hook(trylast=True)  # the file of --junitxml has the report by then
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note the reason of an exception where ``-rx`` looks for it."""
        if is_exception(report):
            report.wasxfail = report.longrepr[2].removeprefix("Skipped: ")


class Terminal:
    """Hooks for the terminal and the exit status.

    Parameters
    ----------
    config : pytest's configuration
        Its terminal reporter, if there is one, shows the session's progress, on a terminal in a
        line that is rewritten.
    session : Session
        The session.
    usage_error : type of exception
        The exception by which pytest ends with a message.
    """

    def __init__(self, config: Any, session: Session, usage_error: type[Exception]) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if session.cluster:
            from lab.session.dispatch import Dispatch

            config.pluginmanager.register(Dispatch(session.cluster, session.store.is_stored))
        config.pluginmanager.register(Workers(session.grid, session.store, usage_error))
        if reporter:
            session.tracker.backend.say = reporter.write_line
        self.session = session
        self.usage_error = usage_error
        plain = bool(reporter and reporter.verbosity == 0)
        self.live = plain and bool(reporter.isatty) and os.environ.get("TERM") != "dumb"
        self.line: ProgressLine | None = None
        if self.live:
            reporter.showfspath = False  # the progress line replaces it
        if plain:
            with suppress(OSError):  # a stream without a descriptor
                self.line = ProgressLine(session.progress, reporter, live=self.live)
                session.show = self.line.show

    @hook
    def pytest_report_header(self) -> list[str]:
        """Return how the user's own data were read, before anything is computed."""
        grid = self.session.grid
        return data_lines(map(datasets.entry, grid.datasets), grid.protocol)

    @hook(wrapper=True)
    def pytest_report_teststatus(self, report: Any) -> Generator[None, Any, Any]:
        """Count a verdict without an expectation under its own name, not as passed.

        Where there is a progress line, no letter is printed.
        """
        status = yield
        if report.when == "call" and not report.failed:
            for observation in observed(report.user_properties):
                if observation.expected is None:
                    verdict = str(observation.verdict)
                    status = (verdict, verdict[0], verdict.upper())
        return (status[0], "", "") if self.live else status

    @hook(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, Any, Any]:
        """Start no test unless runs can be logged; show progress while tests run."""
        try:
            self.session.recorder.prepare()
        except LabError as error:
            raise self.usage_error(str(error)) from None
        with _interruptible(), self.line or nullcontext():
            return (yield)

    @optional
    def pytest_testnodedown(self, error: object) -> None:
        """Clear the line if a worker died: xdist prints a message."""
        if self.line and error:
            self.line.clear()

    @hook(tryfirst=True)
    def pytest_enter_pdb(self) -> None:
        """Leave the terminal to a debugger."""
        if self.line:
            self.line.stop()

    @hook(tryfirst=True)
    def pytest_sessionfinish(self, session: Any, exitstatus: int) -> None:
        """Close all runs, before the summary is printed."""
        self.session.finish(exitstatus)
        if exitstatus == OK and self.session.incomplete:
            session.exitstatus = TESTS_FAILED
        elif exitstatus == OK and self.session.summary.nothing_to_do:
            session.exitstatus = NO_TESTS


@contextmanager
def _interruptible() -> Iterator[None]:
    """Handle SIGTERM and SIGHUP, as from a CI that cancels its job, like Ctrl-C."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # A signal that is ignored, as after nohup, stays ignored.
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in taken:
            signal.signal(number, interrupt)
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
