"""Tests of prepared folds that cases share: the same scores to the last bit, with less work."""

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
from lab.evaluation.prepared_folds import PreparedFolds, identity
from lab.models import MODELS
from lab.strategies import STRATEGIES, Strategy
from lab.tests.helpers.examples import PAIRS, TINY, mixed_dataset

PROTOCOL = Protocol(3)
CALLS = Counter()


class Counting(RandomOverSampler):
    """A sampler that counts its fits, and may warn."""

    def __init__(self, warns=False, random_state=None):
        self.warns = warns
        super().__init__(random_state=random_state)

    def fit_resample(self, X, y):
        """Count the fit, and resample."""
        CALLS["sampler"] += 1
        if self.warns:
            warnings.warn("the rows are few", UserWarning, stacklevel=1)
        return super().fit_resample(X, y)


@pytest.fixture(autouse=True)
def every_step_is_shared(monkeypatch):
    """Share steps that take no time, too."""
    monkeypatch.setattr("lab.evaluation.prepared_folds.MIN_SECONDS", 0.0)


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
    """Return a strategy's cases with two fast models."""
    return [Case(dataset, strategy, model) for model in ("logistic_regression", "decision_tree")]


def files(folder):
    """Return the files in a folder and below."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def small_ensembles(monkeypatch):
    """Give ensembles five members: what cases share does not depend on their number."""
    full = Strategy.pipeline

    def pipeline(self, *arguments, **options):
        steps = full(self, *arguments, **options)
        numbers = {name for name, value in steps.get_params().items() if isinstance(value, int)}
        return steps.set_params(
            **{name: 5 for name in numbers if name.rpartition("__")[2] == "n_estimators"}
        )

    monkeypatch.setattr(Strategy, "pipeline", pipeline)


def test_shared_scores_are_those_of_each_case_alone(small_ensembles, monkeypatch, tmp_path):
    """Every strategy and model scores the same bits alone, writing folds and reading them."""
    monkeypatch.setattr(datasets, "load", lambda _name: mixed_dataset())
    cases = [Case("mixed", s, m) for s, m in PAIRS if STRATEGIES[s].cost * MODELS[m].cost < 8]
    assert len(cases) > 30
    protocol = Protocol(2)
    for case in cases:
        alone = evaluate(case, protocol)
        for _ in range(2):
            also = both_models(case.strategy, "mixed")
            shared = evaluate(case, protocol, PreparedFolds(tmp_path, [*cases, *also]))
            assert shared == replace(alone, seconds=shared.seconds), case
            assert shared.predictions.equals(alone.predictions)
    assert len(files(tmp_path)) > 30


def test_a_step_of_two_models_is_fitted_once(counting, tmp_path):
    """A sampler that two models need is fitted once per fold, and its time counts for both."""
    cases = both_models("counts")
    results = [evaluate(case, PROTOCOL, PreparedFolds(tmp_path, cases)) for case in cases]
    assert CALLS["sampler"] == PROTOCOL.folds
    assert min(results[1].seconds["fit_seconds"]) > 0
    # One file after the preprocessing, and one after the sampler.
    assert len(files(tmp_path)) == 2 * PROTOCOL.folds


def test_a_fold_of_one_case_is_not_written(counting, tmp_path):
    """A case that shares no step with another leaves no file."""
    (case, _) = both_models("counts")
    evaluate(case, PROTOCOL, PreparedFolds(tmp_path, [case]))
    assert not files(tmp_path)


def test_cheap_steps_are_not_shared(monkeypatch, tmp_path):
    """If the first fold takes no time to prepare, the other folds are not written."""
    monkeypatch.setattr("lab.evaluation.prepared_folds.MIN_SECONDS", 1e9)
    cases = both_models("smote")
    shared = PreparedFolds(tmp_path, cases)
    for case in cases:
        assert evaluate(case, PROTOCOL, shared).scores == evaluate(case, PROTOCOL).scores
    assert len(files(tmp_path)) <= 2


def test_a_warning_is_noted_by_every_case(counting, tmp_path):
    """Each case has the warnings of its steps as notes, so a step that warns is not shared."""
    cases = both_models("warns")
    notes = [evaluate(case, PROTOCOL, PreparedFolds(tmp_path, cases)).notes for case in cases]
    assert all("UserWarning: the rows are few" in of_case for of_case in notes)
    assert len(files(tmp_path)) == PROTOCOL.folds


@pytest.mark.parametrize("obstacle", ["a file", "a full disk"])
def test_without_disk_space_nothing_is_shared(counting, monkeypatch, tmp_path, obstacle):
    """Where files cannot be written, or the disk is nearly full, each case does its own work."""
    folder = tmp_path / "shared"
    if obstacle == "a file":
        folder.write_text("in the way")
    else:
        monkeypatch.setattr("lab.evaluation.prepared_folds.MAX_DISK_SHARE", 0.0)
    cases = both_models("counts")
    for case in cases:
        evaluate(case, PROTOCOL, PreparedFolds(folder, cases))
    assert CALLS["sampler"] == 2 * PROTOCOL.folds
    assert len(files(tmp_path)) == (obstacle == "a file")


def test_folds_of_other_seeds_or_data_are_not_mixed_up(tmp_path):
    """No fold of another seed or dataset is used."""
    cases = both_models("smote") + both_models("smote", f"{TINY}1")
    for protocol in (PROTOCOL, Protocol(3, 1, 1)):
        for case in cases:
            shared = evaluate(case, protocol, PreparedFolds(tmp_path, cases))
            assert shared.scores == evaluate(case, protocol).scores


def test_estimators_with_equal_parameters_are_identical():
    """Two estimators are identical if their types and all their parameters are, at any depth."""
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
def test_some_values_have_no_identity(value):
    """An estimator without a seed, or with a parameter that cannot be named, is never shared."""
    assert identity(value) is None


def test_steps_after_a_warning_are_not_shared(counting, monkeypatch, tmp_path):
    """Each case fits the step that warns, so that it has the note."""

    def steps(model, _y, seed):
        samplers = [Counting(warns=True, random_state=seed), RandomOverSampler(random_state=seed)]
        return [*(("same", sampler) for sampler in samplers), ("model", model.make(seed))]

    monkeypatch.setitem(STRATEGIES, "two", Strategy("two", "two of one name", steps))
    for case in both_models("two"):
        notes = evaluate(case, PROTOCOL, PreparedFolds(tmp_path)).notes
        assert "UserWarning: the rows are few" in notes
