"""Tests of the curves of a case."""

import numpy as np

from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.evaluation.curves import FALSE_POSITIVE_RATES, NET_BENEFIT_UNIT, RECALLS, Curves
from lab.metrics import net_benefit
from lab.metrics.net_benefit import THRESHOLDS
from lab.tests.helpers.examples import TINY


def test_stored_points_lie_on_the_curves():
    """A stored precision is that of the first cutoff with enough recall; ROC rises from 0 to 1."""
    curves = Curves.of(evaluate(Case(TINY, "raw", "logistic_regression"), Protocol(3)))
    kept = curves.kept()
    points = set(zip(curves.recall.round(6), (curves.precision * 1000).round(), strict=True))
    for recall, precision in zip(RECALLS, kept["precision"], strict=True):
        reached = min(value for value in curves.recall[:-1] if value >= recall - 1e-9)
        assert (reached.round(6), precision) in points
    rates = kept["true_positive_rate"]
    assert rates[-1] == 1000
    assert rates == sorted(rates)
    assert len(rates) == len(FALSE_POSITIVE_RATES)


def test_scores_are_counted_by_class():
    """The shares of each class add up to 1, and the confusion matrix counts every row."""
    result = evaluate(Case(TINY, "smote", "random_forest"), Protocol(3))
    curves = Curves.of(result)
    assert np.allclose(curves.scores.sum(axis=1), 1)
    assert curves.confusion.sum() == result.dataset["rows"]
    assert curves.confusion[1].sum() == result.dataset["minority_rows"]


def test_stored_net_benefit_is_that_at_each_threshold():
    """Thresholds go from 1 % to 50 %, with values of the pooled predictions to 1e-5."""
    result = evaluate(Case(TINY, "raw", "random_forest"), Protocol(3))  # many equal scores
    kept = Curves.of(result).kept()["net_benefit"]
    table = result.read_predictions()
    for threshold, value in zip(THRESHOLDS, kept, strict=True):
        expected = net_benefit(table["y_true"], table["y_score"], threshold)
        assert abs(value * NET_BENEFIT_UNIT - expected) <= NET_BENEFIT_UNIT / 2 + 1e-12
