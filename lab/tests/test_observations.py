"""Tests of effects, expectations and verdicts."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import datasets
from lab.experiment import Case, Protocol, evaluate
from lab.observations import (
    ALPHA,
    FoldEffect,
    Observation,
    OverallEffect,
    Verdict,
    gain,
    level,
    overall_gain,
)
from lab.statistics import values_needed
from lab.tests.examples import make_result

scores = st.lists(st.floats(0, 1), min_size=2, max_size=20)


def result(strategy, recall, folds=None, digest="d"):
    """Return a result with these recall scores."""
    protocol = Protocol(folds or len(recall))
    case = Case("data", strategy, "model")
    return make_result(case, {"recall": recall}, protocol=protocol, digest=digest)


def test_a_gain_pairs_folds():
    """A gain is the difference fold by fold, and says what it compares."""
    effect = gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5]), "recall")
    assert effect.values == (0.25, 0.4)
    assert str(effect).startswith("recall of smote above raw 0.325 [")


def test_a_gain_of_a_metric_with_an_ideal_is_one_of_distance():
    """An intercept of -3 exceeds one of 1 by 2: what is compared is how far off each is."""
    one, other = (
        make_result(Case("data", name, "model"), {"calibration_intercept": values})
        for name, values in (("smote", [-3.0, -2.0]), ("raw", [1.0, -0.5]))
    )
    effect = gain(one, other, "calibration_intercept")
    assert effect.values == (2.0, 1.5)
    assert effect.what == "distance of calibration_intercept from 0 of smote above raw"
    assert level(one, "calibration_intercept").values == (-3.0, -2.0)


@pytest.mark.parametrize("other", [{"folds": 3}, {"digest": "other"}])
def test_unpaired_results_are_refused(other):
    """Results of other folds or other data have no paired effect."""
    with pytest.raises(ValueError, match="do not share their folds"):
        gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5], **other), "recall")


@pytest.mark.parametrize(
    ("values", "verdict", "true"),
    [
        ([0.5, 0.51, 0.49], Verdict.HOLDS, True),
        ([0.5, -0.3, 0.1], Verdict.INCONCLUSIVE, False),
        ([-0.5, 0.3, -0.1], Verdict.INCONCLUSIVE, False),
        ([-0.5, -0.51, -0.49], Verdict.CONTRADICTED, False),
        ([0.0, 0.0, 0.0], Verdict.CONTRADICTED, False),
    ],
)
def test_verdicts_follow_the_interval(values, verdict, true):
    """An expectation holds, and is true, if its whole interval agrees."""
    expectation = level(result("raw", values), "recall") > 0
    assert (expectation.verdict, bool(expectation)) == (verdict, true)


def test_no_difference_at_all_is_at_least_as_good():
    """Equal scores in every fold meet ``>= 0`` and contradict ``> 0``."""
    effect = gain(result("a", [1.0, 1.0]), result("b", [1.0, 1.0]), "recall")
    assert (effect >= 0).verdict == (effect <= 0).verdict == Verdict.HOLDS
    assert (effect > 0).verdict == (effect < 0).verdict == Verdict.CONTRADICTED


@given(scores, st.floats(-1, 1))
def test_an_expectation_and_its_opposite_never_both_hold(values, bound):
    """What holds in one direction is contradicted in the other."""
    effect = FoldEffect("x", tuple(values), (), 0.25)
    opposite = {Verdict.HOLDS: Verdict.CONTRADICTED, Verdict.CONTRADICTED: Verdict.HOLDS}
    verdict = (effect > bound).verdict
    assert (effect <= bound).verdict == opposite.get(verdict, Verdict.INCONCLUSIVE)


def overall(*families, what="recall"):
    """Return an effect over datasets with these means, the first of a family of models."""
    return OverallEffect(what, families[0], (), family=tuple((values,) for values in families[1:]))


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([0.001, -0.002, 0.001], Verdict.HOLDS),
        ([0.3, 0.31, 0.29], Verdict.CONTRADICTED),
        ([-0.3, -0.31, -0.29], Verdict.CONTRADICTED),
        ([0.3, -0.3, 0.0], Verdict.INCONCLUSIVE),
        ([0.0, 0.0, 0.0], Verdict.HOLDS),
    ],
)
def test_equivalence_takes_an_interval_within_the_margin(values, verdict):
    """No difference is a claim of its own: uncertainty does not show it, and certainty does."""
    effect = level(result("raw", values), "recall")
    assert effect.within(0.02).verdict == verdict
    assert effect.within(0.02).statement == "recall >= -0.02 and <= 0.02"


def test_six_datasets_that_agree_hold_for_one_of_three_models():
    """With three models in the family a claim holds if all six datasets agree, not if five do."""
    agree, dissent = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (-0.01, 0.2, 0.3, 0.4, 0.5, 0.6)
    others = ((0.1, -0.1, 0.2, -0.2, 0.3, -0.3),) * 2
    assert (overall(agree, *others) > 0).verdict == Verdict.HOLDS
    assert (overall(agree, *others) < 0).verdict == Verdict.CONTRADICTED
    assert (overall(dissent, *others) > 0).verdict == Verdict.INCONCLUSIVE
    assert (overall(dissent) > 0).verdict == Verdict.HOLDS


def test_equivalence_over_datasets_is_tested_from_both_sides():
    """Small differences hold within a margin; one-sided ones beyond it are contradicted."""
    small = (0.001, -0.002, 0.003, -0.004, 0.005, 0.006)
    large = tuple(0.1 + value for value in small)
    assert overall(small).within(0.02).verdict == Verdict.HOLDS
    assert overall(large).within(0.02).verdict == Verdict.CONTRADICTED
    assert (overall(tuple(-v for v in large)).within(0.02)).verdict == Verdict.CONTRADICTED


def test_a_claim_says_what_it_rests_on():
    """The figures are mean, interval, share of datasets, and p before and after Holm's method."""
    effect = overall((0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (0.1, -0.1, 0.2, -0.2, 0.3, -0.3))
    assert str(effect > 0) == (
        "recall 0.350 [0.200, 0.500], expected > 0 "
        "(6 of 6 datasets agree, Wilcoxon p 0.016, 0.031 after Holm over 2 models)"
    )


def test_the_best_of_several_counts():
    """Over datasets a strategy is compared with the best of the others on each, model by model."""
    results = [
        make_result(Case(dataset, strategy, model), {"recall": [score, score]}, digest=dataset)
        for model in ("m", "n")
        for dataset, scores in (("a", (0.5, 0.4, 0.2)), ("b", (0.5, 0.1, 0.6)))
        for strategy, score in zip(("weights", "raw", "smote"), scores, strict=True)
    ]
    effect = overall_gain(results, "m", "recall", "weights")
    assert effect.values == pytest.approx((0.1, -0.1))
    assert list(effect.rivals) == [pytest.approx((0.1, 0.4)), pytest.approx((0.3, -0.1))]
    assert effect.family == (effect.rivals,)
    assert effect.what == "recall of weights above the best of raw and smote"


@pytest.mark.parametrize(("models", "datasets"), [(1, 5), (2, 6), (3, 6), (4, 7)])
def test_fewer_datasets_cannot_decide(models, datasets):
    """With one dataset less than needed even full agreement is inconclusive."""
    assert values_needed(models, ALPHA) == datasets
    values = tuple(range(1, datasets + 1))
    others = (tuple(-v if v % 2 else v for v in values),) * (models - 1)
    assert (overall(values, *others) > 0).verdict == Verdict.HOLDS
    fewer = [family[:-1] for family in (values, *others)]
    assert (overall(*fewer) > 0).verdict == Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("expected", "surprising"),
    [
        (Verdict.HOLDS, False),
        (Verdict.INCONCLUSIVE, True),
        (Verdict.CONTRADICTED, True),
        (None, False),
    ],
)
def test_any_other_verdict_than_the_expected_is_a_surprise(expected, surprising):
    """An observation fails in both directions, and not at all where nothing is recorded."""
    expectation = level(result("raw", [0.5, 0.51, 0.49]), "recall") > 0
    observation = Observation("name", "a-raw-m", expectation, expected, "because")
    assert observation.surprising is surprising
    if surprising:
        assert str(observation).startswith(f"holds, expected {expected} (because): recall 0.500 [")


def test_facts_are_json():
    """What is kept of an observation has statement, effect, interval and both verdicts."""
    expectation = gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5]), "recall") > 0
    facts = Observation("rises", "data-smote-model", expectation).facts()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["statement"] == "recall of smote above raw > 0"
    assert facts["effect"] == pytest.approx(0.325)
    assert facts["low"] < facts["effect"] < facts["high"]
    assert (facts["verdict"], facts["expected"]) == ("inconclusive", "holds")
    assert facts["cases"] == ["data-smote-model", "data-raw-model"]


def differs(effect):
    """Return whether the verdict on an effect is that it is not zero."""
    return (effect > 0).verdict == "holds" or (effect >= 0).verdict == "contradicted"


# Of a dataset: how many positives a fold of five tests, in the core datasets.
POSITIVES = {name: datasets.entry(name).minority_rows // 5 for name in datasets.CORE}
REPETITIONS = 200


def found(rng, positives, recall):
    """Return the recall of five folds in which each positive is found with this probability."""
    return rng.binomial(positives, recall, size=(REPETITIONS, 5)) / positives


def test_two_seeds_of_one_strategy_seldom_differ():
    """Of two runs that find each positive alike, at most 5 % get a verdict that they differ."""
    rng = np.random.default_rng(0)
    effects, means = [], []
    for positives in POSITIVES.values():
        recall = rng.uniform(0.1, 0.9)
        gains = found(rng, positives, recall) - found(rng, positives, recall)
        effects += [FoldEffect("recall", tuple(row), (), 0.25) for row in gains]
        means.append(gains.mean(axis=1))
    models = np.array(means).T.reshape(REPETITIONS, len(POSITIVES))
    claims = [
        overall(tuple(models[i]), tuple(models[i - 1]), tuple(models[i - 2]))
        for i in range(REPETITIONS)
    ]
    rates = [np.mean([differs(effect) for effect in group]) for group in (effects, claims)]
    print(f"false verdicts: {rates[0]:.3f} on a dataset, {rates[1]:.3f} over datasets")
    assert max(rates) <= 0.05


def test_equal_strategies_seldom_beat_each_other():
    """That one of three equal ones is better than the best of the others is seldom decided."""
    rng = np.random.default_rng(0)
    decided = 0
    for _ in range(REPETITIONS):
        own, first, second = rng.normal(size=(3, 6))
        rivals = (tuple(own - first), tuple(own - second))
        effect = OverallEffect("f1", tuple(map(min, *rivals)), (), rivals=rivals)
        decided += (effect > 0).verdict != "inconclusive"
    assert decided / REPETITIONS <= 0.05


def test_to_be_the_best_takes_to_beat_each():
    """A strategy that beats one rival everywhere and another nowhere is not the best."""
    ahead, behind = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (-0.1, -0.2, -0.3, -0.4, -0.5, -0.6)
    best = OverallEffect("f1", ahead, (), rivals=(ahead, ahead))
    assert (best > 0).verdict == Verdict.HOLDS
    assert (OverallEffect("f1", behind, (), rivals=(ahead, behind)) > 0).verdict == "contradicted"


def test_a_gain_of_0_05_in_recall_is_found():
    """On page_blocks a model that finds 5 % more of the positives is seen to, in most draws."""
    rng = np.random.default_rng(0)
    result = evaluate(Case("page_blocks", "raw", "logistic_regression"), Protocol())
    rows = result.predictions[result.predictions["y_true"] == 1]
    folds = rows.groupby("fold")["y_pred"].agg(["size", "sum"])
    missed = (folds["size"] - folds["sum"]).to_numpy()
    chance = 0.05 * folds["size"].sum() / missed.sum()
    more = rng.binomial(missed, chance, size=(REPETITIONS, 5)) / folds["size"].to_numpy()
    verdicts = [(FoldEffect("recall", tuple(row), (), 0.25) > 0).verdict for row in more]
    power = np.mean([verdict == "holds" for verdict in verdicts])
    print(f"a gain of {more.mean():.3f} is found in {power:.0%} of the draws")
    assert power >= 0.75
    assert "contradicted" not in verdicts
