"""Options, hooks and fixtures of ``pytest benchmarks``. Thin: decisions are taken in ``lab``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lab import plugins
from lab.errors import LabError, NotApplicableError, NotObservedError
from lab.session import order
from lab.session.benchmark import Benchmark, NoClaimError
from lab.session.display import Reports, Terminal
from lab.session.options import OPTIONS
from lab.session.session import Session, concern
from lab.session.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.baseline.comparison import Comparison
    from lab.cases import Case, Result
    from lab.observations.effects import Expectation, OverallEffect

LAB = pytest.StashKey[Workspace]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lab", "MLflow Lab, for `pytest benchmarks`")
    for name, keywords in OPTIONS.items():
        group.addoption(f"--{name}", **keywords)


def pytest_cmdline_main(config: pytest.Config) -> None:
    order.prepare(config.option)


@pytest.hookimpl(trylast=True)  # the terminal's reporter has to be there
def pytest_configure(config: pytest.Config) -> None:
    root, option, worker = config.rootpath, config.option, getattr(config, "workerinput", {})
    tests = concern(config.args, config.invocation_params.dir, root / "benchmarks")
    opens = tests and not option.collectonly
    try:
        plugins.load(option.plugin)
        lab = config.stash[LAB] = Workspace.from_options(root, option, worker)
        config.pluginmanager.register(Reports())
        if not worker:
            config.add_cleanup(lab.store.close)
        if opens and not worker:
            session = Session.open(root, lab, ["pytest", *config.invocation_params.args])
            config.pluginmanager.register(session, "lab-session")
            config.pluginmanager.register(Terminal(config, session, pytest.UsageError))
    except LabError as error:
        raise pytest.UsageError(str(error)) from None
    if opens:
        # Users cannot act on warnings of libraries about each other; those of fits are notes.
        config.addinivalue_line("filterwarnings", "ignore")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    benchmark = Benchmark(metafunc.definition, metafunc.config.stash[LAB].grid)
    if problem := benchmark.problem():
        pytest.fail(f"{metafunc.definition.nodeid}: {problem}", pytrace=False)
    if benchmark.is_claim:
        metafunc.parametrize("model", benchmark.claimed())
    elif benchmark.is_about_a_case:
        metafunc.parametrize("case", benchmark.cases(), ids=lambda case: case.id)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = order.compute_first(items, workers, config.stash[LAB].store.costs.of)


def pytest_collection_finish(session: pytest.Session) -> None:
    if cases := list(filter(None, map(order.case_of, session.items))):
        session.config.stash[LAB].store.plan(cases)


@pytest.fixture
def run(request: pytest.FixtureRequest, case: Case) -> Callable[..., Result]:
    """Return a case's result, the test's own by default. Its MLflow run is open by now."""

    def look_up(wanted: Case = case) -> Result:
        try:
            return request.config.stash[LAB].result(wanted)
        except NotApplicableError as reason:
            pytest.skip(str(reason))

    return look_up


@pytest.fixture
def result(run: Callable[..., Result]) -> Result:
    """Return the result of the test's case."""
    return run()


@pytest.fixture
def under(run: Callable[..., Result], case: Case) -> Callable[[str], Result]:
    """Look up the result of the same dataset and model under another strategy."""
    return lambda strategy: run(case.under(strategy))


@pytest.fixture
def overall(request: pytest.FixtureRequest, model: str) -> Callable[..., OverallEffect]:
    """Look up by how much a strategy exceeds the best of others, over all selected datasets."""
    benchmark = Benchmark(request.node, request.config.stash[LAB].grid)

    def look_up(metric: str, strategy: str, other: str, *more: str) -> OverallEffect:
        store = request.config.stash[LAB].store
        try:
            return benchmark.overall(store, model, metric, strategy, other, *more)
        except NoClaimError as reason:
            pytest.skip(str(reason))

    return look_up


@pytest.fixture
def observe(request: pytest.FixtureRequest) -> Callable[[Expectation], Expectation]:
    """Record an expectation's verdict on the runs; fail if it is not the verdict expected."""
    benchmark = Benchmark(request.node, request.config.stash[LAB].grid)
    subject = next(iter(request.node.callspec.params.values()))

    def record(expectation: Expectation) -> Expectation:
        __tracebackhide__ = True
        if undefined := expectation.effect.undefined:
            pytest.skip(undefined)
        observation = request.config.stash[LAB].observation(benchmark, subject, expectation)
        request.node.user_properties += observation.record().properties
        if observation.surprising:
            raise NotObservedError(str(observation))
        if not expectation:
            # Counted as an exception, see `lab.session.display`: no test was expected to fail.
            pytest.skip(str(observation))
        return expectation

    return record


@pytest.fixture
def comparison(request: pytest.FixtureRequest, result: Result) -> Comparison:
    """Return how the case compares with the baseline; skip if there is nothing to compare."""
    found = request.config.stash[LAB].compare(result)
    request.node.user_properties.append(("baseline", str(found)))
    if found.asked_for:
        pytest.skip(str(found))
    return found
