"""A common mistake: with resampling before the split, every score looks better than it is.

Kapoor and Narayanan 2023 (https://doi.org/10.1016/j.patter.2023.100804) find this and other kinds
of leakage in 294 papers. It runs only on request, with `--strategy smote_before_split --split
random`: synthetic rows have no group and no time.

Half of the tested rows are positive then, which alone raises the precision and F1 of any model.
Recall and AUC do not depend on that share, so they show the leak itself. The folds have other rows
than those of SMOTE, which makes intervals wider than for paired folds.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["smote_before_split"]
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


def test_f1_is_inflated(observe, result, under):
    """F1 is above that of SMOTE on the training rows alone."""
    assert observe(gain(result, under("smote"), "f1_score") > 0)


def test_auc_is_inflated(observe, result, under):
    """AUC is above that of SMOTE on the training rows alone."""
    assert observe(gain(result, under("smote"), "roc_auc_score") > 0)


@core_models
def test_leakage_inflates_accuracy(observe, overall):
    """Accuracy rises on average."""
    assert observe(overall("accuracy", "smote_before_split", "smote") > 0)


@core_models
def test_leakage_inflates_precision(observe, overall):
    """Precision rises on average."""
    assert observe(overall("precision", "smote_before_split", "smote") > 0)


@core_models
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
