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
from lab.experiment import Case, Protocol, evaluate, pipeline
from lab.models import CORE, MODELS
from lab.strategies import STRATEGIES, Strategy

FOLDS = 4
every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)


@pytest.fixture(scope="module")
def mixed():
    """Return a dataset with numbers, categories and missing values, no two rows alike."""
    rng = np.random.default_rng(0)
    y = (np.arange(240) % 8 == 0).astype(np.int8)
    X = pd.DataFrame(rng.normal(size=(240, 3)) + 0.5 * y[:, None], columns=["a", "b", "c"])
    X["level"] = pd.Categorical(rng.choice(["low", "mid", "high"], 240))
    X.loc[::9, "b"] = np.nan
    X.loc[::11, "level"] = np.nan
    return Dataset("mixed", X, y, "made up")


@pytest.fixture
def use(monkeypatch, mixed):
    """Make the evaluation load the mixed dataset."""
    monkeypatch.setattr(datasets, "load", lambda _name: mixed)
    return mixed


class Spy:
    """Records the rows that any step of a pipeline is given to fit on."""

    def __init__(self, monkeypatch, steps):
        self.fitted = []
        self.transformers = []
        for cls in {type(step) for step in steps}:
            for method in ("fit", "fit_transform", "fit_resample"):
                if hasattr(cls, method):
                    self.watch(monkeypatch, cls, method)

    def watch(self, monkeypatch, cls, method):
        """Replace a method by one that records its rows and goes on."""
        original = getattr(cls, method)

        def spying(step, X, *arguments, **options):
            self.fitted.append(X.copy())
            outcome = original(step, X, *arguments, **options)
            if isinstance(X, pd.DataFrame):
                self.transformers.append(step)
            return outcome

        monkeypatch.setattr(cls, method, spying)


def rows_in_common(one, other):
    """Return how many rows of one table stand in another, to the last bit."""
    return len({row.tobytes() for row in one} & {row.tobytes() for row in other})


def leaks(monkeypatch, strategy, data, model="logistic_regression"):
    """Return how many test rows any step was fitted on, and how many fits were seen."""
    case = Case("mixed", strategy, model)
    steps = pipeline(case, data, data.y, 0)
    spy = Spy(monkeypatch, [step for _, step in steps.steps])
    predictions = evaluate(case, Protocol(FOLDS)).read_predictions()
    monkeypatch.undo()
    tests = [rows["row"].to_numpy() for _, rows in predictions.groupby("fold")]
    fold, found = -1, 0
    for X in spy.fitted:
        if isinstance(X, pd.DataFrame):  # the first step of a fold is given raw rows
            fold += 1
            found += len(set(X.index) & set(tests[fold]))
            assert set(X.index) | set(tests[fold]) == set(range(data.rows))
        else:
            prepared = spy.transformers[fold].transform(data.X.iloc[tests[fold]])
            found += rows_in_common(np.asarray(prepared), np.asarray(X))
    assert fold == FOLDS - 1
    return found, len(spy.fitted)


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
    monkeypatch.setattr("lab.experiment.preprocessor", lambda _data: Identity())
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


class Identity:
    """A step that leaves rows as they are."""

    def fit(self, X, y=None):
        """Do nothing."""
        return self

    def fit_transform(self, X, y=None):
        """Return the rows."""
        return X.to_numpy()

    transform = fit_transform
