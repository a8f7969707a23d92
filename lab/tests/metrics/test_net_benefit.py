"""Tests of net benefit, against its published formula and published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lab.metrics import decision_curve, net_benefit

# Of the 750 patients of `df_binary` in the R package dcurves, 105 have cancer. A family history is
# noted for 24 of these and for 91 others.
CANCER = np.repeat([1, 1, 0, 0], [24, 81, 91, 554])
FAMILY_HISTORY = np.repeat([1, 0, 1, 0], [24, 81, 91, 554])
THRESHOLDS = [0.05, 0.10, 0.15, 0.20, 0.30]
size = st.shared(st.integers(1, 60), key="size")


def test_net_benefit_equals_the_values_that_dcurves_prints():
    """Family history, and treating all, have the net benefits that R prints to six digits."""
    printed = [0.025614, 0.018519, 0.010588, 0.001667, -0.02]
    assert decision_curve(CANCER, FAMILY_HISTORY, THRESHOLDS) == pytest.approx(printed, abs=5e-7)
    treat_all = [0.094737, 0.044444, -0.011765, -0.075, -0.228571]
    everyone = np.ones(len(CANCER))
    assert decision_curve(CANCER, everyone, THRESHOLDS) == pytest.approx(treat_all, abs=5e-7)


@given(
    y=arrays(np.int8, size, elements=st.integers(0, 1)),
    p=arrays(np.float64, size, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])),
    threshold=st.sampled_from([0.01, 0.1, 0.25, 0.5, 0.99]),
)
def test_net_benefit_equals_the_published_formula(y, p, threshold):
    """It is TP / n - FP / n * t / (1 - t), where a probability at the threshold is an alarm."""
    true = sum(1 for a, b in zip(y, p, strict=True) if a == 1 and b >= threshold)
    false = sum(1 for a, b in zip(y, p, strict=True) if a == 0 and b >= threshold)
    expected = true / len(y) - false / len(y) * threshold / (1 - threshold)
    assert net_benefit(y, p, threshold) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("digits", [2, 16])
def test_a_decision_curve_counts_alarms_at_each_threshold(digits):
    """It equals the net benefit at each threshold, for distinct scores and for rounded ones."""
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 300), rng.random(300).round(digits)
    assert decision_curve(y, p).tolist() == [net_benefit(y, p, t) for t in np.arange(1, 51) / 100]


@pytest.mark.parametrize(
    ("y", "p", "threshold", "said"),
    [
        ([0, 1], [0.1, 0.2], 0.0, "above 0 and below 1"),
        ([0, 1], [0.1, 0.2], 1.0, "above 0 and below 1"),
        ([0, 1], [0.1], 0.5, "one of each per row"),
        ([], [], 0.5, "one of each per row"),
    ],
)
def test_invalid_arguments_are_explained(y, p, threshold, said):
    """A threshold of 0 or 1, and arrays without rows or of two lengths, are errors."""
    with pytest.raises(ValueError, match=said):
        net_benefit(y, p, threshold)
