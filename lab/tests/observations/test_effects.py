"""Tests of effects, expectations and verdicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import datasets
from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.observations.effects import ALPHA, FoldEffect, OverallEffect
from lab.observations.statistics import values_needed
from lab.observations.verdict import Verdict

scores = st.lists(st.floats(0, 1), min_size=2, max_size=20)


def folds(values):
    """Return an effect with these values in folds of five."""
    return FoldEffect("recall", tuple(values), (), 0.25)


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
    """An expectation holds, and is true, if the whole interval meets it."""
    expectation = folds(values) > 0
    assert (expectation.verdict, bool(expectation)) == (verdict, true)


def test_equal_scores_are_at_least_as_good():
    """Equal scores in every fold meet ``>= 0`` and contradict ``> 0``."""
    effect = folds([0.0, 0.0])
    assert (effect >= 0).verdict == (effect <= 0).verdict == Verdict.HOLDS
    assert (effect > 0).verdict == (effect < 0).verdict == Verdict.CONTRADICTED


@given(scores, st.floats(-1, 1))
def test_an_expectation_and_its_opposite_never_both_hold(values, bound):
    """If an expectation holds, its opposite is contradicted."""
    effect = folds(values)
    opposite = {Verdict.HOLDS: Verdict.CONTRADICTED, Verdict.CONTRADICTED: Verdict.HOLDS}
    verdict = (effect > bound).verdict
    assert (effect <= bound).verdict == opposite.get(verdict, Verdict.INCONCLUSIVE)


def overall(*families):
    """Return an effect over datasets with these values, the first model's of a family."""
    return OverallEffect(
        "recall", families[0], (), family=tuple((values,) for values in families[1:])
    )


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
def test_equivalence_needs_an_interval_within_the_margin(values, verdict):
    """Equivalence is a claim of its own, which an uncertain difference does not show."""
    effect = folds(values)
    assert effect.within(0.02).verdict == verdict
    assert effect.within(0.02).statement == "recall >= -0.02 and <= 0.02"


def test_six_datasets_that_agree_are_enough_for_three_models():
    """In a family of three models a claim holds if all six datasets agree, but not if five do."""
    agree, dissent = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (-0.01, 0.2, 0.3, 0.4, 0.5, 0.6)
    others = ((0.1, -0.1, 0.2, -0.2, 0.3, -0.3),) * 2
    assert (overall(agree, *others) > 0).verdict == Verdict.HOLDS
    assert (overall(agree, *others) < 0).verdict == Verdict.CONTRADICTED
    assert (overall(dissent, *others) > 0).verdict == Verdict.INCONCLUSIVE
    assert (overall(dissent) > 0).verdict == Verdict.HOLDS


def test_equivalence_over_datasets_is_tested_from_both_sides():
    """Differences within a margin hold; larger ones in either direction are contradicted."""
    small = (0.001, -0.002, 0.003, -0.004, 0.005, 0.006)
    large = tuple(0.1 + value for value in small)
    assert overall(small).within(0.02).verdict == Verdict.HOLDS
    assert overall(large).within(0.02).verdict == Verdict.CONTRADICTED
    assert (overall(tuple(-v for v in large)).within(0.02)).verdict == Verdict.CONTRADICTED


def test_a_claim_has_its_evidence():
    """The text has mean, interval, datasets that agree, and p before and after correction."""
    effect = overall((0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (0.1, -0.1, 0.2, -0.2, 0.3, -0.3))
    assert str(effect > 0) == (
        "recall 0.350 [0.200, 0.500], expected > 0 "
        "(6 of 6 datasets agree, Wilcoxon p 0.016, 0.031 after Holm over 2 models)"
    )


@pytest.mark.parametrize(("models", "datasets"), [(1, 5), (2, 6), (3, 6), (4, 7)])
def test_fewer_datasets_cannot_decide(models, datasets):
    """With one dataset less than needed, even full agreement is inconclusive."""
    assert values_needed(models, ALPHA) == datasets
    values = tuple(range(1, datasets + 1))
    others = (tuple(-v if v % 2 else v for v in values),) * (models - 1)
    assert (overall(values, *others) > 0).verdict == Verdict.HOLDS
    fewer = [family[:-1] for family in (values, *others)]
    assert (overall(*fewer) > 0).verdict == Verdict.INCONCLUSIVE


# Positives in a test fold of each core dataset.
POSITIVES = {name: datasets.entry(name).minority_rows // 5 for name in datasets.CORE}
REPETITIONS = 200


def differs(effect):
    """Return whether the verdict is that an effect is not zero."""
    return (effect > 0).verdict == "holds" or (effect >= 0).verdict == "contradicted"


def found(rng, positives, recall):
    """Return the recall of five folds if each positive is found with this probability."""
    return rng.binomial(positives, recall, size=(REPETITIONS, 5)) / positives


def test_equal_runs_seldom_differ():
    """Two runs with equal chances get a verdict that they differ in at most 5 % of draws."""
    rng = np.random.default_rng(0)
    effects, means = [], []
    for positives in POSITIVES.values():
        recall = rng.uniform(0.1, 0.9)
        gains = found(rng, positives, recall) - found(rng, positives, recall)
        effects += [folds(row) for row in gains]
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
    """Whether one of three equal strategies beats the others is decided in at most 5 % of draws."""
    rng = np.random.default_rng(0)
    decided = 0
    for _ in range(REPETITIONS):
        own, first, second = rng.normal(size=(3, 6))
        rivals = (tuple(own - first), tuple(own - second))
        effect = OverallEffect("f1", tuple(map(min, *rivals)), (), rivals=rivals)
        decided += (effect > 0).verdict != "inconclusive"
    assert decided / REPETITIONS <= 0.05


def test_the_best_strategy_beats_each_rival():
    """A strategy that beats one rival everywhere and another nowhere is not the best."""
    ahead, behind = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (-0.1, -0.2, -0.3, -0.4, -0.5, -0.6)
    best = OverallEffect("f1", ahead, (), rivals=(ahead, ahead))
    assert (best > 0).verdict == Verdict.HOLDS
    assert (OverallEffect("f1", behind, (), rivals=(ahead, behind)) > 0).verdict == "contradicted"


def test_a_gain_of_0_05_in_recall_is_detected():
    """On page_blocks a gain of 5 % of the positives is detected in most draws."""
    rng = np.random.default_rng(0)
    result = evaluate(Case("page_blocks", "raw", "logistic_regression"), Protocol())
    rows = result.predictions[result.predictions["y_true"] == 1]
    found = rows.groupby("fold")["y_pred"].agg(["size", "sum"])
    missed = (found["size"] - found["sum"]).to_numpy()
    chance = 0.05 * found["size"].sum() / missed.sum()
    more = rng.binomial(missed, chance, size=(REPETITIONS, 5)) / found["size"].to_numpy()
    verdicts = [(folds(row) > 0).verdict for row in more]
    power = np.mean([verdict == "holds" for verdict in verdicts])
    print(f"a gain of {more.mean():.3f} is detected in {power:.0%} of the draws")
    assert power >= 0.75
    assert "contradicted" not in verdicts
