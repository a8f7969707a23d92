"""Options, hooks and fixtures of ``pytest benchmarks``. Thin: decisions are taken in ``lab``."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lab import packing
from lab.errors import LabError
from lab.grid import OPTIONS, Grid
from lab.session import Session, concern
from lab.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from lab.experiment import Case, Result
    from lab.observations import Expectation

ROOT = Path(__file__).parent
GRID = pytest.StashKey[Grid]()
STORE = pytest.StashKey[Store]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lab", "MLflow Lab: what `pytest benchmarks` computes")
    for name, keywords in OPTIONS.items():
        group.addoption(f"--{name}", **keywords)


@pytest.hookimpl(trylast=True)  # the terminal's reporter has to be there
def pytest_configure(config: pytest.Config) -> None:
    option, worker = config.option, getattr(config, "workerinput", {})
    try:
        config.stash[GRID] = grid = Grid.from_options(option)
    except LabError as error:
        raise pytest.UsageError(str(error)) from None
    store = Store(ROOT / ".lab", worker.get("lab_session") or Session.new_id(), reuse=option.reuse)
    config.stash[STORE] = store
    # One test at a time to a worker that is free: tests differ a hundredfold in length.
    if getattr(option, "maxschedchunk", 0) is None:
        option.maxschedchunk = 1
    paths = [config.invocation_params.dir / arg.partition("::")[0] for arg in config.args]
    if not worker and not option.collectonly and concern(paths, ROOT / "benchmarks"):
        # MLflow's libraries warn of each other, in a thread: a user cannot act on it.
        config.addinivalue_line("filterwarnings", "ignore")
        warnings.simplefilter("ignore")
        session = Session(ROOT, grid, store, ["pytest", *config.invocation_params.args])
        config.pluginmanager.register(session, "lab-session")
        config.pluginmanager.register(Terminal(config, session), "lab-terminal")


class Terminal:
    """What the process that owns the session shows, and how it exits."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.session = session
        self.reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self.live = bool(self.reporter and self.reporter.isatty and self.reporter.verbosity == 0)
        if self.reporter and self.live:
            self.reporter.showfspath = False  # the progress line stands in its place
            session.show = partial(self.reporter.rewrite, erase=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Any, Any]:
        status = yield
        return (status[0], "", "") if self.live else status

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        try:
            self.session.recorder.wait_until_prepared()
        except LabError as error:
            pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self.session.finish(exitstatus)
        if self.session.recorder.errors and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("MLflow Lab")
        for text, bold in self.session.summary(terminalreporter._tw.fullwidth):
            terminalreporter.write(text, bold=bold)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "run" in metafunc.fixturenames:
        cases = metafunc.config.stash[GRID].cases(getattr(metafunc.module, "STRATEGIES", None))
        for mark in metafunc.definition.iter_markers("models"):
            cases = [case for case in cases if case.model in mark.args]
        metafunc.parametrize("case", cases, ids=[case.id for case in cases])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:], dropped = packing.compute_first(items, workers)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
    for item in items:
        case, known = packing.case_of(item), item.iter_markers("contradicted")
        if case and "observe" in item.fixturenames:
            exception = config.stash[GRID].exception(case, [mark.args[0] for mark in known])
            if exception:
                item.user_properties.append(("known", exception["reason"]))
                item.add_marker(pytest.mark.xfail(raises=AssertionError, **exception))


def pytest_collection_finish(session: pytest.Session) -> None:
    if cases := list(filter(None, map(packing.case_of, session.items))):
        session.config.stash[STORE].warm_up(cases, session.config.stash[GRID].protocol)


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Callable[[Case], Result]:
    """Look up a case's result, computed once; its MLflow run is open (see ``lab.recorder``)."""
    stash = request.config.stash
    return lambda case: stash[STORE].result(case, stash[GRID].protocol)


@pytest.fixture
def result(run: Callable[[Case], Result], case: Case) -> Result:
    """Return the result of the test's case."""
    return run(case)


@pytest.fixture
def under(run: Callable[[Case], Result], case: Case) -> Callable[[str], Result]:
    """Look up the result of the same dataset and model under another strategy."""
    return lambda strategy: run(case.under(strategy))


@pytest.fixture
def observe(request: pytest.FixtureRequest) -> Callable[[Expectation], Expectation]:
    """Record an expectation's verdict on the case's run; fail in its words if it is not met."""

    def record(expectation: Expectation) -> Expectation:
        __tracebackhide__ = True
        name = request.function.__name__.removeprefix("test_")
        request.node.user_properties.append(("observation", expectation.facts() | {"name": name}))
        if not expectation:
            raise AssertionError(f"{expectation}: {expectation.verdict}")
        return expectation

    return record
