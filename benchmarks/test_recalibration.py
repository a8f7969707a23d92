"""Balanced, then calibrated: probabilities mean again what they say.

The prior correction is that of King and Zeng 2001 (https://doi.org/10.1093/oxfordjournals.pan.a004868)
and Saerens et al. 2002 (https://doi.org/10.1162/089976602753284446): exact where a model is
calibrated but for its weights. The others fit a logistic curve to rows held out (Platt 1999).
"""

import pytest

from lab.observations import gain

STRATEGIES = ["class_weight_prior_corrected", "class_weight_calibrated", "smote_calibrated"]
BALANCED = {
    "class_weight_prior_corrected": "class_weight",
    "class_weight_calibrated": "class_weight",
    "smote_calibrated": "smote",
}
MARGIN = 0.002  # of the Brier loss; 0.043 is that of giving every row the share of positives
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


@pytest.mark.inconclusive(
    {
        "abalone_19-class_weight_calibrated-xgboost": "intercept 0.26 to -0.04",
        "caravan-class_weight_prior_corrected-random_forest": "intercept -1.18 to 1.58",
        "caravan-class_weight_prior_corrected-xgboost": "intercept -1.18 to 1.58",
        "nursery-class_weight_prior_corrected-xgboost": "intercept -2.04 to 1.60",
        "nursery-smote_calibrated-random_forest": "intercept -0.17 to 0.03",
        "nursery-smote_calibrated-xgboost": "intercept -0.57 to 0.02",
        "page_blocks-class_weight_calibrated-random_forest": "intercept -0.69 to 0.01",
        "page_blocks-class_weight_calibrated-xgboost": "intercept -0.84 to -0.01",
        "page_blocks-class_weight_prior_corrected-random_forest": "intercept -0.69 to 1.48",
        "page_blocks-class_weight_prior_corrected-xgboost": "intercept -0.84 to 1.33",
        "page_blocks-smote_calibrated-random_forest": "intercept -0.92 to 0.01",
        "page_blocks-smote_calibrated-xgboost": "intercept -1.44 to 0.00",
        "yeast_me2-class_weight_calibrated-xgboost": "intercept 0.16 to -0.08",
    }
)
@pytest.mark.contradicted(
    {
        "abalone_19-class_weight_prior_corrected-random_forest": "intercept -0.91 to 3.95",
        "abalone_19-class_weight_prior_corrected-xgboost": "intercept 0.26 to 5.11",
        "car_crash-class_weight_prior_corrected-random_forest": "intercept -1.00 to 2.05",
        "nursery-class_weight_prior_corrected-random_forest": "intercept -0.72 to 2.93",
        "yeast_me2-class_weight_prior_corrected-random_forest": "intercept -0.74 to 2.59",
        "yeast_me2-class_weight_prior_corrected-xgboost": "intercept 0.16 to 3.50",
    }
)
def test_intercept_returns(observe, result, under):
    """On average probabilities are less far off than with the balancing alone."""
    balanced = under(BALANCED[result.case.strategy])
    assert observe(gain(result, balanced, "calibration_intercept") < 0)


@pytest.mark.inconclusive(
    {
        "abalone_19-class_weight_prior_corrected-logistic_regression": "loss 0.0078 to 0.0126",
        "car_crash-class_weight_prior_corrected-random_forest": "loss 0.0411 to 0.0437",
        "car_crash-class_weight_prior_corrected-xgboost": "loss 0.0395 to 0.0400",
        "caravan-class_weight_prior_corrected-logistic_regression": "loss 0.0554 to 0.0568",
        "caravan-class_weight_prior_corrected-random_forest": "loss 0.0609 to 0.0637",
        "page_blocks-class_weight_calibrated-logistic_regression": "loss 0.0399 to 0.0422",
        "page_blocks-class_weight_prior_corrected-logistic_regression": "loss 0.0399 to 0.0396",
        "page_blocks-class_weight_prior_corrected-xgboost": "loss 0.0199 to 0.0214",
        "page_blocks-smote_calibrated-logistic_regression": "loss 0.0399 to 0.0425",
        "page_blocks-smote_calibrated-random_forest": "loss 0.0185 to 0.0186",
        "page_blocks-smote_calibrated-xgboost": "loss 0.0199 to 0.0191",
        "yeast_me2-class_weight_calibrated-logistic_regression": "loss 0.0273 to 0.0283",
        "yeast_me2-class_weight_calibrated-random_forest": "loss 0.0272 to 0.0282",
        "yeast_me2-class_weight_prior_corrected-logistic_regression": "loss 0.0273 to 0.0295",
        "yeast_me2-class_weight_prior_corrected-random_forest": "loss 0.0272 to 0.0319",
        "yeast_me2-class_weight_prior_corrected-xgboost": "loss 0.0314 to 0.0318",
        "yeast_me2-smote_calibrated-logistic_regression": "loss 0.0273 to 0.0279",
        "yeast_me2-smote_calibrated-random_forest": "loss 0.0272 to 0.0279",
        "yeast_me2-smote_calibrated-xgboost": "loss 0.0314 to 0.0284",
    }
)
@pytest.mark.contradicted(
    {
        "nursery-class_weight_prior_corrected-random_forest": "loss 0.0035 to 0.0162",
        "page_blocks-class_weight_prior_corrected-random_forest": "loss 0.0185 to 0.0272",
    }
)
def test_brier_loss_is_no_more_than_that_of_raw(observe, result, under):
    """Probabilities are as near to what happens as those of the original data."""
    assert observe(gain(result, under("raw"), "brier_score_loss") <= MARGIN)


@core_models
@pytest.mark.inconclusive(
    {
        "logistic_regression": "4 of 6 agree; +0.001 on average",
        "random_forest": "1 of 6 agree; +0.005 on average",
        "xgboost": "5 of 6 agree; +0.000 on average",
    }
)
def test_prior_correction_keeps_brier_loss(observe, overall):
    """Class weights with the prior correction have the Brier loss of raw data on average."""
    expected = overall("brier_score_loss", "class_weight_prior_corrected", "raw")
    assert observe(expected.within(MARGIN))


@core_models
@pytest.mark.inconclusive(
    {
        "random_forest": "3 of 6 agree; +0.000 on average",
        "xgboost": "4 of 6 agree; -0.013 on average",
    }
)
def test_prior_correction_lowers_brier_loss(observe, overall):
    """The prior correction lowers the Brier loss of class weights on average."""
    expected = overall("brier_score_loss", "class_weight_prior_corrected", "class_weight")
    assert observe(expected < 0)
