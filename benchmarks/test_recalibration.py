"""Balanced, then calibrated: probabilities can be trusted again.

The prior correction is that of King and Zeng 2001 (https://doi.org/10.1093/oxfordjournals.pan.a004868)
and Saerens et al. 2002 (https://doi.org/10.1162/089976602753284446), and for dropped rows that of
Dal Pozzolo et al. 2015 (https://doi.org/10.1109/SSCI.2015.33). It is exact if the model is
calibrated apart from its weights. The others fit a logistic curve to held-out rows (Platt 1999);
``test_raw_calibrated.py`` compares them with that curve alone.
"""

import pytest

from lab.observations import gain

STRATEGIES = [
    *("class_weight_prior_corrected", "random_under_prior_corrected"),
    *("class_weight_calibrated", "smote_calibrated"),
]
BALANCED = {
    "class_weight_prior_corrected": "class_weight",
    "random_under_prior_corrected": "random_under",
    "class_weight_calibrated": "class_weight",
    "smote_calibrated": "smote",
}
MARGIN = 0.002  # of the Brier loss, which is 0.043 if every row gets the share of positives
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


@pytest.mark.contradicted(
    {
        "abalone_19-class_weight_prior_corrected-random_forest": "intercept -0.91 to 3.95",
        "abalone_19-class_weight_prior_corrected-xgboost": "intercept 0.26 to 5.11",
        "nursery-class_weight_prior_corrected-random_forest": "intercept -0.72 to 2.93",
        "yeast_me2-class_weight_prior_corrected-random_forest": "intercept -0.74 to 2.59",
        "yeast_me2-class_weight_prior_corrected-xgboost": "intercept 0.16 to 3.50",
    }
)
def test_intercept_returns(observe, result, under):
    """The mean probability is nearer to the share of positives than with balancing alone."""
    balanced = under(BALANCED[result.case.strategy])
    assert observe(gain(result, balanced, "calibration_intercept") < 0)


@pytest.mark.contradicted(
    {
        "car_crash-random_under_prior_corrected-xgboost": "loss 0.0409 to 0.0614",
        "caravan-random_under_prior_corrected-xgboost": "loss 0.0633 to 0.1130",
        "nursery-class_weight_prior_corrected-random_forest": "loss 0.0035 to 0.0162",
        "nursery-random_under_prior_corrected-logistic_regression": "loss 0.0084 to 0.0134",
        "nursery-random_under_prior_corrected-xgboost": "loss 0.0003 to 0.0062",
        "page_blocks-class_weight_prior_corrected-random_forest": "loss 0.0185 to 0.0272",
        "page_blocks-random_under_prior_corrected-random_forest": "loss 0.0185 to 0.0249",
    }
)
def test_brier_loss_is_no_more_than_that_of_raw(observe, result, under):
    """The Brier loss exceeds that of the original data by no more than 0.002."""
    assert observe(gain(result, under("raw"), "brier_score_loss") <= MARGIN)


@core_models
def test_prior_correction_keeps_brier_loss(observe, overall):
    """Class weights with the prior correction have the Brier loss of raw data on average."""
    expected = overall("brier_score_loss", "class_weight_prior_corrected", "raw")
    assert observe(expected.within(MARGIN))


@core_models
def test_prior_correction_lowers_brier_loss(observe, overall):
    """The prior correction lowers the Brier loss of class weights on average."""
    expected = overall("brier_score_loss", "class_weight_prior_corrected", "class_weight")
    assert observe(expected < 0)


@core_models
def test_correction_for_dropped_rows_keeps_brier_loss(observe, overall):
    """Random under-sampling with the correction has the Brier loss of raw data on average."""
    expected = overall("brier_score_loss", "random_under_prior_corrected", "raw")
    assert observe(expected.within(MARGIN))


@core_models
def test_correction_for_dropped_rows_lowers_brier_loss(observe, overall):
    """The correction lowers the Brier loss of random under-sampling on average."""
    expected = overall("brier_score_loss", "random_under_prior_corrected", "random_under")
    assert observe(expected < 0)
