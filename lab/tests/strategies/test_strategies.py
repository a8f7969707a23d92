"""Tests that every strategy passes, and what is particular to some."""

import re

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_score

from lab import datasets
from lab.cases import NO_ROW, Case, Protocol
from lab.datasets.dataset import Dataset
from lab.errors import LabError, NotApplicableError
from lab.evaluation.cross_validation import evaluate, pipeline
from lab.evaluation.definition import definition
from lab.models import MODELS
from lab.strategies import STRATEGIES, Situation, Strategy
from lab.tests.helpers.examples import PAIRS, mixed_dataset

FOLDS = 2
LR = "logistic_regression"
HONEST = [(name, model) for name, model in PAIRS if not STRATEGIES[name].leaks]


@pytest.fixture(scope="module")
def mixed():
    """Return a dataset with numbers, categories and missing values, no two rows alike."""
    return mixed_dataset()


@pytest.fixture
def use(monkeypatch, mixed):
    """Make the evaluation load the mixed dataset."""
    monkeypatch.setattr(datasets, "load", lambda _name: mixed)
    return mixed


class Spy:
    """Records what any step of a pipeline is given to fit on."""

    def __init__(self, monkeypatch, steps):
        self.fits = []
        for cls in {type(step) for step in steps}:
            for method in ("fit", "fit_transform", "fit_resample"):
                if hasattr(cls, method):
                    self.watch(monkeypatch, cls, method)

    def watch(self, monkeypatch, cls, method):
        """Replace a method by one that records its rows and goes on."""
        original = getattr(cls, method)

        def spying(step, X, *arguments, **options):
            self.fits.append((step, X.copy()))
            return original(step, X, *arguments, **options)

        monkeypatch.setattr(cls, method, spying)


def rows_in_common(one, other):
    """Return how many rows of one table stand in another."""
    one, other = (
        {tuple(row) for row in np.asarray(table, dtype=object).tolist()} for table in (one, other)
    )
    return len(one & other)


def leaks(monkeypatch, strategy, data, model="logistic_regression"):
    """Return how many test rows any step was fitted on, and how many fits were seen."""
    case = Case("mixed", strategy, model)
    steps = [step for _, step in pipeline(case, data, data.y, 0).steps]
    spy = Spy(monkeypatch, steps)
    predictions = evaluate(case, Protocol(FOLDS)).read_predictions()
    monkeypatch.undo()
    assert len(spy.fits) == FOLDS * len(steps)
    found = 0
    for fold, rows in predictions.groupby("fold"):
        test = rows["row"].to_numpy()
        fits = spy.fits[fold * len(steps) :][: len(steps)]
        first = fits[0][1]
        assert set(first.index) | set(test) == set(range(data.rows))
        found += len(set(first.index) & set(test))
        prepared = data.X.iloc[test]
        for step, X in fits:
            found += rows_in_common(prepared, X)
            if hasattr(step, "transform"):
                prepared = step.transform(prepared)
    return found, len(spy.fits)


@pytest.mark.parametrize(("strategy", "model"), HONEST)
def test_no_test_row_reaches_fit_or_resample(monkeypatch, use, strategy, model):
    """No step of any fold is fitted on a row of that fold's test part."""
    found, fits = leaks(monkeypatch, strategy, use, model)
    assert found == 0
    assert fits >= 2 * FOLDS


@pytest.mark.parametrize("strategy", set(STRATEGIES) - {name for name, _ in HONEST})
def test_a_mistake_is_seen(monkeypatch, use, strategy):
    """A strategy that leaks on purpose is caught by the same spy, and no group or glob has it."""
    steps = [step for _, step in pipeline(Case("mixed", strategy, LR), use, use.y, 0).steps]
    spy = Spy(monkeypatch, steps)
    result = evaluate(Case("mixed", strategy, LR), Protocol(FOLDS))
    assert len(spy.fits[0][1]) == use.rows
    assert any("a mistake" in note for note in result.notes)
    assert all(strategy not in names for names in STRATEGIES.groups.values())
    assert strategy not in STRATEGIES.select(["*"])


def test_the_spy_sees_a_leak(monkeypatch, use):
    """A strategy that smuggles all rows into its sampler is caught by the same test."""

    class Smuggler(SMOTE):
        def fit_resample(self, X, y):
            everything = use.X[["a", "b", "c"]].fillna(0).to_numpy()
            return everything, use.y

    def steps(model, y, seed):
        del y
        return [("leak", Smuggler()), ("model", model.make(seed))]

    monkeypatch.setitem(STRATEGIES, "leak", Strategy("leak", "", steps))
    numbers = Dataset("mixed", use.X[["a", "b", "c"]].fillna(0), use.y, "made up")
    monkeypatch.setattr(datasets, "load", lambda _name: numbers)
    monkeypatch.setattr("lab.strategies.strategy.preprocessor", lambda _data: Identity())
    found, _ = leaks(monkeypatch, "leak", numbers)
    assert found == numbers.rows


def test_smote_before_the_split_inflates_auc():
    """SMOTE before the split lifts a forest's AUC on yeast_me2 from 0.92 to 0.99 and more."""
    data = datasets.load("yeast_me2")
    X, y = SMOTE(random_state=0).fit_resample(data.X, data.y)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    forest = RandomForestClassifier(random_state=0)
    by_hand = cross_val_score(forest, X, y, scoring="roc_auc", cv=folds).mean()
    wrong, honest = (
        evaluate(Case("yeast_me2", name, "random_forest"), Protocol()).mean("roc_auc_score")
        for name in ("smote_before_split", "smote")
    )
    print(f"AUC of SMOTE before the split {wrong:.3f}, within the training folds {honest:.3f}")
    assert min(by_hand, wrong) > 0.99
    assert honest < 0.94


@pytest.mark.parametrize(("strategy", "model"), PAIRS)
def test_a_case_keeps_the_contract(use, strategy, model):
    """Categories and gaps are taken, scores repeat to the bit, and input and test folds stay."""
    before = use.X.copy(deep=True)
    one, other = (evaluate(Case("mixed", strategy, model), Protocol(FOLDS)) for _ in range(2))
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
def test_pipelines_are_made_anew_and_clone(mixed, strategy):
    """Two pipelines of a case share no step, have equal parameters, and clone, by any model."""
    suited = [
        name for name in MODELS.groups["all"] if not STRATEGIES[strategy].unsuited(MODELS[name])
    ]
    assert suited
    for model in suited:
        one, other = (pipeline(Case("mixed", strategy, model), mixed, mixed.y, 0) for _ in range(2))
        assert not {id(step) for _, step in one.steps} & {id(step) for _, step in other.steps}
        assert definition(clone(one)) == definition(other)


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=lambda strategy: strategy.name)
def test_a_strategy_says_what_it_is(strategy):
    """Each has a family, a title that fits a line, and where it is somebody's method, the paper."""
    assert strategy.family != "own"
    assert 0 < len(strategy.title) <= 120
    named = {"raw", "random_over", "random_under"}
    assert bool(strategy.paper) == (strategy.name not in named)


def test_sampling_makes_classes_equal_where_it_says_so(use):
    """Over- and under-sampling leave as many rows of either class, cleaning does not."""
    for name, more in (("random_over", True), ("smote", True), ("random_under", False)):
        counts = evaluate(Case("mixed", name, LR), Protocol(3)).class_counts
        assert counts["resampled_minority_rows"] == counts["resampled_majority_rows"]
        assert (counts["resampled_minority_rows"] > counts["train_minority_rows"]) is more


def test_a_sampler_that_changes_nothing_says_so(monkeypatch):
    """Where no minority row is near others, Borderline-SMOTE adds none, and the result says it."""
    y = (np.arange(60) % 3 == 0).astype(np.int8)
    data = Dataset("far", pd.DataFrame({"x": y * 100.0 + np.arange(60) / 60}), y, "made up")
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    for name, is_idle in (("borderline_smote", True), ("enn", True), ("raw", False)):
        assert (NO_ROW in evaluate(Case("far", name, LR), Protocol(2)).notes) is is_idle


@pytest.mark.parametrize("wrong", [None, [], ["model"], [("model", "passthrough")], ("model", 1)])
def test_steps_that_are_none_are_a_sentence(mixed, wrong):
    """A strategy whose steps are no named estimators is told what they have to be."""
    strategy = Strategy("mine", "", lambda _model, _y, _seed: wrong)
    with pytest.raises(
        TypeError, match=r"strategy 'mine': steps must return a list of \(name, est"
    ):
        strategy.pipeline(mixed, MODELS[LR], mixed.y, 0)


def test_thresholds_leave_the_ranking_alone(use):
    """The probabilities are those of the raw model; only decisions differ, at the threshold."""
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
    """The threshold of `threshold` is better than 0.5 for F1, on rows that it was tuned on."""
    steps = pipeline(Case("mixed", "threshold", LR), mixed, mixed.y, 0).fit(mixed.X, mixed.y)
    plain = pipeline(Case("mixed", "raw", LR), mixed, mixed.y, 0).fit(mixed.X, mixed.y)
    tuned, usual = (f1_score(mixed.y, one.predict(mixed.X)) for one in (steps, plain))
    assert tuned > usual


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("threshold_cost:ratio=0", "'ratio=0' is not ratio=NUMBER, a number above 0"),
        ("threshold_cost:cost=3", "'cost=3' is not ratio=NUMBER"),
        ("threshold_cost:ratio=", "'ratio=' is not ratio=NUMBER"),
        ("threshold_cost:ratio=2,ratio=3", "'ratio=3' is not ratio=NUMBER"),
        ("smote:k=3", "'k=3' is not known: it has no options"),
        ("smoat:k=3", "unknown strategy 'smoat:k=3'"),
    ],
)
def test_an_option_that_does_not_exist_is_a_sentence(name, message):
    """A strategy's option that is unknown, or no positive number, is named."""
    with pytest.raises(LabError, match=re.escape(message)):
        STRATEGIES[name]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("threshold_cost:ratio=20.0", "threshold_cost:ratio=20"),
        ("threshold_cost:ratio=2e1", "threshold_cost:ratio=20"),
        ("threshold_cost:ratio=10", "threshold_cost"),
        ("threshold_cost:ratio=0.5", "threshold_cost:ratio=0.5"),
        ("threshold_cost:ratio=1e-5", "threshold_cost:ratio=0.00001"),
        ("threshold_cost:ratio=12345678.9", "threshold_cost:ratio=12345678.9"),
    ],
)
def test_an_option_has_one_name(given, name):
    """However a value is written the case is called alike, and as usual where it is the usual."""
    assert STRATEGIES[given].name == name
    assert STRATEGIES.select([given]) == [name]


@pytest.mark.parametrize(
    ("strategy", "model", "reason"),
    [
        ("class_weight", "knn", "takes no class weights"),
        ("focal_loss", "random_forest", "for xgboost only"),
        ("rus_boost", "xgboost", "no weak learner"),
        ("smote", "dummy", "looks at no feature"),
        ("raw", "dummy", ""),
        ("balanced_bagging", "mlp", ""),
        ("class_weight_prior_corrected", "linear_svm", "are not those of weighted rows"),
    ],
)
def test_a_strategy_says_which_model_it_does_not_suit(strategy, model, reason):
    """Weights need a model that takes them, boosting one that is weak, and the floor nothing."""
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
def test_rows_that_are_refused_are_a_sentence(monkeypatch, strategy, model, refusal):
    """What a library refuses to do with some rows is said in a sentence, as not applicable."""
    # Rows that are all equal; where classes are to be left over, the rarer one is around all.
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
        ("smote", Situation(1, 3, 0), "it takes 2 minority rows, and some training fold has 1"),
        ("smotenc", Situation(1, 3, 1), "it takes 2 minority rows"),
        ("smote_calibrated", Situation(2, 3, 1), "it takes 3 minority rows"),
        ("cnn", Situation(9, 3, 1, 15_001), "with more than 15,000 rows it takes hours"),
        ("cnn", Situation(9, 3, 1, 15_000), ""),
        ("smotenc", Situation(9, 3, 0), "no categorical column"),
        ("smotenc", Situation(9, 0, 3), ""),
        ("raw", Situation(1, 3, 0), ""),
        ("class_weight", Situation(1, 3, 0), ""),
    ],
)
def test_a_strategy_says_where_it_can_do_nothing(strategy, situation, problem):
    """SMOTE takes two minority rows in every training fold, SMOTE-NC categories as well."""
    found = STRATEGIES[strategy].problem(situation)
    assert bool(found) == bool(problem)
    assert problem in found


@pytest.mark.parametrize(("minority", "neighbours"), [(24, 5), (6, 3), (3, 1)])
@pytest.mark.parametrize("strategy", ["smote", "smotenc"])
def test_smote_does_with_fewer_neighbours(monkeypatch, strategy, minority, neighbours):
    """With too few minority rows SMOTE takes all that there are, and the result says so."""
    data = mixed_dataset(rows=240, every=240 // minority)
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    result = evaluate(Case("mixed", strategy, "logistic_regression"), Protocol(3))
    counts = result.class_counts
    assert counts["resampled_minority_rows"] == counts["resampled_majority_rows"]
    said = [note for note in result.notes if "neighbours" in note]
    rows = f"where a training fold has {neighbours + 1} minority rows"
    assert said == ([f"{neighbours} of 5 neighbours {rows}"] if neighbours < 5 else [])


def test_a_case_that_is_not_applicable_is_a_sentence(monkeypatch):
    """Two minority rows in two folds leave SMOTE one: an error that says so, before any fit."""
    data = mixed_dataset(rows=240, every=120)
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    with pytest.raises(NotApplicableError, match="mixed-smote-xgboost: it takes 2 minority rows"):
        evaluate(Case("mixed", "smote", "xgboost"), Protocol(2))


@pytest.mark.parametrize("columns", [["level"], ["a", "b", "level"]])
def test_smotenc_draws_levels_that_exist(columns):
    """Synthetic rows have levels of real rows, whether or not there are numbers, too."""
    data = mixed_dataset()
    data = Dataset("mixed", data.X[columns], data.y, "made up")
    steps = pipeline(Case("mixed", "smotenc", "xgboost"), data, data.y, 0).steps
    X = steps[0][1].fit_transform(data.X)
    resampled, y = steps[1][1].fit_resample(X, data.y)
    assert (y == 1).sum() == (y == 0).sum()
    assert set(resampled["level"]) == {"low", "mid", "high"}
    assert not resampled.isna().any().any()


class Identity:
    """A step that leaves rows as they are."""

    def fit(self, X, y=None):
        """Do nothing."""
        return self

    def fit_transform(self, X, y=None):
        """Return the rows."""
        return X.to_numpy()

    transform = fit_transform
