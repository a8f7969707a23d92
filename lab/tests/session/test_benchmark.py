"""Tests of what a benchmark test is about."""

from types import SimpleNamespace

import pytest

from lab.cases import Case, Protocol
from lab.grid import Grid
from lab.observations.effects import FoldEffect, OverallEffect, Verdict
from lab.session.benchmark import Benchmark, NoClaimError, claims_problem
from lab.tests.helpers.examples import make_store

CASE = Case("nursery", "smote", "xgboost")
ALL_RISE = OverallEffect("recall", (0.1,) * 6, ()) > 0
RISES = FoldEffect("recall", (0.5, 0.51, 0.49), (CASE.id,), 0.5) > 0


def benchmark(grid=None, fixture="run", strategies=None, **marks):
    """Return a benchmark of a test with these marks, each with one argument or several."""

    def iter_markers(name):
        arguments = marks.get(name)
        several = arguments if isinstance(arguments, tuple) else (arguments,)
        return [] if arguments is None else [SimpleNamespace(args=several)]

    node = SimpleNamespace(
        name="test_recall_rises[x]",
        originalname="test_recall_rises",
        fixturenames=[fixture],
        module=SimpleNamespace(STRATEGIES=strategies),
        iter_markers=iter_markers,
    )
    return Benchmark(node, grid or Grid.select())


def recorded(bench, subject):
    """Return the verdict expected of an observation, and the reason."""
    effect = RISES if isinstance(subject, Case) else ALL_RISE
    observation = bench.observation(subject, effect)
    assert observation.name == "recall_rises"
    return observation.expected, observation.reason


def test_an_observation_is_expected_to_hold():
    """On bundled data under the default protocol every observation has to hold."""
    assert recorded(benchmark(), CASE) == (Verdict.HOLDS, "")


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.CONTRADICTED])
@pytest.mark.parametrize("key", ["nursery-xgboost", CASE.id])
def test_an_exception_is_expected_with_its_reason(verdict, key):
    """A mark names another verdict for a dataset and model, or for one case, with the reason."""
    bench = benchmark(**{verdict: {key: "separable"}})
    assert bench.problem() == ""
    assert recorded(bench, CASE) == (verdict, "separable")
    assert recorded(bench, Case("nursery", "smote", "random_forest")) == (Verdict.HOLDS, "")


@pytest.mark.parametrize(
    ("case", "protocol"),
    [(CASE, Protocol(seed=1)), (Case("synthetic", "raw", "xgboost"), Protocol())],
)
def test_nothing_is_expected_where_nothing_is_recorded(case, protocol):
    """Other protocols and generated data have no recorded verdict, so none can fail."""
    expected, reason = recorded(benchmark(Grid.select(protocol=protocol)), case)
    assert expected is None
    assert "no verdict is recorded" in reason


def test_claims_are_recorded_for_the_core():
    """A claim has a recorded verdict on the core datasets and models together, else none."""
    marks = {"inconclusive": {"xgboost": "too few"}}
    assert recorded(benchmark(None, "overall", **marks), "xgboost") == ("inconclusive", "too few")
    part = Grid.select(model_patterns=["xgboost"])
    assert recorded(benchmark(part, "overall", **marks), "xgboost")[0] is None


@pytest.mark.parametrize(
    ("strategies", "models", "case", "is_recorded"),
    [
        (None, None, Case("nursery", "smote", "xgboost"), True),
        (None, None, Case("nursery", "adasyn", "xgboost"), False),
        (None, None, Case("nursery", "smote", "knn"), False),
        (["adasyn"], None, Case("nursery", "adasyn", "xgboost"), True),
        (["adasyn"], ("knn",), Case("nursery", "adasyn", "knn"), True),
        (["adasyn"], ("knn",), Case("fars_unknown", "adasyn", "knn"), False),
        (["smote"], None, Case("fars_unknown", "smote", "xgboost"), True),
    ],
)
def test_marks_speak_of_what_they_name_else_of_the_core(strategies, models, case, is_recorded):
    """Without a name core strategies and models are meant; of large datasets only those."""
    bench = benchmark(strategies=strategies, models=models)
    assert (recorded(bench, case)[0] is not None) is is_recorded


@pytest.mark.parametrize(
    ("selected", "is_recorded"), [(["knn", "mlp"], True), (["knn"], False), (["all"], True)]
)
def test_a_claim_on_named_models_is_recorded_if_all_are_there(selected, is_recorded):
    """The family of a claim is the models that it names, whichever others are selected."""
    bench = benchmark(Grid.select(model_patterns=selected), "overall", models=("mlp", "knn"))
    assert (recorded(bench, "knn")[0] is not None) is is_recorded


def test_a_claim_on_a_part_of_the_datasets_is_not_recorded():
    """Where a strategy refuses some of the core datasets, the marks speak of something else."""
    five = OverallEffect("recall", (0.1,) * 5, ()) > 0
    bench = benchmark(None, "overall")
    assert bench.observation("xgboost", ALL_RISE).expected is Verdict.HOLDS
    assert bench.observation("xgboost", five).expected is None


@pytest.mark.parametrize("key", ["nursery-xgbost", "nurseri-xgboost", "nursery", "a-raw-xgboost"])
def test_an_exception_of_nothing_is_wrong(key):
    """An exception whose dataset or model does not exist is named."""
    bench = benchmark(contradicted={"nursery-xgboost": "exists", key: "reason"})
    assert bench.problem() == f"{key!r} is not a dataset and a model, nor a case"


def test_a_claim_is_about_models():
    """An exception of a claim names a model, not a dataset."""
    assert benchmark(None, "overall", contradicted={"xgboost": "x"}).problem() == ""
    wrong = benchmark(None, "overall", contradicted={"nursery-xgboost": "x"})
    assert wrong.problem() == "'nursery-xgboost' is not a model"


def test_two_exceptions_of_one_case_are_wrong():
    """A case cannot be expected to be both inconclusive and contradicted."""
    mark = {"nursery-xgboost": "x"}
    assert (
        benchmark(inconclusive=mark, contradicted=mark).problem()
        == "'nursery-xgboost' has two exceptions"
    )


def test_a_benchmark_with_parameters_of_its_own_is_wrong():
    """A benchmark is about cases or models alone."""
    assert "takes no parameter but" in benchmark(parametrize=("x", [1])).problem()


def test_names_that_do_not_exist_are_wrong():
    """A misspelt model or strategy would select nothing: it is named, with the near one."""
    bench = benchmark(models=("xgbost",))
    assert bench.problem() == "unknown model 'xgbost': did you mean xgboost or catboost?"
    bench = benchmark(strategies=["smoat"])
    assert bench.problem().startswith("unknown strategy 'smoat': did you mean smote")


@pytest.mark.parametrize("arguments", [(), ("nursery-xgboost",), ({}, {})])
def test_a_mark_without_reasons_is_wrong(arguments):
    """A mark that does not hold exactly one dict says so."""
    bench = benchmark(inconclusive=arguments)
    assert bench.problem() == "the mark `inconclusive` takes a dict of reasons"


def test_an_observation_of_nothing_is_wrong():
    """A test that observes, but has no case and no model, says what it lacks."""
    assert "`observe` needs `result`" in benchmark(None, "observe").problem()


def test_the_exception_of_a_case_goes_before_that_of_its_kind():
    """Of two exceptions that fit, the one that names the case itself counts."""
    marks = {"inconclusive": {"nursery-xgboost": "any"}, "contradicted": {CASE.id: "this"}}
    assert recorded(benchmark(**marks), CASE) == (Verdict.CONTRADICTED, "this")


def test_a_benchmark_is_about_the_models_it_names():
    """The mark ``models`` leaves only those, in the grid's order."""
    bench = benchmark(Grid.select(["nursery"]), models=("xgboost", "logistic_regression"))
    assert bench.models == ["logistic_regression", "xgboost"]
    assert [case.id for case in bench.cases(["raw"])] == [
        "nursery-raw-logistic_regression",
        "nursery-raw-xgboost",
    ]


@pytest.mark.parametrize(
    ("selected", "about", "claimed"),
    [
        ({}, None, ["logistic_regression", "random_forest", "xgboost"]),
        ({"model_patterns": ["xgboost"]}, ["smote", "adasyn"], ["xgboost"]),
        ({}, ["adasyn"], []),
        ({"dataset_patterns": ["nursery", "car*", "abalone*", "cara*"]}, None, []),
    ],
)
def test_claims_are_made_only_where_a_verdict_can_come(selected, about, claimed):
    """A claim of strategies that are not selected, or on four datasets or fewer, is no test."""
    bench = benchmark(Grid.select(**selected), "overall", strategies=about)
    assert bench.claimed() == claimed


def test_what_claims_lack_is_said_where_none_can_be_made():
    """Where there are too few datasets for any claim, one sentence says how many it takes."""
    assert claims_problem(Grid.select()) == ""
    assert claims_problem(Grid.select(["nursery", "car_crash"])) == (
        "a claim on 3 models takes 6 datasets for a verdict, selected: nursery, car_crash"
    )


def test_a_claim_needs_its_strategies_and_enough_datasets(tmp_path):
    """Without them there is no claim, and the reason says what is missing."""
    store = make_store(tmp_path, "s", Protocol())
    few = benchmark(Grid.select(["nursery", "car*"]), "overall")
    with pytest.raises(NoClaimError, match=r"takes 6 datasets .* nursery, car_crash"):
        few.overall(store, "xgboost", "recall", "smote", "raw")
    one = benchmark(Grid.select(strategy_patterns=["raw"]), "overall")
    with pytest.raises(NoClaimError, match="strategy smote is not selected"):
        one.overall(store, "xgboost", "recall", "smote", "raw")
