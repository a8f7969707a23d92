"""Tests that whatever splits a training fold again does so like the folds around it."""

from functools import wraps

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from lab import datasets
from lab.cases import Case, Protocol
from lab.datasets.dataset import Dataset
from lab.errors import NotApplicableError
from lab.evaluation import cross_validation
from lab.evaluation.cross_validation import evaluate
from lab.evaluation.pipelines import pipeline
from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import PAIRS, SMALL

ROWS, FOLDS = 240, 2
FIRST = dict(reversed(PAIRS))
HONEST = [(SMALL.get(name, name), FIRST[name]) for name in STRATEGIES if not STRATEGIES[name].leaks]
SPLITTING = [
    *("threshold", "raw_calibrated", "smote_calibrated", "class_weight_calibrated"),
    "instance_hardness",
]
LEARNERS = (
    *(LogisticRegression, RandomForestClassifier, DecisionTreeClassifier, LinearSVC),
    XGBClassifier,
)


def dependent_dataset():
    """Return a dataset whose first column numbers the rows, with groups and times."""
    rng = np.random.default_rng(0)
    y = (rng.random(ROWS) < 0.25).astype(np.int8)
    X = pd.DataFrame({"row": np.arange(float(ROWS)), "a": rng.normal(size=ROWS) + y})
    X["b"] = rng.normal(size=ROWS) + y
    X["level"] = pd.Categorical(rng.choice(["low", "high"], ROWS))
    group = pd.Series(rng.permutation(np.arange(ROWS) // 4).astype(float), name="who")
    time = pd.Series(rng.permutation(np.arange(ROWS) // 2).astype(float), name="when")
    return Dataset("dependent", X, y, "made up", group=group, time=time)


DATA = dependent_dataset()


class Spy:
    """Records on which rows learners are fitted, and which others alone they predict meanwhile."""

    def __init__(self, monkeypatch, protocol):
        self.held_out = []  # (rows fitted on, rows predicted)
        self.fold = 0
        self.folds = [fold.training_rows(ROWS) for fold in protocol.folds_of(DATA)]
        self.is_training = True
        for cls in LEARNERS:
            for method in ("fit", "predict_proba", "decision_function", "predict"):
                if hasattr(cls, method):
                    self.watch(monkeypatch, cls, method)
        original = cross_validation.predict

        def predict(model, X):
            self.is_training = False
            found = original(model, X)
            self.is_training, self.fold = True, self.fold + 1
            return found

        monkeypatch.setattr(cross_validation, "predict", predict)

    def watch(self, monkeypatch, cls, method):
        """Replace a method by one that records its rows and calls the original."""
        original = getattr(cls, method)

        @wraps(original)
        def spying(learner, X, *arguments, **options):
            if self.is_training:
                rows = self.rows(X)
                if method == "fit":
                    learner.rows_of_spy_ = rows
                elif rows and not rows & (fitted := getattr(learner, "rows_of_spy_", rows)):
                    self.held_out.append((fitted, rows))
            return original(learner, X, *arguments, **options)

        monkeypatch.setattr(cls, method, spying)

    def rows(self, X):
        """Return the numbers of the rows; synthetic ones have none."""
        train = self.folds[self.fold].astype(float)
        numbers = np.asarray(X)[:, 0] * train.std() + train.mean()
        return {round(n) for n in numbers if abs(n - round(n)) < 1e-6}


def broken(monkeypatch, strategy, model, split):
    """Return how many predictions of held-out rows break the split, and their number."""
    monkeypatch.setattr(datasets, "load", lambda _name: DATA)
    protocol = Protocol(FOLDS, split=split).on(DATA)
    spy = Spy(monkeypatch, protocol)
    evaluate(Case("dependent", strategy, model), protocol)
    assert spy.fold == FOLDS
    rows = protocol.rows_of(DATA)
    wrong = 0
    for fitted, predicted in spy.held_out:
        fitted, predicted = list(fitted), list(predicted)
        if split == "group":
            wrong += bool(set(rows.group[fitted]) & set(rows.group[predicted]))
        else:
            wrong += rows.time[fitted].max() >= rows.time[predicted].min()
    return wrong, len(spy.held_out)


@pytest.mark.parametrize("split", ["group", "time"])
@pytest.mark.parametrize(("strategy", "model"), HONEST)
def test_no_strategy_splits_a_training_fold_otherwise(monkeypatch, strategy, model, split):
    """Held-out rows within a training fold are of other groups, or of later times."""
    wrong, held_out = broken(monkeypatch, strategy, model, split)
    assert wrong == 0
    assert (held_out > 0) is (strategy in SPLITTING)


@pytest.mark.parametrize("split", ["group", "time"])
@pytest.mark.parametrize("strategy", SPLITTING)
def test_random_inner_folds_would_be_noticed(monkeypatch, strategy, split):
    """The same spy notices folds at random within a training fold."""
    monkeypatch.setattr(Protocol, "inner_folds", lambda _self, _rows: None)
    wrong, held_out = broken(monkeypatch, strategy, FIRST[strategy], split)
    assert wrong == held_out > 0


@pytest.mark.parametrize("split", ["group", "time"])
@pytest.mark.parametrize("strategy", ["raw", "smote", "class_weight", "threshold"])
def test_the_support_vector_machine_holds_no_row_out(monkeypatch, strategy, split):
    """Where rows depend on each other, its curve is fitted without folds of its own."""
    wrong, held_out = broken(monkeypatch, strategy, "linear_svm", split)
    assert wrong == 0
    assert (held_out > 0) is (strategy == "threshold")


def test_gradient_boosting_does_not_stop_early():
    """Beyond 10,000 rows it would hold rows out at random to decide when to stop."""
    protocol = Protocol(split="time").on(DATA)
    inner_folds = protocol.inner_folds(protocol.rows_of(DATA))
    for strategy in ("raw", "smote", "class_weight", "threshold", "balanced_bagging"):
        case = Case("dependent", strategy, "hist_gradient_boosting")
        found = pipeline(case, DATA, DATA.y, 0, inner_folds).get_params()
        assert [v for k, v in found.items() if k.endswith("early_stopping")] == [False]
    assert MODELS["hist_gradient_boosting"].make(0).early_stopping == "auto"


def test_a_mistake_is_shown_at_random_only(monkeypatch):
    """SMOTE before the split makes rows without group or time, so it needs random folds."""
    monkeypatch.setattr(datasets, "load", lambda _name: DATA)
    case = Case("dependent", "smote_before_split", "logistic_regression")
    with pytest.raises(NotApplicableError, match="--split random"):
        evaluate(case, Protocol(FOLDS, split="group"))
    assert evaluate(case, Protocol(FOLDS, split="random")).scores


def test_random_folds_are_drawn_whatever_the_split(monkeypatch):
    """The deliberate mistake has the folds of a random split, and needs rows with another one."""
    monkeypatch.setattr(datasets, "load", lambda _name: DATA)
    case = Case("dependent", "random_folds", "logistic_regression")
    raw = evaluate(case.under("raw"), Protocol(FOLDS, split="random"))
    mistaken = evaluate(case, Protocol(FOLDS, split="group"))
    assert mistaken.protocol == raw.protocol
    assert mistaken.scores == raw.scores
    with pytest.raises(NotApplicableError, match="its rows are split at random anyway"):
        evaluate(case, Protocol(FOLDS, split="random"))


@pytest.mark.parametrize("strategy", ["threshold", "class_weight_calibrated"])
def test_the_reason_for_fewer_inner_folds_is_a_note(monkeypatch, strategy):
    """Positives in few groups allow fewer inner folds, which the result notes."""
    few = np.where(DATA.y == 1, np.arange(ROWS) % 6, 6 + np.arange(ROWS) // 4)
    few = Dataset("few", DATA.X, DATA.y, "made up", group=pd.Series(few.astype(float), name="who"))
    monkeypatch.setattr(datasets, "load", lambda _name: few)
    found = evaluate(Case("few", strategy, "logistic_regression"), Protocol(FOLDS))
    assert any("3 of 5 inner folds" in note for note in found.notes)
