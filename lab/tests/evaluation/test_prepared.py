"""Tests of what cases share: the same scores to the last bit, and less work."""

import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from lab import datasets
from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.evaluation.prepared import Shared, identity
from lab.models import MODELS
from lab.strategies import STRATEGIES, Strategy
from lab.tests.helpers.examples import PAIRS, TINY, mixed_dataset

PROTOCOL = Protocol(3)
CALLS = Counter()


class Counting(RandomOverSampler):
    """A sampler that counts how often it is fitted, and may warn."""

    def __init__(self, warns=False, random_state=None):
        self.warns = warns
        super().__init__(random_state=random_state)

    def fit_resample(self, X, y):
        """Count, and do the same."""
        CALLS["sampler"] += 1
        if self.warns:
            warnings.warn("the rows are few", UserWarning, stacklevel=1)
        return super().fit_resample(X, y)


@pytest.fixture(autouse=True)
def nothing_is_cheap(monkeypatch):
    """Share what takes next to no time, too."""
    monkeypatch.setattr("lab.evaluation.prepared.FEW", 0.0)


@pytest.fixture
def counting(monkeypatch):
    """Add a strategy that counts its fits, and one that also warns."""
    CALLS.clear()
    for name, warns in (("counts", False), ("warns", True)):

        def steps(model, _y, seed, warns=warns):
            sampler = Counting(warns=warns, random_state=seed)
            return [("counting", sampler), ("model", model.make(seed))]

        monkeypatch.setitem(STRATEGIES, name, Strategy(name, "counts", steps))


def both_models(strategy, dataset=TINY):
    """Return a strategy's cases with two models that are quick."""
    return [Case(dataset, strategy, model) for model in ("logistic_regression", "decision_tree")]


def files(folder):
    """Return the files in a folder and below."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_shared_scores_are_those_of_each_case_alone(monkeypatch, tmp_path):
    """Every strategy and model scores the same bits alone, leaving folds and finding them."""
    monkeypatch.setattr(datasets, "load", lambda _name: mixed_dataset())
    cases = [Case("mixed", s, m) for s, m in PAIRS if STRATEGIES[s].cost * MODELS[m].cost < 8]
    assert len(cases) > 30
    protocol = Protocol(2)
    for case in cases:
        alone = evaluate(case, protocol)
        for _ in range(2):
            also = both_models(case.strategy, "mixed")
            shared = evaluate(case, protocol, Shared(tmp_path, [*cases, *also]))
            assert shared == replace(alone, seconds=shared.seconds), case
            assert shared.predictions.equals(alone.predictions)
    assert len(files(tmp_path)) > 30


def test_what_models_share_is_computed_once(counting, tmp_path):
    """A sampler that two models need is fitted once a fold, and both say what that took."""
    cases = both_models("counts")
    results = [evaluate(case, PROTOCOL, Shared(tmp_path, cases)) for case in cases]
    assert CALLS["sampler"] == PROTOCOL.folds
    assert min(results[1].seconds["fit_seconds"]) > 0
    # The preprocessing, and what the sampler made of it.
    assert len(files(tmp_path)) == 2 * PROTOCOL.folds


def test_a_case_alone_leaves_nothing(counting, tmp_path):
    """What no other case needs is not written."""
    (case, _) = both_models("counts")
    evaluate(case, PROTOCOL, Shared(tmp_path, [case]))
    assert not files(tmp_path)


def test_what_is_cheap_is_not_shared(monkeypatch, tmp_path):
    """Where a fold shows that to prepare it takes next to no time, the others are left alone."""
    monkeypatch.setattr("lab.evaluation.prepared.FEW", 1e9)
    cases = both_models("smote")
    shared = Shared(tmp_path, cases)
    for case in cases:
        assert evaluate(case, PROTOCOL, shared).scores == evaluate(case, PROTOCOL).scores
    assert len(files(tmp_path)) <= 2


def test_what_warns_is_noted_by_every_case(counting, tmp_path):
    """A warning of a shared step is a note of each case, so that step is not shared."""
    cases = both_models("warns")
    notes = [evaluate(case, PROTOCOL, Shared(tmp_path, cases)).notes for case in cases]
    assert all("UserWarning: the rows are few" in of_case for of_case in notes)
    assert len(files(tmp_path)) == PROTOCOL.folds


@pytest.mark.parametrize("what", ["a file", "nothing free"])
def test_without_room_nothing_is_shared(counting, monkeypatch, tmp_path, what):
    """Where files cannot be written, or the disk is nearly full, each case does its own work."""
    folder = tmp_path / "shared"
    if what == "a file":
        folder.write_text("in the way")
    else:
        monkeypatch.setattr("lab.evaluation.prepared.SHARE", 0.0)
    cases = both_models("counts")
    for case in cases:
        evaluate(case, PROTOCOL, Shared(folder, cases))
    assert CALLS["sampler"] == 2 * PROTOCOL.folds
    assert len(files(tmp_path)) == (what == "a file")


def test_other_folds_are_others(tmp_path):
    """Nothing is taken from folds of another seed, or of other data."""
    cases = both_models("smote") + both_models("smote", f"{TINY}1")
    for protocol in (PROTOCOL, Protocol(3, 1, 1)):
        for case in cases:
            shared = evaluate(case, protocol, Shared(tmp_path, cases))
            assert shared.scores == evaluate(case, protocol).scores


def test_an_identity_is_that_of_the_parameters():
    """Estimators are the same if their types and all their parameters are, at any depth."""
    one, same = (Pipeline([("a", StandardScaler()), ("b", SMOTE(random_state=0))]) for _ in "12")
    other = Pipeline([("a", StandardScaler()), ("b", SMOTE(random_state=0, k_neighbors=4))])
    assert identity(one) == identity(same) != identity(other)
    assert identity({"a": 1}) != identity({"a": 1.0}) != identity({"a": True})
    assert identity(FunctionTransformer(np.log)) != identity(FunctionTransformer(np.exp))


@pytest.mark.parametrize(
    "value",
    [
        SMOTE(),
        SMOTE(random_state=np.random.RandomState(0)),
        FunctionTransformer(lambda X: X),
        [object()],
        {"a": SMOTE()},
    ],
)
def test_what_is_not_told_for_sure_has_no_identity(value):
    """An estimator without a seed, or with a parameter that no name leads to, is never shared."""
    assert identity(value) is None


def test_what_follows_a_warning_is_not_shared_either(counting, monkeypatch, tmp_path):
    """Nobody takes a fold from beyond a step that warns: each case has the note."""

    def steps(model, _y, seed):
        samplers = [Counting(warns=True, random_state=seed), RandomOverSampler(random_state=seed)]
        return [*(("same", sampler) for sampler in samplers), ("model", model.make(seed))]

    monkeypatch.setitem(STRATEGIES, "two", Strategy("two", "two of one name", steps))
    for case in both_models("two"):
        notes = evaluate(case, PROTOCOL, Shared(tmp_path)).notes
        assert "UserWarning: the rows are few" in notes
