"""The mistake to know: resampled before the split, every score looks better than it is.

Kapoor and Narayanan 2023 (https://doi.org/10.1016/j.patter.2023.100804) find leakage of this kind
and others in 294 papers. Nobody runs this by chance: `--strategy smote_before_split` names it.

The rows tested are half positive then, which alone lifts precision and F1 of whatever model.
Recall and AUC do not depend on that share: they show the leak itself. Folds are other rows than
SMOTE's own, so that intervals are wider than those of paired folds.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["smote_before_split"]
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


@pytest.mark.inconclusive(
    {
        "nursery-smote_before_split-random_forest": "F1 0.99 to 1.00",
        "nursery-smote_before_split-xgboost": "F1 1.00 before and after",
    }
)
def test_f1_is_inflated(observe, result, under):
    """F1 is above that of SMOTE on the training rows alone."""
    assert observe(gain(result, under("smote"), "f1_score") > 0)


@pytest.mark.inconclusive(
    {
        "abalone_19-smote_before_split-logistic_regression": "AUC 0.83 to 0.89",
        "car_crash-smote_before_split-logistic_regression": "AUC 0.88 to 0.89",
        "nursery-smote_before_split-logistic_regression": "AUC 1.00 before and after",
        "nursery-smote_before_split-random_forest": "AUC 1.00 before and after",
        "nursery-smote_before_split-xgboost": "AUC 1.00 before and after",
        "page_blocks-smote_before_split-logistic_regression": "AUC 0.96 before and after",
        "yeast_me2-smote_before_split-logistic_regression": "AUC 0.88 to 0.92",
    }
)
def test_auc_is_inflated(observe, result, under):
    """AUC is above that of SMOTE on the training rows alone."""
    assert observe(gain(result, under("smote"), "roc_auc_score") > 0)


@core_models
@pytest.mark.inconclusive(
    {
        "logistic_regression": "4 of 6 agree; +0.011 on average",
    }
)
def test_leakage_inflates_accuracy(observe, overall):
    """Accuracy rises on average."""
    assert observe(overall("accuracy", "smote_before_split", "smote") > 0)


@core_models
def test_leakage_inflates_precision(observe, overall):
    """Precision rises on average."""
    assert observe(overall("precision", "smote_before_split", "smote") > 0)


@core_models
@pytest.mark.inconclusive(
    {
        "logistic_regression": "5 of 6 agree; +0.101 on average",
        "xgboost": "5 of 6 agree; +0.530 on average",
    }
)
def test_leakage_inflates_recall(observe, overall):
    """Recall rises on average."""
    assert observe(overall("recall", "smote_before_split", "smote") > 0)


@core_models
def test_leakage_inflates_f1(observe, overall):
    """F1 rises on average."""
    assert observe(overall("f1_score", "smote_before_split", "smote") > 0)


@core_models
def test_leakage_inflates_auc(observe, overall):
    """AUC rises on average."""
    assert observe(overall("roc_auc_score", "smote_before_split", "smote") > 0)
