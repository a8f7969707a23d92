"""What balancing costs: probabilities that no longer mean what they say.

Models fitted to balanced rows, or with balanced weights, take the rare class to be common.
Van den Goorbergh et al. 2022 show it for logistic regression
(https://doi.org/10.1093/jamia/ocac093), Carriero et al. 2025 for other models
(https://arxiv.org/abs/2404.19494).
"""

import pytest

from lab.observations import gain

STRATEGIES = ["smote", "class_weight"]
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


@pytest.mark.inconclusive(
    {
        "abalone_19-class_weight-xgboost": "Brier loss 0.0080 to 0.0099",
        "car_crash-smote-xgboost": "Brier loss 0.0395 to 0.0431",
        "caravan-smote-xgboost": "Brier loss 0.0633 to 0.0639",
        "nursery-class_weight-xgboost": "Brier loss 0.0003 to 0.0002",
        "nursery-smote-xgboost": "Brier loss 0.0003 to 0.0002",
        "page_blocks-class_weight-random_forest": "Brier loss 0.0185 to 0.0199",
        "page_blocks-class_weight-xgboost": "Brier loss 0.0199 to 0.0211",
        "page_blocks-smote-random_forest": "Brier loss 0.0185 to 0.0214",
        "page_blocks-smote-xgboost": "Brier loss 0.0199 to 0.0222",
        "yeast_me2-class_weight-random_forest": "Brier loss 0.0272 to 0.0309",
        "yeast_me2-class_weight-xgboost": "Brier loss 0.0314 to 0.0362",
        "yeast_me2-smote-xgboost": "Brier loss 0.0314 to 0.0428",
    }
)
@pytest.mark.contradicted(
    {
        "nursery-class_weight-random_forest": "Brier loss 0.0035 to 0.0024",
        "nursery-smote-random_forest": "Brier loss 0.0035 to 0.0021",
    }
)
def test_brier_loss_rises(observe, result, under):
    """Probabilities are further from what happens."""
    assert observe(gain(result, under("raw"), "brier_score_loss") > 0)


@pytest.mark.inconclusive(
    {
        "abalone_19-smote-xgboost": "intercept 0.94 to -1.82",
        "nursery-smote-random_forest": "intercept 0.00 to -0.17",
        "nursery-smote-xgboost": "intercept 0.11 to -0.57",
        "page_blocks-class_weight-random_forest": "intercept 0.06 to -0.69",
        "page_blocks-class_weight-xgboost": "intercept 0.26 to -0.84",
        "page_blocks-smote-random_forest": "intercept 0.06 to -0.92",
        "page_blocks-smote-xgboost": "intercept 0.26 to -1.44",
        "yeast_me2-class_weight-xgboost": "intercept 0.87 to 0.16",
        "yeast_me2-smote-xgboost": "intercept 0.87 to -1.38",
    }
)
@pytest.mark.contradicted(
    {
        "abalone_19-class_weight-xgboost": "intercept 0.94 to 0.26",
        "caravan-smote-xgboost": "intercept 0.41 to 0.25",
    }
)
def test_intercept_leaves_zero(observe, result, under):
    """On average probabilities are further off, on whichever side."""
    assert observe(gain(result, under("raw"), "calibration_intercept") > 0)


@core_models
@pytest.mark.inconclusive(
    {
        "random_forest": "5 of 6 agree; +0.007 on average",
        "xgboost": "5 of 6 agree; +0.004 on average",
    }
)
def test_smote_raises_brier_loss(observe, overall):
    """SMOTE raises the Brier loss on average."""
    assert observe(overall("brier_score_loss", "smote", "raw") > 0)


@core_models
@pytest.mark.inconclusive(
    {
        "random_forest": "5 of 6 agree; +0.006 on average",
        "xgboost": "5 of 6 agree; +0.013 on average",
    }
)
def test_weights_raise_brier_loss(observe, overall):
    """Class weights raise the Brier loss on average."""
    assert observe(overall("brier_score_loss", "class_weight", "raw") > 0)


@core_models
def test_smote_moves_the_intercept(observe, overall):
    """SMOTE moves the calibration intercept away from 0 on average."""
    assert observe(overall("calibration_intercept", "smote", "raw") > 0)


@core_models
@pytest.mark.inconclusive(
    {
        "xgboost": "4 of 6 agree; +0.673 on average",
    }
)
def test_weights_move_the_intercept(observe, overall):
    """Class weights move the calibration intercept away from 0 on average."""
    assert observe(overall("calibration_intercept", "class_weight", "raw") > 0)
