"""Logistic regression: balanced weights are a threshold at the prevalence.

Van den Goorbergh et al. 2022, https://doi.org/10.1093/jamia/ocac093.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["threshold_prevalence"]
MARGIN = 0.05
pytestmark = pytest.mark.models("logistic_regression")


@pytest.mark.inconclusive(
    {
        "abalone_19-threshold_prevalence-logistic_regression": "recall 0.66 to 0.81",
        "caravan-threshold_prevalence-logistic_regression": "recall 0.60 to 0.61",
        "yeast_me2-threshold_prevalence-logistic_regression": "recall 0.79 to 0.80",
    }
)
def test_recall_is_that_of_weights(observe, result, under):
    """The recall is within 0.05 of that of balanced class weights."""
    assert observe(gain(result, under("class_weight"), "recall").within(MARGIN))


@pytest.mark.inconclusive(
    {
        "page_blocks-threshold_prevalence-logistic_regression": "F1 0.70 to 0.64",
        "yeast_me2-threshold_prevalence-logistic_regression": "F1 0.26 to 0.24",
    }
)
@pytest.mark.contradicted(
    {
        "nursery-threshold_prevalence-logistic_regression": "F1 0.60 to 0.47",
    }
)
def test_f1_is_that_of_weights(observe, result, under):
    """The F1 is within 0.05 of that of balanced class weights."""
    assert observe(gain(result, under("class_weight"), "f1_score").within(MARGIN))


@pytest.mark.inconclusive(
    {
        "logistic_regression": "5 of 6 agree; +0.027 on average",
    }
)
def test_prevalence_has_the_recall_of_weights(observe, overall):
    """The mean recall is within 0.05 of that of balanced class weights."""
    assert observe(overall("recall", "threshold_prevalence", "class_weight").within(MARGIN))


@pytest.mark.inconclusive(
    {
        "logistic_regression": "4 of 6 agree; -0.036 on average",
    }
)
def test_prevalence_has_the_f1_of_weights(observe, overall):
    """The mean F1 is within 0.05 of that of balanced class weights."""
    assert observe(overall("f1_score", "threshold_prevalence", "class_weight").within(MARGIN))
