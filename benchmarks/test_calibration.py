"""The price of balancing: probabilities are no longer calibrated.

A model that is fitted to balanced rows, or with balanced weights, overestimates the rare class.
Van den Goorbergh et al. 2022 show this for logistic regression
(https://doi.org/10.1093/jamia/ocac093), Carriero et al. 2025 for other models
(https://arxiv.org/abs/2404.19494).
"""

import pytest

from lab.observations import gain

STRATEGIES = ["smote", "class_weight"]
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


@pytest.mark.contradicted(
    {
        "nursery-class_weight-random_forest": "Brier loss 0.0035 to 0.0024",
        "nursery-smote-random_forest": "Brier loss 0.0035 to 0.0021",
    }
)
def test_brier_loss_rises(observe, result, under):
    """Probabilities are further from the outcomes."""
    assert observe(gain(result, under("raw"), "brier_score_loss") > 0)


@pytest.mark.contradicted(
    {
        "abalone_19-class_weight-xgboost": "intercept 0.94 to 0.26",
        "caravan-smote-xgboost": "intercept 0.41 to 0.25",
    }
)
def test_intercept_leaves_zero(observe, result, under):
    """The mean probability is further from the share of positives, on either side."""
    assert observe(gain(result, under("raw"), "calibration_intercept") > 0)


@core_models
def test_smote_raises_brier_loss(observe, overall):
    """SMOTE raises the Brier loss on average."""
    assert observe(overall("brier_score_loss", "smote", "raw") > 0)


@core_models
def test_weights_raise_brier_loss(observe, overall):
    """Class weights raise the Brier loss on average."""
    assert observe(overall("brier_score_loss", "class_weight", "raw") > 0)


@core_models
def test_smote_moves_the_intercept(observe, overall):
    """SMOTE moves the calibration intercept away from 0 on average."""
    assert observe(overall("calibration_intercept", "smote", "raw") > 0)


@core_models
def test_weights_move_the_intercept(observe, overall):
    """Class weights move the calibration intercept away from 0 on average."""
    assert observe(overall("calibration_intercept", "class_weight", "raw") > 0)
