"""Calibration alone: the control for calibrated SMOTE and class weights.

A logistic curve, fitted to held-out rows (Platt 1999), improves the probabilities of many models
without any balancing, as Niculescu-Mizil and Caruana 2005 find
(https://doi.org/10.1145/1102351.1102430). Balancing adds something only if it beats that.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["raw_calibrated"]
MARGIN = 0.002  # of the Brier loss, which is 0.043 if every row gets the share of positives
core_models = pytest.mark.models("logistic_regression", "random_forest", "xgboost")


def test_calibration_costs_no_brier_loss(observe, result, under):
    """The Brier loss exceeds that of the original data by no more than 0.002."""
    assert observe(gain(result, under("raw"), "brier_score_loss") <= MARGIN)


def test_calibration_keeps_auc(observe, result, under):
    """AUC differs from that of the original data by no more than 0.02."""
    assert observe(gain(result, under("raw"), "roc_auc_score").within(0.02))


@core_models
def test_calibration_lowers_brier_loss(observe, overall):
    """Calibration alone lowers the Brier loss on average."""
    assert observe(overall("brier_score_loss", "raw_calibrated", "raw") < 0)


@core_models
def test_smote_adds_nothing_to_calibration(observe, overall):
    """Calibrated SMOTE has the Brier loss of calibration alone on average, or a higher one."""
    expected = overall("brier_score_loss", "smote_calibrated", "raw_calibrated")
    assert observe(expected >= -MARGIN)


@core_models
def test_weights_add_nothing_to_calibration(observe, overall):
    """Calibrated class weights have the Brier loss of calibration alone on average, or more."""
    expected = overall("brier_score_loss", "class_weight_calibrated", "raw_calibrated")
    assert observe(expected >= -MARGIN)
