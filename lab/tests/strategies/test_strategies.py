"""Tests of the contract of every strategy, and of particular ones."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import f1_score

from lab import datasets
from lab.cases import NO_ROW, Case, Protocol
from lab.datasets.dataset import Dataset
from lab.errors import NotApplicableError
from lab.evaluation.cross_validation import evaluate
from lab.evaluation.definition import definition
from lab.evaluation.fitting import fast_f1
from lab.evaluation.pipelines import pipeline
from lab.models import MODELS
from lab.strategies import STRATEGIES, Situation, Strategy
from lab.tests.helpers.examples import PAIRS, SMALL, mixed_dataset

FOLDS = 2
LR = "logistic_regression"
# A model is given resampled rows as numbers, whichever sampler made them: one model is enough.
CONTRACT = [(name, model) for name, model in PAIRS if name != "smote" or model == LR]


@pytest.fixture(scope="module")
def mixed():
    """Return a dataset with numbers, categories and missing values, and no duplicate rows."""
    return mixed_dataset()


@pytest.fixture
def use(monkeypatch, mixed):
    """Make the evaluation load the mixed dataset."""
    monkeypatch.setattr(datasets, "load", lambda _name: mixed)
    return mixed


@pytest.mark.parametrize(("strategy", "model"), CONTRACT)
def test_a_case_fulfils_the_contract(use, strategy, model):
    """Categories and missing values work, scores are bit-identical, and the input is unchanged."""
    before = use.X.copy(deep=True)
    case = Case("mixed", SMALL.get(strategy, strategy), model)
    one, other = (evaluate(case, Protocol(FOLDS)) for _ in range(2))
    pd.testing.assert_frame_equal(use.X, before)
    predictions = one.read_predictions()
    pd.testing.assert_frame_equal(predictions, other.read_predictions())
    assert one.scores == other.scores
    assert np.isfinite(list(one.scores.values())).all()
    assert predictions["y_score"].between(0, 1).all()
    if not STRATEGIES[strategy].leaks:
        assert sorted(predictions["row"]) == list(range(use.rows))
        assert one.class_counts["test_minority_rows"] == [15, 15]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_pipelines_share_no_step_and_can_be_cloned(mixed, strategy):
    """Two pipelines of a case share no step and have equal parameters, with every model."""
    suited = [
        name for name in MODELS.groups["all"] if not STRATEGIES[strategy].unsuited(MODELS[name])
    ]
    assert suited
    for model in suited:
        one, other = (pipeline(Case("mixed", strategy, model), mixed, mixed.y, 0) for _ in range(2))
        assert not {id(step) for _, step in one.steps} & {id(step) for _, step in other.steps}
        assert definition(clone(one)) == definition(other)


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=lambda strategy: strategy.name)
def test_a_strategy_is_described(strategy):
    """Each has a family, a title of one line without placeholders, and a paper if one exists."""
    assert strategy.family != "own"
    assert 0 < len(strategy.title) <= 120
    assert "{" not in strategy.title
    named = {"raw", "random_over", "random_under"}
    assert bool(strategy.paper) == (strategy.name not in named)


def test_resampling_balances_the_classes(use):
    """By default over- and under-sampling leave as many rows of each class."""
    for name, more in (("random_over", True), ("smote", True), ("random_under", False)):
        counts = evaluate(Case("mixed", name, LR), Protocol(3)).class_counts
        assert counts["resampled_minority_rows"] == counts["resampled_majority_rows"]
        assert (counts["resampled_minority_rows"] > counts["train_minority_rows"]) is more


def test_a_sampler_without_effect_is_noted(monkeypatch):
    """Where no minority row is near the other class, Borderline-SMOTE adds none, with a note."""
    y = (np.arange(60) % 3 == 0).astype(np.int8)
    data = Dataset("far", pd.DataFrame({"x": y * 100.0 + np.arange(60) / 60}), y, "made up")
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    for name, is_idle in (("borderline_smote", True), ("enn", True), ("raw", False)):
        assert (NO_ROW in evaluate(Case("far", name, LR), Protocol(2)).notes) is is_idle


@pytest.mark.parametrize("wrong", [None, [], ["model"], [("model", "passthrough")], ("model", 1)])
def test_invalid_steps_are_explained(mixed, wrong):
    """A strategy whose steps are not named estimators fails with an explanation."""
    strategy = Strategy("mine", "", lambda _model, _y, _seed: wrong)
    with pytest.raises(
        TypeError, match=r"strategy 'mine': steps must return a list of \(name, est"
    ):
        strategy.pipeline(mixed, MODELS[LR], mixed.y, 0)


def test_thresholds_keep_the_ranking(use):
    """Probabilities are those of the raw model; only decisions change, at the threshold."""
    raw = evaluate(Case("mixed", "raw", LR), Protocol(3)).read_predictions()
    shares = {
        "threshold_prevalence": 20 / 160,
        "threshold_cost": 1 / 11,
        "threshold_cost:ratio=4": 0.2,
    }
    for name, threshold in shares.items():
        moved = evaluate(Case("mixed", name, LR), Protocol(3)).read_predictions()
        assert moved["y_score"].equals(raw["y_score"])
        assert ((moved["y_score"] >= threshold) == moved["y_pred"].astype(bool)).all()


def test_a_tuned_threshold_is_better_for_f1_on_its_training_rows(mixed):
    """On the rows that it was tuned on, the threshold of `threshold` beats 0.5 for F1."""
    steps = pipeline(Case("mixed", "threshold", LR), mixed, mixed.y, 0)
    with fast_f1(steps[-1]):
        steps.fit(mixed.X, mixed.y)
    plain = pipeline(Case("mixed", "raw", LR), mixed, mixed.y, 0).fit(mixed.X, mixed.y)
    tuned, usual = (f1_score(mixed.y, one.predict(mixed.X)) for one in (steps, plain))
    assert tuned > usual


@pytest.mark.parametrize(
    ("strategy", "model", "reason"),
    [
        ("class_weight", "knn", "does not support class weights"),
        ("focal_loss", "random_forest", "for xgboost only"),
        ("rus_boost", "xgboost", "not a weak learner"),
        ("smote", "dummy", "ignores all features"),
        ("raw", "dummy", ""),
        ("balanced_bagging", "mlp", ""),
        ("class_weight_prior_corrected", "linear_svm", "do not follow class weights"),
    ],
)
def test_unsuited_models_are_explained(strategy, model, reason):
    """Weights need a model that supports them, boosting a weak one; the floor takes raw only."""
    found = STRATEGIES[strategy].unsuited(MODELS[model])
    assert bool(found) == bool(reason)
    assert reason in found


@pytest.mark.parametrize(
    ("strategy", "model", "refusal"),
    [
        ("kmeans_smote", LR, "the minority rows of a cluster are all equal"),
        ("threshold", LR, "every row has the same score"),
        ("balanced_bagging", LR, "a sample has rows of one class only"),
        ("easy_ensemble", "decision_tree", "the weak model is no better than chance"),
        ("random_under", "knn", "there are fewer rows than neighbours"),
        ("enn", LR, "rows of one class only are left"),
    ],
)
def test_refused_training_folds_are_explained(monkeypatch, strategy, model, refusal):
    """A training fold that a library refuses makes the case not applicable, with the reason."""
    # All rows are equal. For ENN the rarer class surrounds every row, so that one class is left.
    y = (np.arange(40) % (5 if strategy == "kmeans_smote" else 10) == 0).astype(np.int8)
    if strategy == "enn":
        y = (np.arange(40) >= 4).astype(np.int8)
    rows = np.zeros(40)
    data = Dataset("odd", pd.DataFrame({"x": rows}), y, "made up")
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    with pytest.raises(
        NotApplicableError, match=f"odd-{strategy}-{model}: in a training fold {refusal}"
    ):
        evaluate(Case("odd", strategy, model), Protocol(2))


@pytest.mark.parametrize(
    ("strategy", "situation", "problem"),
    [
        ("smote", Situation(2, 3, 0), ""),
        ("smote", Situation(1, 3, 0), "it needs 2 minority rows, and a training fold has 1"),
        ("smotenc", Situation(1, 3, 1), "it needs 2 minority rows"),
        ("smote_calibrated", Situation(2, 3, 1), "it needs 3 minority rows"),
        ("cnn", Situation(9, 3, 1, 15_001), "with more than 15,000 rows it takes hours"),
        ("cnn", Situation(9, 3, 1, 15_000), ""),
        ("smotenc", Situation(9, 3, 0), "no categorical column"),
        ("smotenc", Situation(9, 0, 3), ""),
        ("raw", Situation(1, 3, 0), ""),
        ("class_weight", Situation(1, 3, 0), ""),
    ],
)
def test_unsuited_data_are_explained(strategy, situation, problem):
    """SMOTE needs two minority rows in every training fold, SMOTE-NC also a category."""
    found = STRATEGIES[strategy].problem(situation)
    assert bool(found) == bool(problem)
    assert problem in found


@pytest.mark.parametrize(("minority", "neighbours"), [(24, 5), (6, 3), (3, 1)])
@pytest.mark.parametrize("strategy", ["smote", "smotenc"])
def test_smote_makes_do_with_fewer_neighbours(monkeypatch, strategy, minority, neighbours):
    """With few minority rows SMOTE uses as many neighbours as exist, with a note."""
    data = mixed_dataset(rows=240, every=240 // minority)
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    result = evaluate(Case("mixed", strategy, "logistic_regression"), Protocol(3))
    counts = result.class_counts
    assert counts["resampled_minority_rows"] == counts["resampled_majority_rows"]
    said = [note for note in result.notes if "neighbours" in note]
    rows = f"where a training fold has {neighbours + 1} minority rows"
    assert said == ([f"{neighbours} of 5 neighbours {rows}"] if neighbours < 5 else [])


def test_a_case_that_is_not_applicable_is_explained(monkeypatch):
    """Two minority rows in two folds leave SMOTE one: an error before any fit."""
    data = mixed_dataset(rows=240, every=120)
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    with pytest.raises(NotApplicableError, match="mixed-smote-xgboost: it needs 2 minority rows"):
        evaluate(Case("mixed", "smote", "xgboost"), Protocol(2))


@pytest.mark.parametrize("columns", [["level"], ["a", "b", "level"]])
def test_smotenc_draws_existing_levels(columns):
    """Synthetic rows have levels of real rows, with and without numeric columns."""
    data = mixed_dataset()
    data = Dataset("mixed", data.X[columns], data.y, "made up")
    steps = pipeline(Case("mixed", "smotenc", "xgboost"), data, data.y, 0).steps
    X = steps[0][1].fit_transform(data.X)
    resampled, y = steps[1][1].fit_resample(X, data.y)
    assert (y == 1).sum() == (y == 0).sum()
    assert set(resampled["level"]) == {"low", "mid", "high"}
    assert not resampled.isna().any().any()
