"""Tests that every strategy passes: nothing of a test fold ever reaches a fit."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score

from lab import datasets
from lab.datasets.dataset import Dataset
from lab.errors import NotApplicableError
from lab.experiment import Case, Protocol, evaluate, pipeline
from lab.models import CORE, MODELS
from lab.strategies import STRATEGIES, Situation, Strategy
from lab.tests.examples import mixed_dataset

FOLDS = 4
every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)


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


@every_strategy
@pytest.mark.parametrize("model", MODELS)
def test_no_test_row_reaches_fit_or_resample(monkeypatch, use, strategy, model):
    """No step of any fold is fitted on a row of that fold's test part."""
    found, fits = leaks(monkeypatch, strategy, use, model)
    assert found == 0
    assert fits >= 2 * FOLDS


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
    monkeypatch.setattr("lab.strategies.preprocessor", lambda _data: Identity())
    found, _ = leaks(monkeypatch, "leak", numbers)
    assert found == numbers.rows


def test_smote_before_the_split_inflates_auc():
    """SMOTE before the split lifts a forest's AUC on yeast_me2 from 0.92 to 0.99 and more."""
    data = datasets.load("yeast_me2")
    X, y = SMOTE(random_state=0).fit_resample(data.X, data.y)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    forest = RandomForestClassifier(random_state=0)
    wrong = cross_val_score(forest, X, y, scoring="roc_auc", cv=folds).mean()
    honest = evaluate(Case("yeast_me2", "smote", "random_forest"), Protocol()).mean("roc_auc_score")
    print(f"AUC of SMOTE before the split {wrong:.3f}, within the training folds {honest:.3f}")
    assert wrong > 0.99
    assert honest < 0.94


@every_strategy
@pytest.mark.parametrize("model", MODELS)
def test_mixed_data_with_missing_values_evaluate(use, strategy, model):
    """Every strategy takes categories and missing values, and gives probabilities."""
    before = use.X.copy(deep=True)
    predictions = evaluate(Case("mixed", strategy, model), Protocol(3)).read_predictions()
    assert predictions["y_score"].between(0, 1).all()
    assert roc_auc_score(predictions["y_true"], predictions["y_score"]) > 0.5
    pd.testing.assert_frame_equal(use.X, before)


@every_strategy
@pytest.mark.parametrize("model", MODELS)
def test_pipelines_are_made_anew_and_clone(mixed, strategy, model):
    """Two pipelines of a case share no step, have equal parameters, and clone."""
    one, other = (pipeline(Case("mixed", strategy, model), mixed, mixed.y, 0) for _ in range(2))
    assert not {id(step) for _, step in one.steps} & {id(step) for _, step in other.steps}
    assert str(clone(one).get_params()["steps"]) == str(other.get_params()["steps"])


def test_class_weights_are_each_learner_s_own():
    """Balanced weights are class_weight for two models, negatives over positives for XGBoost."""
    y = np.array([0] * 30 + [1] * 10, dtype=np.int8)
    weights = {name: MODELS[name].balanced(y) for name in CORE}
    assert weights == {
        "logistic_regression": {"class_weight": "balanced"},
        "random_forest": {"class_weight": "balanced"},
        "xgboost": {"scale_pos_weight": 3.0},
    }


@pytest.mark.parametrize(
    ("strategy", "situation", "problem"),
    [
        ("smote", Situation(2, 3, 0), ""),
        ("smote", Situation(1, 3, 0), "one only"),
        ("smotenc", Situation(1, 3, 1), "one only"),
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
    said = [note for note in result.notes if note.startswith("SMOTE with")]
    rows = f"where a training fold has {neighbours + 1} minority rows"
    assert said == ([f"SMOTE with {neighbours} of 5 neighbours {rows}"] if neighbours < 5 else [])


def test_a_case_that_is_not_applicable_is_a_sentence(monkeypatch):
    """Two minority rows in two folds leave SMOTE one: an error that says so, before any fit."""
    data = mixed_dataset(rows=240, every=120)
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    with pytest.raises(NotApplicableError, match="mixed-smote-xgboost: SMOTE draws lines"):
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
