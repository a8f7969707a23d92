"""Tests of what is answered."""

import math

import pytest

from lab.answers import GOALS, answers
from lab.experiment import Case
from lab.tests.examples import make_result


def results(scores, datasets=("one",)):
    """Return results with these scores of every metric, by strategy and model, one a fold."""
    found = []
    for dataset in datasets:
        for (strategy, model), values in scores.items():
            result = make_result(
                Case(dataset, strategy, model),
                dict.fromkeys(GOALS.values(), values),
                digest=dataset,
            )
            result.seconds["fit_seconds"] = [2.0 if strategy == "smote" else 1.0]
            found.append(result)
    return found


def answer(scores, datasets=("one",), metric="f1_score"):
    """Return the answer for the goal that a metric serves."""
    return next(a for a in answers(results(scores, datasets)) if a.metric == metric)


RAW, SMOTE = ("raw", "xgboost"), ("smote", "xgboost")


def test_a_gain_in_every_fold_is_better_than_doing_nothing():
    """Where the whole interval lies above zero, the answer says so."""
    found = answer({RAW: [0.2, 0.21, 0.22, 0.2, 0.19], SMOTE: [0.4, 0.42, 0.41, 0.41, 0.4]})
    assert str(found.best) == "smote · xgboost"
    assert found.low > 0
    assert found.sentence == "better than doing nothing"


def test_a_gain_that_varies_is_not_shown():
    """Where the interval holds zero and more than the tolerance, nothing is claimed."""
    found = answer({RAW: [0.2, 0.5, 0.3, 0.2, 0.4], SMOTE: [0.4, 0.3, 0.5, 0.4, 0.5]})
    assert found.sentence == "not shown to be better than doing nothing"


def test_a_gain_that_does_not_matter_is_none():
    """Where the interval lies within the tolerance, doing nothing is as good."""
    found = answer({RAW: [0.5, 0.51, 0.52, 0.5], SMOTE: [0.501, 0.512, 0.521, 0.5]})
    assert found.sentence == "doing nothing is as good"
    assert [str(choice) for choice in found.also] == ["raw · xgboost"]


def test_of_a_loss_the_least_is_best():
    """For the goal of probabilities the lowest Brier loss wins; of equals, raw does."""
    scores = {RAW: [0.1, 0.1], SMOTE: [0.3, 0.3], ("class_weight", "xgboost"): [0.1, 0.1]}
    found = answer(scores, metric="brier_score_loss")
    assert found.is_raw
    assert found.sentence == "do nothing: no strategy scores better"


def test_the_interval_widens_with_the_number_of_strategies():
    """The best of two strategies has a wider interval than the only one."""
    scores = {RAW: [0.2, 0.25, 0.3], SMOTE: [0.4, 0.5, 0.6]}
    one = answer(scores)
    two = answer(scores | {("class_weight", "xgboost"): [0.1, 0.1, 0.1]})
    assert two.low < one.low


def test_three_datasets_are_too_few_for_an_interval():
    """With too few datasets it is said on how many the best is better."""
    found = answer({RAW: [0.2, 0.2], SMOTE: [0.4, 0.4]}, ("one", "two", "three"))
    assert math.isinf(found.low)
    assert found.sentence == "not shown to be better; it is on 3 of 3 datasets"


def test_without_raw_nothing_is_compared():
    """A best strategy without raw data beside it has a score and no gain."""
    found = answer({SMOTE: [0.4, 0.4]})
    assert found.sentence == "raw was not run: nothing to compare with"
    assert found.best.score == pytest.approx(0.4)


def test_a_mistake_is_no_answer():
    """What lets test rows reach a fit is never recommended."""
    leak = ("smote_before_split", "xgboost")
    found = answer({RAW: [0.2, 0.2], leak: [0.9, 0.9]})
    assert found.is_raw
