"""Tests of the metrics against the libraries that define them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from imblearn.metrics import geometric_mean_score
from sklearn import metrics as sk

from lab.metrics import METRICS, TABLES, Metric, MetricError, Predictions, floor, score
from lab.tests.helpers.examples import EUROS

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
YARDSTICKS = ("calibration_error_by_chance",)  # neither good nor bad
size = st.shared(st.integers(2, 60), key="size")


def test_metrics_of_the_libraries_are_registered_under_their_names():
    """The mission's five and the other library metrics are registered, under the library's name."""
    assert set(CONTRACT) <= set(METRICS)


@given(
    y=arrays(np.int8, size, elements=st.integers(0, 1)),
    p=arrays(np.float64, size, elements=st.floats(0, 1)),
)
def test_each_metric_is_the_library_s_own(y, p):
    """Every metric equals scikit-learn's or imbalanced-learn's, to the last bit."""
    y[:2] = 0, 1
    pred = (p > 0.5).astype(np.int8)
    for name, expected in CONTRACT.items():
        assert METRICS[name](y, pred, p) == expected(y, pred, p), name


@pytest.mark.parametrize("digits", [1, 3, 16])
def test_metrics_of_many_rows_are_the_library_s_own(digits):
    """The same holds for 20,000 rows, whether many, some or none of their scores are equal."""
    rng = np.random.default_rng(digits)
    p = np.round(rng.random(20_000) ** 2, digits)
    y = (rng.random(20_000) < p / 4).astype(np.int8)
    pred = (p > 0.5).astype(np.int8)
    for name, expected in CONTRACT.items():
        assert METRICS[name](y, pred, p) == expected(y, pred, p), name


@given(
    y=arrays(np.int8, size, elements=st.integers(0, 1)),
    p=arrays(np.float64, size, elements=st.sampled_from([0, 0.1, 0.25, 0.5, 0.9, 1])),
)
def test_curves_are_the_library_s_own(y, p):
    """The curves have the same points as scikit-learn's, with and without intermediate ones."""
    y[:2] = 0, 1
    predictions = Predictions(y, y, p)
    for found, expected in (
        (predictions.precision_recall, sk.precision_recall_curve(y, p)),
        (
            predictions.precision_recall_corners,
            sk.precision_recall_curve(y, p, drop_intermediate=True),
        ),
        (predictions.roc, sk.roc_curve(y, p)),
    ):
        for one, other in zip(found, expected[:2], strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", [name for name in METRICS if name not in YARDSTICKS])
def test_better_predictions_score_better(name):
    """A perfect prediction beats a reversed one in the metric's own direction."""
    y = np.array([0, 0, 0, 1], dtype=np.int8)
    metric = METRICS[name]
    # Reversed predictions are right on average; certain positives are not.
    other = np.ones(4, dtype=np.int8) if name == "calibration_intercept" else 1 - y
    right, wrong = (metric(y, p, p * 0.8 + 0.1) for p in (y, other))
    assert metric.is_better(right, than=wrong)
    assert not metric.is_better(wrong, than=right)
    assert metric.greater_is_better == (name not in LOSSES and metric.ideal is None)


@pytest.mark.parametrize("name", YARDSTICKS)
def test_no_difference_of_a_yardstick_counts(name):
    """Its tolerance is the whole range of its values, and no table shows it as a column."""
    assert METRICS[name].tolerance(0) >= 1
    assert not METRICS[name].shown


def test_recall_at_a_precision_is_that_of_the_best_cutoff():
    """Of the cutoffs with enough precision, the highest recall counts; without one it is 0."""
    metric = METRICS["recall_at_precision_50"]
    y = np.array([1, 0, 0, 1, 0, 0, 0, 1], dtype=np.int8)
    # Precision at each cutoff, from the highest score: 1, 1/2, 1/3, 1/2, 2/5, ...
    assert metric(y, y, np.linspace(1, 0, 8)) == pytest.approx(2 / 3)
    assert metric(y, y, np.linspace(0, 1, 8) + 1 - y) == pytest.approx(0)


def test_closer_to_the_ideal_is_better():
    """A calibration slope of 0.9 is as good as 1.1, and better than 2."""
    slope = METRICS["calibration_slope"]
    assert slope.comparable(0.9) == pytest.approx(slope.comparable(1.1))
    assert slope.is_better(0.9, than=2)
    assert slope.quantity == "distance of calibration_slope from 1"
    assert METRICS["recall"].quantity == "recall"


def test_precision_without_an_alarm_is_zero():
    """Without a positive prediction, precision is 0 and there is no warning."""
    y, none = np.array([0, 1], dtype=np.int8), np.zeros(2, dtype=np.int8)
    assert METRICS["precision"](y, none, none.astype(float)) == 0


def constant(name, function, **options):
    """Return a metric that is not registered."""
    return Metric(name, name, "Made up.", function, **options)


def test_an_unknown_table_is_refused():
    """A table that does not exist is an error that suggests close matches."""
    with pytest.raises(MetricError, match="'mine': unknown table 'score' in shown: did you mean"):
        constant("mine", len, shown=("score",))


def test_a_registered_metric_is_scored_and_shown():
    """A metric of a user is scored like any other, and is the last column of the means."""
    METRICS.register(constant("mine", lambda predictions: predictions.confusion.tp))
    try:
        y = np.array([0, 1, 1], dtype=np.int8)
        assert score(y, y, y.astype(float))["mine"] == 2
        assert METRICS.shown_in("strategies")[-1].name == "mine"
        assert "mine" not in {metric.name for metric in METRICS.shown_in("ranks")}
        assert METRICS.files["mine"] == __file__
    finally:
        METRICS.unregister("mine")


def test_a_metric_of_amounts_is_scored_where_they_are_known():
    """A metric that names columns is scored with their values, and left out without them."""
    y_true, y_pred = np.array([[0, 1, 1, 1], [0, 0, 1, 0]], dtype=np.int8)
    values = {"amount": np.array([1.0, 20, 300, 4000])}
    METRICS.register(EUROS)
    try:
        assert score(y_true, y_pred, y_pred * 1.0, values)["euros"] == 4020
        assert "euros" not in score(y_true, y_pred, y_pred * 1.0)
        assert EUROS(y_true, y_pred, y_pred * 1.0, values) == 4020
        assert METRICS.given(["other", "amount"]).keys() - METRICS.given([]).keys() == {"euros"}
        assert METRICS.columns == {"amount": "metric 'euros'"}
    finally:
        METRICS.unregister("euros")
    assert METRICS.columns == {}
    assert METRICS.given([]) == METRICS


def test_a_metric_of_amounts_has_no_floor():
    """The floor knows class counts only."""
    (found,) = floor((EUROS,), 0.1, 9, 1)
    assert math.isnan(found)


def test_columns_are_not_a_text():
    """The names of columns are a tuple, even if there is one."""
    with pytest.raises(MetricError, match="'mine': columns is a text: write a tuple"):
        constant("mine", len, columns="amount")


def test_every_table_shows_recall():
    """No table is without a metric."""
    assert all("recall" in {m.name for m in METRICS.shown_in(table)} for table in TABLES)


@given(share=st.floats(0, 1), negatives=st.integers(1, 200), positives=st.integers(1, 200))
def test_the_floor_is_the_score_of_a_constant_prediction(share, negatives, positives):
    """The floor depends on class counts only: ranking is random, and decisions are all alike."""
    rows = negatives + positives
    prevalence, alarms = positives / rows, share > 0.5
    found = dict(
        zip(METRICS, floor(tuple(METRICS.values()), share, negatives, positives), strict=True)
    )
    expected = {
        "recall": float(alarms),
        "precision": prevalence if alarms else 0,
        "f1_score": 2 * positives / (rows + positives) if alarms else 0,
        "average_precision_score": prevalence,
        "roc_auc_score": 0.5,
        "brier_score_loss": (share**2 * negatives + (1 - share) ** 2 * positives) / rows,
        "expected_calibration_error": abs(share - prevalence),
        "accuracy": prevalence if alarms else 1 - prevalence,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)


def test_the_floor_does_not_depend_on_the_order_of_rows():
    """A metric that breaks ties by position scores about the share of positives."""

    def first_rows(predictions):
        return predictions.y_true[:100].mean()

    assert floor((constant("first", first_rows),), 0.1, 900, 100) == (0.1,)


def test_a_metric_may_have_no_floor():
    """A metric that is undefined for constant predictions has NaN for a floor."""
    per_alarm = constant("per_alarm", lambda predictions: 1 / int(predictions.y_pred.sum()))
    (found,) = floor((per_alarm,), 0.1, 9, 1)
    assert math.isnan(found)
