"""Random over-sampling, which repeats rows, does about as well as SMOTE.

Batista et al. 2004 (https://doi.org/10.1145/1007730.1007735) find it competitive with more
elaborate methods; Elor and Averbuch-Elor 2022 (https://arxiv.org/abs/2201.08528) agree.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["random_over"]
MARGIN = 0.02
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


def test_f1_is_at_least_that_of_smote(observe, result, under):
    """Repeated rows have at least the F1 of synthetic ones."""
    assert observe(gain(result, under("smote"), "f1_score") >= -MARGIN)


@core_models
def test_repeated_rows_have_the_f1_of_smote(observe, overall):
    """Repeated rows have at least the F1 of SMOTE on average."""
    assert observe(overall("f1_score", "random_over", "smote") >= -MARGIN)


@core_models
def test_repeated_rows_have_the_auc_of_smote(observe, overall):
    """Repeated rows rank as well as SMOTE on average."""
    assert observe(overall("roc_auc_score", "random_over", "smote") >= -MARGIN)
