"""Tests of benchmark tests: what they are about, and which verdict is expected of them."""

from types import SimpleNamespace

import pytest

from lab.baseline.verdicts import Record
from lab.cases import Case, Protocol
from lab.grid import Grid
from lab.observations.effects import FoldEffect, OverallEffect
from lab.observations.verdict import Verdict
from lab.session.benchmark import Benchmark, NoClaimError, claims_problem
from lab.tests.helpers.examples import make_decisions, make_store

CASE = Case("nursery", "smote", "xgboost")
ALL_RISE = OverallEffect("recall", (0.1,) * 6, ()) > 0
RISES = FoldEffect("recall", (0.5, 0.51, 0.49), (CASE.id,), 0.5) > 0


def benchmark(grid=None, fixture="run", strategies=None, **marks):
    """Return a benchmark of a test with these marks: an argument, a tuple, or a list of marks."""

    def iter_markers(name):
        found = marks.get(name)
        several = found if isinstance(found, list) else [] if found is None else [found]
        return [SimpleNamespace(args=a if isinstance(a, tuple) else (a,)) for a in several]

    node = SimpleNamespace(
        name="test_recall_rises[x]",
        originalname="test_recall_rises",
        fixturenames=[fixture],
        module=SimpleNamespace(STRATEGIES=strategies),
        iter_markers=iter_markers,
    )
    return Benchmark(node, grid or Grid.select())


STAYS = FoldEffect("recall", (0.1, 0.0, -0.1), (CASE.id,), 0.5) > 0
FALLS = FoldEffect("recall", (-0.5, -0.51, -0.49), (CASE.id,), 0.5) > 0
BY_VERDICT = {Verdict.HOLDS: RISES, Verdict.INCONCLUSIVE: STAYS, Verdict.CONTRADICTED: FALLS}


def expected(bench, subject, record=Record(), expectation=None):  # noqa: B008 (frozen)
    """Return the verdict expected of an observation, and the reason."""
    effect = RISES if isinstance(subject, Case) else ALL_RISE
    observation = bench.observation(subject, expectation or effect, record)
    assert observation.name == "recall_rises"
    return observation.expected, observation.reason


@pytest.mark.parametrize("verdict", [Verdict.HOLDS, Verdict.INCONCLUSIVE])
@pytest.mark.parametrize("found", Verdict)
def test_the_recorded_verdict_is_expected(verdict, found):
    """On bundled data any verdict but the recorded one fails, for better or worse."""
    observation = benchmark().observation(CASE, BY_VERDICT[found], Record(verdict))
    assert (observation.expected, observation.reason) == (verdict, "as recorded in the baseline")
    assert observation.surprising is (found is not verdict)


def test_a_new_observation_has_no_expected_verdict():
    """On bundled data an observation that nobody recorded does not fail, and is counted as new."""
    for verdict in (Verdict.HOLDS, Verdict.INCONCLUSIVE):
        observation = benchmark().observation(CASE, BY_VERDICT[verdict], Record())
        assert (observation.expected, observation.surprising) == (None, False)
        assert observation.guarded


def test_a_lost_record_fails():
    """On bundled data a verdict that should be recorded and is not fails, and says what to do."""
    observation = benchmark().observation(CASE, RISES, Record(missing="recorded elsewhere"))
    assert observation.surprising
    assert str(observation).startswith(
        "holds (verdict recorded elsewhere: --update-baseline records it): recall 0.500 ["
    )


@pytest.mark.parametrize(
    "record", [Record(), Record(missing="elsewhere"), Record(Verdict.CONTRADICTED)]
)
def test_a_contradiction_without_a_mark_fails(record):
    """On bundled data only a mark can expect a contradiction, whatever the baseline has."""
    observation = benchmark().observation(CASE, FALLS, record)
    assert observation.surprising
    assert "contradicted, expected holds (on bundled data a contradiction takes a mark" in (
        str(observation)
    )


@pytest.mark.parametrize("key", ["nursery-xgboost", CASE.id])
@pytest.mark.parametrize("record", [Record(), Record(Verdict.HOLDS), Record(missing="elsewhere")])
def test_a_marked_contradiction_is_expected_with_its_reason(key, record):
    """A mark names a dataset and model, or one case, and goes before the record."""
    bench = benchmark(contradicted={key: "separable"})
    assert bench.problem() == ""
    assert expected(bench, CASE, record, FALLS) == (Verdict.CONTRADICTED, "separable")
    assert bench.observation(CASE, RISES, record).surprising
    other = Case("nursery", "smote", "random_forest")
    assert expected(bench, other, Record(Verdict.HOLDS))[0] is Verdict.HOLDS


@pytest.mark.parametrize(
    ("case", "protocol"),
    [(CASE, Protocol(seed=1)), (Case("synthetic", "raw", "xgboost"), Protocol())],
)
def test_other_data_and_protocols_are_not_guarded(case, protocol):
    """There any recorded verdict is expected, marks do not count, and a lost one is new."""
    bench = benchmark(Grid.select(protocol=protocol), contradicted={CASE.id: "separable"})
    assert expected(bench, case)[0] is None
    assert expected(bench, case, Record(missing="elsewhere"), FALLS) == (None, "elsewhere")
    for verdict in Verdict:
        assert expected(bench, case, Record(verdict))[0] is verdict


def is_guarded(bench, subject, expectation=None):
    """Return whether the committed baseline and marks decide what is expected."""
    effect = RISES if isinstance(subject, Case) else ALL_RISE
    return bench.observation(subject, expectation or effect, Record()).guarded


def test_claims_are_guarded_on_the_core():
    """A claim is guarded on the core datasets and models together, not on a part of them."""
    marks = {"contradicted": {"xgboost": "falls"}}
    assert expected(benchmark(None, "overall", **marks), "xgboost") == ("contradicted", "falls")
    part = Grid.select(model_patterns=["xgboost"])
    assert expected(benchmark(part, "overall", **marks), "xgboost")[0] is None
    assert not is_guarded(benchmark(part, "overall"), "xgboost")


@pytest.mark.parametrize(
    ("strategies", "models", "case", "guarded"),
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
def test_named_strategies_and_models_are_guarded_else_the_core(strategies, models, case, guarded):
    """Without names the core ones are meant; on large datasets only core strategies."""
    assert is_guarded(benchmark(strategies=strategies, models=models), case) is guarded


@pytest.mark.parametrize(
    ("selected", "guarded"), [(["knn", "mlp"], True), (["knn"], False), (["all"], True)]
)
def test_a_claim_on_named_models_is_guarded_if_all_are_selected(selected, guarded):
    """The family of a claim is the models that it names, whichever others are selected."""
    bench = benchmark(Grid.select(model_patterns=selected), "overall", models=("mlp", "knn"))
    assert is_guarded(bench, "knn") is guarded


def test_a_claim_on_a_part_of_the_datasets_is_not_guarded():
    """If a strategy is not applicable to a core dataset, nothing is expected of its claims."""
    five = OverallEffect("recall", (0.1,) * 5, ()) > 0
    assert is_guarded(benchmark(None, "overall"), "xgboost")
    assert not is_guarded(benchmark(None, "overall"), "xgboost", five)


@pytest.mark.parametrize(
    "key", ["nursery-knn", "nursery-smote-knn", "nursery-smote:k_neighbors=3-knn"]
)
def test_a_mark_names_a_dataset_and_a_model_or_a_case(key):
    """A mark is valid whatever is selected, also for a strategy with options."""
    assert benchmark(Grid.select(["yeast_me2"]), contradicted={key: "reason"}).problem() == ""


@pytest.mark.parametrize("key", ["nursery-xgbost", "nurseri-xgboost", "nursery", "a-raw-xgboost"])
def test_a_mark_that_names_no_case_is_invalid(key):
    """A mark whose dataset or model does not exist is reported."""
    bench = benchmark(contradicted={"nursery-xgboost": "exists", key: "reason"})
    assert bench.problem() == (
        f"the mark `contradicted` names {key!r}, which is neither DATASET-MODEL nor a case"
    )


def test_a_mark_of_a_claim_names_models():
    """A mark of a claim names a model, not a dataset."""
    assert benchmark(None, "overall", contradicted={"xgboost": "x"}).problem() == ""
    wrong = benchmark(None, "overall", contradicted={"nursery-xgboost": "x"})
    assert wrong.problem() == (
        "the mark `contradicted` names 'nursery-xgboost', which is not a model"
    )


def test_two_marks_of_one_case_are_invalid():
    """A case has one reason, on the test, its class or its module."""
    bench = benchmark(contradicted=[{"nursery-xgboost": "x"}, {"nursery-xgboost": "y"}])
    assert bench.problem() == "two marks `contradicted` name 'nursery-xgboost'"


def test_parameters_of_its_own_make_a_benchmark_invalid():
    """A benchmark has no parameters but its cases or models."""
    assert "has no parameters but" in benchmark(parametrize=("x", [1])).problem()


def test_unknown_names_make_a_benchmark_invalid():
    """A misspelt model or strategy would select nothing: it is reported, with close matches."""
    bench = benchmark(models=("xgbost",))
    assert bench.problem() == "unknown model 'xgbost': did you mean xgboost or catboost?"
    bench = benchmark(strategies=["smoat"])
    assert bench.problem().startswith("unknown strategy 'smoat': did you mean smote")


@pytest.mark.parametrize("arguments", [(), ("nursery-xgboost",), ({}, {})])
def test_a_mark_without_reasons_is_invalid(arguments):
    """A mark takes exactly one dictionary."""
    bench = benchmark(contradicted=arguments)
    assert bench.problem() == "the mark `contradicted` takes a dictionary of reasons"


def test_an_observation_needs_a_case_or_a_model():
    """A test that observes neither a case nor a model is reported with what it lacks."""
    assert "`observe` needs `result`" in benchmark(None, "observe").problem()


def test_the_mark_of_a_case_goes_before_that_of_its_dataset_and_model():
    """Of two reasons that fit, the one of the case itself counts."""
    bench = benchmark(contradicted={"nursery-xgboost": "any", CASE.id: "this"})
    assert expected(bench, CASE) == (Verdict.CONTRADICTED, "this")


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
def test_claims_without_a_possible_verdict_are_not_tests(selected, about, claimed):
    """A claim on strategies that are not selected, or on too few datasets, makes no test."""
    bench = benchmark(Grid.select(**selected), "overall", strategies=about)
    assert bench.claimed() == claimed


def test_too_few_datasets_for_claims_are_reported():
    """With too few datasets for any claim, one sentence says how many are needed."""
    assert claims_problem(Grid.select()) == ""
    assert claims_problem(Grid.select(["nursery", "car_crash"])) == (
        "a claim on 3 models needs 6 datasets for a verdict, selected: nursery, car_crash"
    )


def test_a_claim_needs_its_strategies_and_enough_datasets(tmp_path):
    """Without them the claim is skipped, with what is missing."""
    store = make_store(tmp_path, "s", Protocol())
    few = benchmark(Grid.select(["nursery", "car*"]), "overall")
    with pytest.raises(NoClaimError, match=r"needs 6 datasets .* nursery, car_crash"):
        few.overall(store, "xgboost", "recall", "smote", "raw")
    one = benchmark(Grid.select(strategy_patterns=["raw"]), "overall")
    with pytest.raises(NoClaimError, match="strategy smote is not selected"):
        one.overall(store, "xgboost", "recall", "smote", "raw")


def test_a_claim_needs_enough_datasets_with_alarms():
    """Where no fold has an alarm precision is undefined: without that dataset there are too few."""

    def results(cases):
        return {
            case: make_decisions(case, [4, 4], [0, 0])
            if (case.dataset, case.model) != ("caravan", "xgboost") or case.strategy != "raw"
            else make_decisions(case, [0, 0], [0, 0])
            for case in cases
        }

    store = SimpleNamespace(all_results=results)
    bench = benchmark(fixture="overall")
    reason = "precision of xgboost is undefined on caravan for lack of alarms, and a claim on 3"
    with pytest.raises(NoClaimError, match=f"^{reason} models needs 6 datasets for a verdict$"):
        bench.overall(store, "xgboost", "precision", "smote", "raw")
    assert len(bench.overall(store, "random_forest", "precision", "smote", "raw").values) == 6
