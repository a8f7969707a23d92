"""Experiment 2: SMOTE. Recall rises, F1 follows, precision pays for it."""

import pytest

from lab.observations import gain

STRATEGIES = ["smote"]


@pytest.mark.contradicted(
    {
        "caravan-xgboost": "recall stays at 0.066: 85 coarse codes give SMOTE little to work with",
        "nursery-xgboost": "recall is 1.00 before and after",
    }
)
def test_recall_rises(observe, result, under):
    """With synthetic minority rows the model finds more of the rare class."""
    assert observe(gain(result, under("raw"), "recall") > 0)


@pytest.mark.contradicted(
    {
        "caravan-random_forest": "recall rises by 0.006 only; F1 0.076 to 0.074",
        "caravan-xgboost": "recall does not rise; F1 0.099 to 0.093",
        "fars_unknown-logistic_regression": "precision 0.77 to 0.19 costs more; F1 0.66 to 0.31",
        "nursery-logistic_regression": "precision 0.86 to 0.49 costs more; F1 0.76 to 0.65",
        "nursery-xgboost": "F1 is 0.997 before and after",
        "page_blocks-logistic_regression": "precision 0.83 to 0.57 costs more; F1 0.72 to 0.70",
        "page_blocks-random_forest": "F1 is high without balancing: 0.880 to 0.870",
        "page_blocks-xgboost": "F1 is high without balancing: 0.878 to 0.871",
    }
)
def test_f1_rises(observe, result, under):
    """What is gained in recall outweighs what is lost in precision."""
    assert observe(gain(result, under("raw"), "f1_score") > 0)


@pytest.mark.contradicted(
    {
        "abalone_19-logistic_regression": "raw finds nothing, so its precision is 0",
        "abalone_19-random_forest": "raw finds nothing, so its precision is 0",
        "nursery-xgboost": "precision is 0.994 before and after",
    }
)
def test_precision_falls(observe, result, under):
    """More of the rows that the model calls positive are not."""
    assert observe(gain(result, under("raw"), "precision") < 0)
