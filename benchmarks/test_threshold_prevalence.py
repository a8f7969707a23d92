"""Logistic regression: a threshold at the prevalence does what balanced class weights do.

Van den Goorbergh et al. 2022 (https://doi.org/10.1093/jamia/ocac093) find the recall and precision
of balanced logistic regression when the threshold of the original model is the prevalence.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["threshold_prevalence"]
MARGIN = 0.05
pytestmark = pytest.mark.models("logistic_regression")


def test_recall_is_that_of_weights(observe, result, under):
    """The recall is within 0.05 of that of balanced class weights."""
    assert observe(gain(result, under("class_weight"), "recall").within(MARGIN))


@pytest.mark.contradicted(
    {
        "nursery-threshold_prevalence-logistic_regression": "F1 0.60 to 0.47",
    }
)
def test_f1_is_that_of_weights(observe, result, under):
    """The F1 is within 0.05 of that of balanced class weights."""
    assert observe(gain(result, under("class_weight"), "f1_score").within(MARGIN))


def test_prevalence_has_the_recall_of_weights(observe, overall):
    """The mean recall is within 0.05 of that of balanced class weights."""
    assert observe(overall("recall", "threshold_prevalence", "class_weight").within(MARGIN))


def test_prevalence_has_the_f1_of_weights(observe, overall):
    """The mean F1 is within 0.05 of that of balanced class weights."""
    assert observe(overall("f1_score", "threshold_prevalence", "class_weight").within(MARGIN))
