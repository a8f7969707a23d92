"""Tests of the metrics against the libraries that define them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from imblearn.metrics import geometric_mean_score
from sklearn import metrics as sk

from lab.metrics import METRICS
from lab.metrics.predictions import Predictions

CONTRACT = {
    "accuracy": lambda y, pred, _: sk.accuracy_score(y, pred),
    "precision": lambda y, pred, _: sk.precision_score(y, pred, zero_division=0),
    "recall": lambda y, pred, _: sk.recall_score(y, pred),
    "f1_score": lambda y, pred, _: sk.f1_score(y, pred),
    "roc_auc_score": lambda y, _, score: sk.roc_auc_score(y, score),
    "average_precision_score": lambda y, _, score: sk.average_precision_score(y, score),
    "balanced_accuracy_score": lambda y, pred, _: sk.balanced_accuracy_score(y, pred),
    "matthews_corrcoef": lambda y, pred, _: sk.matthews_corrcoef(y, pred),
    "geometric_mean_score": lambda y, pred, _: geometric_mean_score(y, pred),
    "brier_score_loss": lambda y, _, score: sk.brier_score_loss(y, score),
    "log_loss": lambda y, _, score: sk.log_loss(y, score, labels=[0, 1]),
}
LOSSES = {"brier_score_loss", "log_loss", "expected_calibration_error"}
size = st.shared(st.integers(2, 60), key="size")


def test_the_contract_names_every_metric():
    """The metrics start with those of the contract, the mission's five first."""
    assert list(METRICS)[: len(CONTRACT)] == list(CONTRACT)


@given(
    y=arrays(np.int8, size, elements=st.integers(0, 1)),
    score=arrays(np.float64, size, elements=st.floats(0, 1)),
)
def test_each_metric_is_the_library_s_own(y, score):
    """Every metric equals scikit-learn's or imbalanced-learn's, to the last bit."""
    y[:2] = 0, 1
    pred = (score > 0.5).astype(np.int8)
    for name, expected in CONTRACT.items():
        assert METRICS[name](y, pred, score) == expected(y, pred, score), name


@pytest.mark.parametrize("digits", [1, 3, 16])
def test_of_many_rows_too(digits):
    """The same of 20,000 rows, whose scores are equal for many, some or none."""
    rng = np.random.default_rng(digits)
    score = np.round(rng.random(20_000) ** 2, digits)
    y = (rng.random(20_000) < score / 4).astype(np.int8)
    pred = (score > 0.5).astype(np.int8)
    for name, expected in CONTRACT.items():
        assert METRICS[name](y, pred, score) == expected(y, pred, score), name


@given(
    y=arrays(np.int8, size, elements=st.integers(0, 1)),
    score=arrays(np.float64, size, elements=st.sampled_from([0, 0.1, 0.25, 0.5, 0.9, 1])),
)
def test_curves_are_the_library_s_own(y, score):
    """Points of the curves equal scikit-learn's, those that are left out included."""
    y[:2] = 0, 1
    predictions = Predictions(y, y, score)
    for found, expected in (
        (predictions.precision_recall, sk.precision_recall_curve(y, score)),
        (
            predictions.precision_recall_corners,
            sk.precision_recall_curve(y, score, drop_intermediate=True),
        ),
        (predictions.roc, sk.roc_curve(y, score)),
    ):
        for one, other in zip(found, expected[:2], strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", METRICS)
def test_better_predictions_score_better(name):
    """A perfect prediction beats a reversed one in the metric's own direction."""
    y = np.array([0, 0, 0, 1], dtype=np.int8)
    metric = METRICS[name]
    # All rows surely positive, where both are right on average.
    other = np.ones(4, dtype=np.int8) if name == "calibration_intercept" else 1 - y
    right, wrong = (metric(y, p, p * 0.8 + 0.1) for p in (y, other))
    assert metric.is_better(right, than=wrong)
    assert not metric.is_better(wrong, than=right)
    assert metric.greater_is_better == (name not in LOSSES and metric.ideal is None)


def test_recall_at_a_precision_is_that_of_the_best_cutoff():
    """Of cutoffs with half of the alarms right, the one that finds most counts; none gives 0."""
    metric = METRICS["recall_at_precision_50"]
    y = np.array([1, 0, 0, 1, 0, 0, 0, 1], dtype=np.int8)
    # Precision at each cutoff, from the highest score: 1, 1/2, 1/3, 1/2, 2/5, ...
    assert metric(y, y, np.linspace(1, 0, 8)) == pytest.approx(2 / 3)
    assert metric(y, y, np.linspace(0, 1, 8) + 1 - y) == pytest.approx(0)


def test_of_a_metric_with_an_ideal_the_nearer_is_better():
    """A calibration slope of 0.9 is as good as 1.1, and better than 2."""
    slope = METRICS["calibration_slope"]
    assert slope.comparable(0.9) == pytest.approx(slope.comparable(1.1))
    assert slope.is_better(0.9, than=2)
    assert slope.quantity == "distance of calibration_slope from 1"
    assert METRICS["recall"].quantity == "recall"


def test_precision_without_a_positive_prediction_is_zero():
    """Where nothing is predicted positive, precision is 0 and no warning is given."""
    y, none = np.array([0, 1], dtype=np.int8), np.zeros(2, dtype=np.int8)
    assert METRICS["precision"](y, none, none.astype(float)) == 0
