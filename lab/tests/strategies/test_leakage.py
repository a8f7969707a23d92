"""Tests that no test row reaches a fit, with positive controls."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import StratifiedKFold, cross_val_score
from xgboost import XGBClassifier

from lab import datasets
from lab.cases import NO_ROW, Case, Protocol
from lab.datasets.dataset import Dataset
from lab.evaluation.cross_validation import evaluate
from lab.evaluation.pipelines import pipeline
from lab.strategies import STRATEGIES, Strategy
from lab.tests.helpers.examples import PAIRS, SMALL, mixed_dataset

FOLDS = 2
LR = "logistic_regression"
# Each strategy with the first model that suits it: a model is given the rows that are left.
FIRST = dict(reversed(PAIRS))
HONEST = [(SMALL.get(name, name), FIRST[name]) for name in STRATEGIES if not STRATEGIES[name].leaks]


@pytest.fixture
def use(monkeypatch):
    """Make the evaluation load a dataset with numbers, categories and missing values."""
    mixed = mixed_dataset()
    monkeypatch.setattr(datasets, "load", lambda _name: mixed)
    return mixed


class Spy:
    """Records the rows that each step of a pipeline is fitted on."""

    def __init__(self, monkeypatch, steps):
        self.fits = []
        for cls in {type(step) for step in steps}:
            for method in ("fit", "fit_transform", "fit_resample"):
                if hasattr(cls, method):
                    self.watch(monkeypatch, cls, method)

    def watch(self, monkeypatch, cls, method):
        """Replace a method by one that records its rows and calls the original."""
        original = getattr(cls, method)

        def spying(step, X, *arguments, **options):
            self.fits.append((step, X.copy()))
            return original(step, X, *arguments, **options)

        monkeypatch.setattr(cls, method, spying)


def rows_in_common(one, other):
    """Return how many rows two tables share."""
    one, other = (
        {tuple(row) for row in np.asarray(table, dtype=object).tolist()} for table in (one, other)
    )
    return len(one & other)


def leaks(monkeypatch, strategy, data, model="logistic_regression"):
    """Return how many test rows any step was fitted on, and the number of fits."""
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
    """No step of any fold is fitted on a test row of that fold."""
    found, fits = leaks(monkeypatch, strategy, use, model)
    assert found == 0
    assert fits >= 2 * FOLDS


@pytest.mark.parametrize("strategy", ["smote_before_split"])
def test_a_deliberate_mistake_is_detected(monkeypatch, use, strategy):
    """The spy detects a strategy that leaks on purpose; no group or glob selects it."""
    steps = [step for _, step in pipeline(Case("mixed", strategy, LR), use, use.y, 0).steps]
    spy = Spy(monkeypatch, steps)
    result = evaluate(Case("mixed", strategy, LR), Protocol(FOLDS))
    assert len(spy.fits[0][1]) == use.rows
    assert any("a deliberate mistake" in note for note in result.notes)
    assert NO_ROW not in result.notes
    assert all(strategy not in names for names in STRATEGIES.groups.values())
    assert strategy not in STRATEGIES.select(["*"])


def test_the_spy_detects_a_leak(monkeypatch, use):
    """The same test fails for a strategy that smuggles all rows into its sampler."""

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
    """SMOTE before the split raises XGBoost's AUC on yeast_me2 from 0.92 to above 0.99."""
    data = datasets.load("yeast_me2")
    X, y = SMOTE(random_state=0).fit_resample(data.X, data.y)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = XGBClassifier(random_state=0)
    by_hand = cross_val_score(model, X, y, scoring="roc_auc", cv=folds).mean()
    wrong, honest = (
        evaluate(Case("yeast_me2", name, "xgboost"), Protocol()).mean("roc_auc_score")
        for name in ("smote_before_split", "smote")
    )
    print(f"AUC of SMOTE before the split {wrong:.3f}, within the training folds {honest:.3f}")
    assert min(by_hand, wrong) > 0.99
    assert honest < 0.94


class Identity:
    """Step that returns rows unchanged."""

    def fit(self, X, y=None):
        """Do nothing."""
        return self

    def fit_transform(self, X, y=None):
        """Return the rows."""
        return X.to_numpy()

    transform = fit_transform
