"""Experiment 2: SMOTE. Recall rises, F1 follows, precision pays for it."""

import pytest

from lab.observations import gain

STRATEGIES = ["smote"]


@pytest.mark.contradicted({"nursery-xgboost": "recall is 1.00 before and after"})
def test_recall_rises(observe, result, under):
    """Synthetic minority rows make the model find more of the rare class."""
    assert observe(gain(result, under("raw"), "recall") > 0)


@pytest.mark.contradicted(
    {
        "fars_unknown-logistic_regression": "precision 0.77 to 0.19 costs more; F1 0.66 to 0.31",
        "nursery-logistic_regression": "precision 0.86 to 0.49 costs more; F1 0.76 to 0.65",
        "nursery-xgboost": "F1 is 0.997 before and after",
    }
)
def test_f1_rises(observe, result, under):
    """The gain in recall outweighs the loss of precision."""
    assert observe(gain(result, under("raw"), "f1_score") > 0)


@pytest.mark.contradicted({"nursery-xgboost": "precision is 0.994 before and after"})
def test_precision_falls(observe, result, under):
    """More of the alarms are false."""
    assert observe(gain(result, under("raw"), "precision") < 0)
