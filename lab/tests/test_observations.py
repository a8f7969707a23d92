"""Tests of effects, intervals and verdicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lab.experiment import Case, Protocol, Result
from lab.observations import Effect, Verdict, gain, level

scores = st.lists(st.floats(0, 1), min_size=2, max_size=20)


def result(strategy, recall, folds=None, digest="d"):
    """Return a result with these recall scores."""
    protocol = Protocol(folds or len(recall))
    case = Case("data", strategy, "model")
    empty = {"seconds": {}, "class_counts": {}, "params": {}, "notes": [], "predictions": None}
    return Result(case, protocol, {"digest": digest}, {"recall": recall}, **empty)


@given(scores, st.floats(0, 1))
def test_the_interval_is_the_corrected_resampled_t(values, ratio):
    """The interval equals the t interval with variance times 1/n + n_test/n_train."""
    low, high = Effect("x", tuple(values), ratio).interval()
    n = len(values)
    scale = np.sqrt(np.var(values, ddof=1) * (1 / n + ratio))
    half = stats.t.ppf(0.975, n - 1) * scale
    assert (low, high) == pytest.approx((np.mean(values) - half, np.mean(values) + half))


@given(scores)
def test_without_overlap_it_is_the_plain_t_interval(values):
    """With a correction of 0 the interval is that of the ordinary t-test."""
    low, high = Effect("x", tuple(values), 0.0).interval()
    if np.ptp(values) > 1e-6:
        plain = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert (low, high) == pytest.approx((plain.low, plain.high))


def test_a_gain_pairs_folds():
    """A gain is the difference fold by fold, and says what it compares."""
    effect = gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5]), "recall")
    assert effect.values == (0.25, 0.4)
    assert str(effect).startswith("recall of smote above raw 0.325 [")


@pytest.mark.parametrize("other", [{"folds": 3}, {"digest": "other"}])
def test_unpaired_results_are_refused(other):
    """Results of other folds or other data have no paired effect."""
    with pytest.raises(ValueError, match="do not share their folds"):
        gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5], **other), "recall")


@pytest.mark.parametrize(
    ("values", "verdict", "true"),
    [
        ([0.5, 0.51, 0.49], Verdict.HOLDS, True),
        ([0.5, -0.3, 0.1], Verdict.INCONCLUSIVE, True),
        ([-0.5, 0.3, -0.1], Verdict.INCONCLUSIVE, False),
        ([-0.5, -0.51, -0.49], Verdict.CONTRADICTED, False),
        ([0.0, 0.0, 0.0], Verdict.CONTRADICTED, False),
    ],
)
def test_verdicts_follow_the_interval(values, verdict, true):
    """An expectation holds if its whole interval agrees, and is true if its mean does."""
    expectation = level(result("raw", values), "recall") > 0
    assert (expectation.verdict, bool(expectation)) == (verdict, true)


def test_no_difference_at_all_is_at_least_as_good():
    """Equal scores in every fold meet ``>= 0`` and contradict ``> 0``."""
    effect = gain(result("a", [1.0, 1.0]), result("b", [1.0, 1.0]), "recall")
    assert (effect >= 0).verdict == (effect <= 0).verdict == Verdict.HOLDS
    assert (effect > 0).verdict == (effect < 0).verdict == Verdict.CONTRADICTED


@given(scores, st.floats(-1, 1))
def test_an_expectation_and_its_opposite_never_both_hold(values, bound):
    """What holds in one direction is contradicted in the other."""
    effect = Effect("x", tuple(values), 0.25)
    opposite = {Verdict.HOLDS: Verdict.CONTRADICTED, Verdict.CONTRADICTED: Verdict.HOLDS}
    verdict = (effect > bound).verdict
    assert (effect <= bound).verdict == opposite.get(verdict, Verdict.INCONCLUSIVE)
