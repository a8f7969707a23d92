"""Tests of recommendations."""

import math

import numpy as np
import pytest

from lab.cases import Case
from lab.metrics import GOALS
from lab.observations.choice import Standing
from lab.observations.effects import FoldEffect
from lab.observations.goal_table import GoalTable
from lab.observations.goal_value import GoalValue
from lab.observations.recommendation import recommend
from lab.tests.helpers.examples import make_result

SHARE = 0.01  # of positives
# Values of the same prediction for every row.
FLOORS = {"f1": 2 * SHARE / (1 + SHARE), "probabilities": SHARE * (1 - SHARE)}


def results(scores, datasets=("one",)):
    """Return results by strategy and model with these values of any goal, one a fold."""
    found = []
    for dataset in datasets:
        for (strategy, model), values in scores.items():
            result = make_result(Case(dataset, strategy, model), {"value": values}, digest=dataset)
            result.seconds["fit_seconds"] = [2.0 if strategy == "smote" else 1.0]
            found.append(result)
    return found


def value_of(result, values):
    """Return a goal's value for a case."""
    effect = FoldEffect("value", tuple(values), (), test_to_train=result.protocol.test_to_train)
    return GoalValue(effect, effect)


def recommend_from(found, failed=(), references=(), goal="f1"):
    """Return the recommendation for a goal that has the values of these results."""
    table = GoalTable(GOALS[goal])
    for one in found:
        table.values[one.case] = value_of(one, one.scores["value"])
        table.floors[one.case.dataset] = value_of(one, [FLOORS[goal]] * one.protocol.folds)
    return recommend(table, found, failed, references)


def recommended(scores, datasets=("one",), goal="f1"):
    """Return the recommendation for one goal from these values."""
    return recommend_from(results(scores, datasets), goal=goal)


RAW, SMOTE = ("raw", "xgboost"), ("smote", "xgboost")


def test_a_gain_in_every_fold_is_better_than_doing_nothing():
    """If the whole interval is above zero, the best choice is recommended."""
    found = recommended({RAW: [0.2, 0.21, 0.22, 0.2, 0.19], SMOTE: [0.4, 0.42, 0.41, 0.41, 0.4]})
    assert str(found.use) == "smote with xgboost"
    assert found.low > 0
    assert found.standing is Standing.BETTER


def test_a_gain_that_varies_is_not_shown():
    """If the interval contains zero and exceeds the tolerance, raw data are recommended."""
    found = recommended({RAW: [0.2, 0.5, 0.3, 0.2, 0.4], SMOTE: [0.4, 0.3, 0.5, 0.4, 0.5]})
    assert found.standing is Standing.NOT_SHOWN
    assert (found.best.strategy, found.use.strategy) == ("smote", "raw")


def test_a_gain_within_the_tolerance_does_not_count():
    """If the interval is within the tolerance, raw data are as good."""
    found = recommended({RAW: [0.5, 0.51, 0.52, 0.5], SMOTE: [0.501, 0.512, 0.521, 0.5]})
    assert found.standing is Standing.AS_GOOD
    assert str(found.use) == "raw with xgboost"
    assert [str(choice) for choice in found.also] == ["smote with xgboost"]


def test_raw_is_not_as_good_while_another_may_be_better():
    """Raw data are as good only if no candidate may exceed the tolerance, not the best alone."""
    scores = {RAW: [0.5, 0.51, 0.52, 0.5], SMOTE: [0.501, 0.512, 0.521, 0.5]}
    found = recommended(scores | {("class_weight", "xgboost"): [0.1, 0.9, 0.3, 0.7]})
    assert found.best.strategy == "smote"
    assert found.standing is Standing.NOT_SHOWN


def test_the_lowest_loss_is_best():
    """For probabilities the lowest Brier loss is best; of equal ones, that of raw data."""
    scores = {RAW: [0.1, 0.1], SMOTE: [0.3, 0.3], ("class_weight", "xgboost"): [0.1, 0.1]}
    found = recommended(scores, goal="probabilities")
    assert found.standing is Standing.RAW_IS_BEST
    assert found.use == found.best == found.raw


def test_a_lower_loss_is_shown_by_an_interval_below_zero():
    """If lower is better, the whole interval of a better choice is below zero."""
    scores = {RAW: [0.3, 0.31, 0.3, 0.32], SMOTE: [0.1, 0.1, 0.11, 0.1]}
    found = recommended(scores, goal="probabilities")
    assert found.high < 0
    assert found.standing is Standing.BETTER


def test_the_interval_widens_with_each_candidate():
    """Another strategy, another model, or one without a dataset each widen the interval."""
    scores = {RAW: [0.2, 0.25, 0.3], SMOTE: [0.4, 0.5, 0.6]}
    low = recommended(scores).low
    assert recommended(scores | {("class_weight", "xgboost"): [0.1, 0.1, 0.1]}).low < low
    assert recommended(scores | {("smote", "random_forest"): [0.1, 0.1, 0.1]}).low < low
    many = results(scores | {("class_weight", "xgboost"): [0.1, 0.1, 0.1]}, ("one", "two"))
    assert recommend_from(many[:-1]).candidates == 2


def test_a_reference_is_no_candidate():
    """A strategy that only an observation needs is not recommended and widens no interval."""
    scores = {RAW: [0.2, 0.21, 0.22], SMOTE: [0.4, 0.5, 0.6]}
    more = results(scores | {("class_weight", "xgboost"): [0.8, 0.81, 0.8]})
    reference, failed = more[-1].case, Case("one", "adasyn", "xgboost")
    found = recommend_from(more, [failed], [reference, failed])
    assert found == recommend_from(more[:-1])


def test_raw_data_are_compared_with_even_if_not_selected():
    """Raw data that only observations asked for remain what strategies have to beat."""
    found = results({RAW: [0.2, 0.21, 0.22], SMOTE: [0.4, 0.42, 0.41]})
    assert recommend_from(found, references=[found[0].case]).standing is Standing.BETTER


def test_a_better_choice_beats_raw_with_every_model():
    """Doing nothing means raw data with the model that does best on them."""
    scores = {RAW: [0.2, 0.2, 0.2, 0.2], SMOTE: [0.4, 0.41, 0.4, 0.41]}
    assert recommended(scores).standing is Standing.BETTER
    found = recommended(scores | {("raw", "random_forest"): [0.4, 0.4, 0.39, 0.4]})
    assert str(found.raw) == "raw with random_forest"
    assert found.gain == pytest.approx(0.0075)
    assert found.standing is not Standing.BETTER


def test_over_datasets_the_mean_counts():
    """A steady mean gain is shown, with the number of datasets that gain; a varied one is not."""
    some = results({RAW: [0.2, 0.22, 0.21], SMOTE: [0.4, 0.41, 0.42]}, ("one", "two"))
    more = results({RAW: [0.2, 0.22, 0.21], SMOTE: [0.19, 0.22, 0.2]}, ("three",))
    found = recommend_from(some + more)
    assert found.standing is Standing.BETTER
    assert (found.better_on, len(found.gains)) == (2, 3)
    varied = results({RAW: [0.1, 0.5, 0.3], SMOTE: [0.4, 0.1, 0.2]}, ("three",))
    found = recommend_from(some + varied)
    assert found.standing is Standing.NOT_SHOWN


def test_a_steady_gain_is_preferred_to_a_larger_one_that_varies():
    """Of two choices better than raw data, the one that is shown to be is recommended."""
    scores = {RAW: [0.2] * 4, SMOTE: [0.40, 0.41, 0.42, 0.4]}
    found = recommended(scores | {("class_weight", "xgboost"): [0.1, 0.9, 0.2, 0.8]})
    assert (found.use.strategy, found.best.strategy) == ("smote", "class_weight")
    assert found.standing is Standing.BETTER
    assert found.gain == pytest.approx(0.2075)


def test_an_interval_of_one_point_shows_nothing():
    """If all folds gain the same, they do not tell how much the gain varies."""
    found = recommended({RAW: [0.5, 0.5], SMOTE: [0.75, 0.75]})
    assert found.low == found.high == pytest.approx(0.25)
    assert found.standing is Standing.NOT_SHOWN


def test_incomplete_raw_data_are_not_comparable():
    """To beat raw data with one model says nothing of a model that was not run on them."""
    scores = {RAW: [0.2, 0.21, 0.2], SMOTE: [0.4, 0.41, 0.4], ("smote", "random_forest"): [0.1] * 3}
    found = recommended(scores)
    assert found.standing is Standing.RAW_INCOMPLETE
    assert found.use.strategy == "raw"


def test_an_incomplete_candidate_is_counted_but_not_compared():
    """A strategy that lacks a dataset, or failed, is neither better nor as good nor worse."""
    some = results({RAW: [0.5, 0.51, 0.5], SMOTE: [0.9, 0.9, 0.9]}, ("one",))
    more = results({RAW: [0.5, 0.51, 0.5]}, ("two",))
    assert recommend_from(some + more).standing is Standing.NONE_COMPLETE
    failed = [Case("two", "smote", "xgboost")]
    assert recommend_from(more, failed).standing is Standing.NONE_COMPLETE
    assert recommend_from(more).standing is Standing.ONLY_RAW
    near = {RAW: [0.5, 0.51, 0.52, 0.5], ("class_weight", "xgboost"): [0.501, 0.512, 0.521, 0.5]}
    complete = results(near)
    standings = [
        recommend_from(complete, failed).standing
        for failed in ([], [Case("one", "smote", "xgboost")])
    ]
    assert standings == [Standing.AS_GOOD, Standing.NOT_SHOWN]


def test_without_raw_nothing_is_compared():
    """If raw data were not run, the best choice has a score and no gain."""
    found = recommended({SMOTE: [0.4, 0.4]})
    assert found.standing is Standing.NO_RAW
    assert found.use.score == pytest.approx(0.4)


def test_raw_alone_has_no_candidates():
    """If only raw data were run, no strategy is called worse."""
    assert recommended({RAW: [0.2, 0.2]}).standing is Standing.ONLY_RAW


def test_a_mistake_is_not_recommended():
    """A strategy that leaks test rows is never recommended, and is no candidate."""
    leak = ("smote_before_split", "xgboost")
    found = recommended({RAW: [0.2, 0.2], leak: [0.9, 0.9]})
    assert found.use.strategy == "raw"
    assert found.candidates == 0


@pytest.mark.parametrize(
    ("scores", "usable"),
    [
        ([0.031, 0.033, 0.032], True),
        ([0.02, 0.04, 0.03], False),  # the interval contains the floor, 0.0198
        ([0.01, 0.01, 0.01], False),
        ([0.5, 0.5, 0.5], True),
    ],
)
def test_a_choice_is_usable_if_it_beats_the_floor(scores, usable):
    """A choice whose interval does not lie above the floor is not usable, recommended or not."""
    assert recommended({RAW: scores}).usable is usable
    found = recommended({RAW: [0.0, 0.0, 0.0], SMOTE: scores})
    assert found.usable is (usable and found.standing is Standing.BETTER)


def test_a_loss_below_that_of_a_constant_is_usable():
    """If lower is better, the whole interval has to lie below the floor."""
    for scores, usable in (([0.005, 0.006, 0.005], True), ([0.02, 0.03, 0.02], False)):
        assert recommended({RAW: scores}, goal="probabilities").usable is usable


@pytest.mark.parametrize(("folds", "positives"), [(2, None), (5, 4)])
def test_of_equal_pairs_one_is_seldom_called_better(folds, positives):
    """Six candidates without any effect, against raw data with two models, seldom claim a gain.

    Scores of overlapping training sets are correlated, by the share of rows that is tested. With
    few positives in a fold, scores are fractions of their number.
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
        shown += recommended(scores).standing is Standing.BETTER
    assert shown <= 300 * 0.025 + 2 * math.sqrt(300 * 0.025)
