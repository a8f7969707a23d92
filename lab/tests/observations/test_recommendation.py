"""Tests of what is answered."""

import math

import numpy as np
import pytest

from lab.cases import Case
from lab.observations.recommendation import GOALS, Standing, answers
from lab.tests.helpers.examples import make_result


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
    found = answers(results(scores, datasets))
    return next(answer for answer in found if answer.metric == metric)


RAW, SMOTE = ("raw", "xgboost"), ("smote", "xgboost")


def test_a_gain_in_every_fold_is_better_than_doing_nothing():
    """Where the whole interval lies above zero, the best is to be used."""
    found = answer({RAW: [0.2, 0.21, 0.22, 0.2, 0.19], SMOTE: [0.4, 0.42, 0.41, 0.41, 0.4]})
    assert str(found.use) == "smote with xgboost"
    assert found.low > 0
    assert found.standing is Standing.SHOWN


def test_a_gain_that_varies_is_not_shown():
    """Where the interval holds zero and more than the tolerance, raw data are to be used."""
    found = answer({RAW: [0.2, 0.5, 0.3, 0.2, 0.4], SMOTE: [0.4, 0.3, 0.5, 0.4, 0.5]})
    assert found.standing is Standing.NOT_SHOWN
    assert (found.best.strategy, found.use.strategy) == ("smote", "raw")


def test_a_gain_that_does_not_matter_is_none():
    """Where the interval lies within the tolerance, doing nothing is as good."""
    found = answer({RAW: [0.5, 0.51, 0.52, 0.5], SMOTE: [0.501, 0.512, 0.521, 0.5]})
    assert found.standing is Standing.AS_GOOD
    assert str(found.use) == "raw with xgboost"
    assert [str(choice) for choice in found.also] == ["smote with xgboost"]


def test_nothing_is_as_good_while_another_may_be_better():
    """That the best lies within the tolerance is not enough: one that varies may be beyond it."""
    scores = {RAW: [0.5, 0.51, 0.52, 0.5], SMOTE: [0.501, 0.512, 0.521, 0.5]}
    found = answer(scores | {("class_weight", "xgboost"): [0.1, 0.9, 0.3, 0.7]})
    assert found.best.strategy == "smote"
    assert found.standing is Standing.NOT_SHOWN


def test_of_a_loss_the_least_is_best():
    """For the goal of probabilities the lowest Brier loss wins; of equals, raw does."""
    scores = {RAW: [0.1, 0.1], SMOTE: [0.3, 0.3], ("class_weight", "xgboost"): [0.1, 0.1]}
    found = answer(scores, metric="brier_score_loss")
    assert found.standing is Standing.RAW_IS_BEST
    assert found.use == found.best == found.raw


def test_a_lower_loss_is_shown_by_an_interval_below_zero():
    """Of a loss the whole interval of what is better lies below zero."""
    scores = {RAW: [0.3, 0.31, 0.3, 0.32], SMOTE: [0.1, 0.1, 0.11, 0.1]}
    found = answer(scores, metric="brier_score_loss")
    assert found.high < 0
    assert found.standing is Standing.SHOWN


def test_the_interval_widens_with_all_that_was_tried():
    """Another strategy, another model and one that lacks a dataset each widen the interval."""
    scores = {RAW: [0.2, 0.25, 0.3], SMOTE: [0.4, 0.5, 0.6]}
    low = answer(scores).low
    assert answer(scores | {("class_weight", "xgboost"): [0.1, 0.1, 0.1]}).low < low
    assert answer(scores | {("smote", "random_forest"): [0.1, 0.1, 0.1]}).low < low
    many = results(scores | {("class_weight", "xgboost"): [0.1, 0.1, 0.1]}, ("one", "two"))
    assert {found.tried for found in answers(many[:-1])} == {2}


def test_what_beats_raw_with_its_own_model_has_to_beat_raw_with_every_model():
    """Doing nothing is raw data with the model that does best on them."""
    scores = {RAW: [0.2, 0.2, 0.2, 0.2], SMOTE: [0.4, 0.41, 0.4, 0.41]}
    assert answer(scores).standing is Standing.SHOWN
    found = answer(scores | {("raw", "random_forest"): [0.4, 0.4, 0.39, 0.4]})
    assert str(found.raw) == "raw with random_forest"
    assert found.gain == pytest.approx(0.0075)
    assert found.standing is not Standing.SHOWN


def test_over_datasets_the_mean_counts():
    """A gain that is the same on all datasets is shown on few; it is said on how many there is one.

    One that is large on some and a loss on others is not.
    """
    some = results({RAW: [0.2, 0.22, 0.21], SMOTE: [0.4, 0.41, 0.42]}, ("one", "two"))
    more = results({RAW: [0.2, 0.22, 0.21], SMOTE: [0.19, 0.22, 0.2]}, ("three",))
    found = next(a for a in answers(some + more) if a.metric == "f1_score")
    assert found.standing is Standing.SHOWN
    assert (found.better_on, len(found.gains)) == (2, 3)
    varied = results({RAW: [0.1, 0.5, 0.3], SMOTE: [0.4, 0.1, 0.2]}, ("three",))
    found = next(a for a in answers(some + varied) if a.metric == "f1_score")
    assert found.standing is Standing.NOT_SHOWN


def test_what_is_shown_is_used_though_another_scores_more():
    """Of two that score more than raw data the one that varies less may be the one to use."""
    scores = {RAW: [0.2] * 4, SMOTE: [0.40, 0.41, 0.42, 0.4]}
    found = answer(scores | {("class_weight", "xgboost"): [0.1, 0.9, 0.2, 0.8]})
    assert (found.use.strategy, found.best.strategy) == ("smote", "class_weight")
    assert found.standing is Standing.SHOWN
    assert found.gain == pytest.approx(0.2075)


def test_an_interval_of_one_point_shows_nothing():
    """Where all folds gain the same, they do not tell by how much a gain varies."""
    found = answer({RAW: [0.5, 0.5], SMOTE: [0.75, 0.75]})
    assert found.low == found.high == pytest.approx(0.25)
    assert found.standing is Standing.NOT_SHOWN


def test_nothing_is_shown_where_raw_data_lack_a_result():
    """What beats raw data with one model may not beat those with another that were not run."""
    scores = {RAW: [0.2, 0.21, 0.2], SMOTE: [0.4, 0.41, 0.4], ("smote", "random_forest"): [0.1] * 3}
    found = answer(scores)
    assert found.standing is Standing.RAW_PARTIAL
    assert found.use.strategy == "raw"


def test_what_was_not_run_everywhere_was_tried_and_not_compared():
    """A strategy that lacks a dataset, or failed, is neither better nor as good nor worse."""
    some = results({RAW: [0.5, 0.51, 0.5], SMOTE: [0.9, 0.9, 0.9]}, ("one",))
    more = results({RAW: [0.5, 0.51, 0.5]}, ("two",))
    assert {a.standing for a in answers(some + more)} == {Standing.NONE_WHOLE}
    failed = [Case("two", "smote", "xgboost")]
    assert {a.standing for a in answers(more, failed)} == {Standing.NONE_WHOLE}
    assert {a.standing for a in answers(more)} == {Standing.ONLY_RAW}
    near = {RAW: [0.5, 0.51, 0.52, 0.5], ("class_weight", "xgboost"): [0.501, 0.512, 0.521, 0.5]}
    whole = results(near)
    standings = [
        next(a for a in answers(whole, names) if a.metric == "f1_score").standing
        for names in ([], [Case("one", "smote", "xgboost")])
    ]
    assert standings == [Standing.AS_GOOD, Standing.NOT_SHOWN]


def test_without_raw_nothing_is_compared():
    """A best strategy without raw data beside it has a score and no gain."""
    found = answer({SMOTE: [0.4, 0.4]})
    assert found.standing is Standing.NO_RAW
    assert found.use.score == pytest.approx(0.4)


def test_raw_alone_was_compared_with_nothing():
    """Where only raw data were run, no strategy is said to be worse."""
    assert answer({RAW: [0.2, 0.2]}).standing is Standing.ONLY_RAW


def test_a_mistake_is_no_answer():
    """What lets test rows reach a fit is never recommended."""
    leak = ("smote_before_split", "xgboost")
    found = answer({RAW: [0.2, 0.2], leak: [0.9, 0.9]})
    assert found.use.strategy == "raw"
    assert found.tried == 0


@pytest.mark.parametrize("positives", [None, 4])
@pytest.mark.parametrize("folds", [2, 5])
def test_of_equal_pairs_one_is_seldom_called_better(folds, positives):
    """Among six pairs without any effect, with two models' raw data, few answers claim a gain.

    Scores of overlapping training sets are correlated by the share of rows that is tested. With
    few positives a fold they are shares of these.
    """
    rng = np.random.default_rng(0)
    strategies, models = ("smote", "class_weight", "adasyn"), ("xgboost", "random_forest")
    pairs = [(strategy, model) for model in models for strategy in ("raw", *strategies)]
    shown = 0
    for _ in range(300):
        rho = 1 / folds
        shared, own = rng.normal(size=(8, 1)), rng.normal(size=(8, folds))
        values = 0.5 + 0.1 * (math.sqrt(rho) * shared + math.sqrt(1 - rho) * own)
        if positives:
            values = rng.binomial(positives, np.clip(values, 0, 1)) / positives
        scores = dict(zip(pairs, values.tolist(), strict=True))
        shown += answer(scores).standing is Standing.SHOWN
    assert shown <= 300 * 0.025 + 2 * math.sqrt(300 * 0.025)
