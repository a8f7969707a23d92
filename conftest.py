"""Options, hooks and fixtures of ``pytest benchmarks``. Thin: decisions are taken in ``lab``."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lab import packing
from lab.errors import LabError, NotObservedError
from lab.grid import OPTIONS, Grid, wrong_with_benchmark
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
    name = worker.get("lab_session") or Session.new_id()
    config.stash[STORE] = store = Store(ROOT / ".lab", name, grid.protocol, reuse=option.reuse)
    # One test at a time to a worker that is free: tests differ a hundredfold in length.
    if getattr(option, "maxschedchunk", 0) is None:
        option.maxschedchunk = 1
    paths = [config.invocation_params.dir / arg.partition("::")[0] for arg in config.args]
    if option.collectonly or not concern(paths, ROOT / "benchmarks"):
        return
    # What libraries warn each other of, a user cannot act on; a fit's warnings become its notes.
    config.addinivalue_line("filterwarnings", "ignore")
    warnings.simplefilter("ignore")  # in the thread that writes
    if not worker:
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
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self.session.finish(exitstatus)
        if self.session.recorder.unlogged and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "run" in metafunc.fixturenames:
        marks = metafunc.definition.iter_markers
        contradicted = [mark.args[0] for mark in marks("contradicted")]
        if problem := wrong_with_benchmark(any(marks("parametrize")), contradicted):
            pytest.fail(f"{metafunc.definition.nodeid}: {problem}", pytrace=False)
        cases = metafunc.config.stash[GRID].cases(getattr(metafunc.module, "STRATEGIES", None))
        for mark in marks("models"):
            cases = [case for case in cases if case.model in mark.args]
        metafunc.parametrize("case", cases, ids=[case.id for case in cases])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    items[:] = packing.compute_first(
        items, getattr(config, "workerinput", {}).get("workercount", 1)
    )
    for item in items:
        if "observe" in item.fixturenames and (case := packing.case_of(item)):
            reasons = [mark.args[0] for mark in item.iter_markers("contradicted")]
            if exception := config.stash[GRID].exception(case, reasons):
                item.user_properties.append(("known", exception["strict"]))
                item.add_marker(pytest.mark.xfail(raises=NotObservedError, **exception))


def pytest_collection_finish(session: pytest.Session) -> None:
    if cases := list(filter(None, map(packing.case_of, session.items))):
        session.config.stash[STORE].warm_up(cases)


@pytest.fixture
def run(request: pytest.FixtureRequest, case: Case) -> Callable[..., Result]:
    """Return a case's result, the test's own by default. Its MLflow run is open by now."""
    store = request.config.stash[STORE]
    return lambda wanted=case: store.result(wanted)


@pytest.fixture
def result(run: Callable[..., Result]) -> Result:
    """Return the result of the test's case."""
    return run()


@pytest.fixture
def under(run: Callable[..., Result], case: Case) -> Callable[[str], Result]:
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
            raise NotObservedError(f"{expectation}: {expectation.verdict}")
        return expectation

    return record
