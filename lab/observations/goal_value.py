"""Value of a goal for a case: how well its out-of-fold predictions serve it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lab.metrics import Decision, Tally
from lab.observations.effects import FoldEffect
from lab.observations.observation import few_groups
from lab.splits import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.cases import Result
    from lab.metrics import Constraint, Goal, Rule, ScoredRows
    from lab.metrics.rules import Measure


@dataclass(frozen=True)
class GoalValue:
    """Value of a goal for a case, with what its decisions come to.

    Attributes
    ----------
    promised : FoldEffect
        The value to expect of further rows: cutoffs are chosen on other folds. One contribution a
        tested fold, whose mean is the value.
    compared : FoldEffect
        The value by which cases are compared. It differs from the promise for goals with a
        constraint only: each tested fold has the cutoff that meets it there.
    cutoffs : tuple of float or None
        Cutoff of each tested fold; None where there is no alarm, or no cutoff.
    cutoff : float or None
        Cutoff chosen on all folds, with repeats on those of the first, for a model that is fitted
        to all rows.
    tally : Tally or None
        Counts over the tested folds, a mean over repeats; None for goals that decide nothing.
    reached : FoldEffect or None
        The constrained quantity under the promise's cutoffs.
    chance : FoldEffect or None
        For goals with a constraint, the value of as many alarms at random.
    recalibration : (float, float) or None
        Intercept and slope of the log-odds by which probabilities are recalibrated for further
        rows; None where alarms follow from the score alone.
    """

    promised: FoldEffect
    compared: FoldEffect
    cutoffs: tuple[float | None, ...] = ()
    cutoff: float | None = None
    tally: Tally | None = None
    reached: FoldEffect | None = None
    chance: FoldEffect | None = None
    recalibration: tuple[float, float] | None = None


def goal_value(goal: Goal, result: Result, folds: Sequence[Sequence[ScoredRows]]) -> GoalValue:
    """Return the value of a goal for a case.

    Cutoffs are chosen on the other folds of the same repeat. In time they are chosen on earlier
    windows, so that the first window has none: its rows are not counted, for any case.

    The value is a ratio of sums over the folds of a repeat, so that it agrees with plain counts. A
    fold contributes ``value + k * (n - value * d) / D``, where k is the number of folds, n / d the
    fold's own ratio and D the sum of denominators: the linearization of a ratio of means, whose
    spread over folds gives the interval.

    Parameters
    ----------
    goal : Goal
        The goal.
    result : Result
        The case.
    folds : sequence of sequence of ScoredRows
        Its tested rows by repeat and fold, see :func:`scored_folds`.

    References
    ----------
    Cochran, "Sampling Techniques", 3rd edition, 1977, chapter 6.
    """
    rule, constraint = goal.measured, goal.measured.constraint
    promises: list[list[Decision]] = []
    exact: list[list[Decision]] = []
    for repeat in folds:
        tested = _tested(rule, result, repeat)
        promises.append([rule.decide(rows, known) for rows, known in tested])
        if constraint:
            exact.append([rule.decide(rows, [rows]) for rows, _ in tested])
    promised = _effect(goal, result, promises)
    chance = None
    if constraint and rule.measure:
        chance = _effect(goal, result, [_at_random(rule.measure, one) for one in promises])
    tallies = [one.tally for repeat in promises for one in repeat if one.tally]
    return GoalValue(
        promised=promised,
        compared=_effect(goal, result, exact) if constraint else promised,
        cutoffs=tuple(one.cutoff for repeat in promises for one in repeat),
        cutoff=rule.cutoff(folds[0]),
        tally=sum(tallies, Tally(0.0, 0.0, 0.0, 0.0)) / len(folds) if tallies else None,
        reached=_effect(goal, result, promises, constraint) if constraint else None,
        chance=chance,
        recalibration=rule.recalibration(folds[0]),
    )


def _at_random(measure: Measure, decisions: Sequence[Decision]) -> list[Decision]:
    """Return decisions with as many alarms in each fold, at random."""
    tallies = [one.tally or Tally(0.0, 0.0, 0.0, 0.0) for one in decisions]
    by_chance = [
        replace(one, found=one.alarms * one.positives / one.rows if one.rows else 0.0)
        for one in tallies
    ]
    return [Decision(measure(one), one) for one in by_chance]


def reference_values(
    goal: Goal, result: Result, folds: Sequence[Sequence[ScoredRows]]
) -> dict[str, float]:
    """Return the values of decisions that need no score, such as flagging every row, by name."""
    rule = goal.measured
    found: dict[str, list[list[Decision]]] = {}
    for number, repeat in enumerate(folds):
        for rows, _ in _tested(rule, result, repeat):
            for name, decision in rule.references(rows).items():
                found.setdefault(name, [[] for _ in folds])[number].append(decision)
    return {name: _effect(goal, result, decisions).mean for name, decisions in found.items()}


def _tested(
    rule: Rule, result: Result, repeat: Sequence[ScoredRows]
) -> list[tuple[ScoredRows, list[ScoredRows]]]:
    """Return each tested fold of a repeat with the folds that its cutoff may be chosen on."""
    in_time = result.protocol.split == TIME
    pairs = [
        (rows, [*repeat[:place], *(() if in_time else repeat[place + 1 :])])
        for place, rows in enumerate(repeat)
    ]
    return [(rows, known) for rows, known in pairs if known or not rule.chooses]


def _effect(
    goal: Goal,
    result: Result,
    decisions: Sequence[Sequence[Decision]],
    constraint: Constraint | None = None,
) -> FoldEffect:
    """Return the value of decisions by repeat and fold, or of the quantity that a bound is on."""
    protocol = result.protocol
    ratios = [
        [constraint.measure(one.tally) if constraint and one.tally else one.ratio for one in repeat]
        for repeat in decisions
    ]
    return FoldEffect(
        goal.key,
        tuple(
            value
            for repeat in ratios
            for value in contributions(repeat, math.nan if constraint else 0)
        ),
        (result.case.id,),
        test_to_train=protocol.test_to_train,
        freedom=protocol.freedom,
        windows=protocol.split == TIME,
        few_groups=few_groups(result),
    )


def contributions(ratios: Sequence[tuple[float, float]], empty: float = 0.0) -> list[float]:
    """Return the contribution of each fold to a ratio of sums.

    Parameters
    ----------
    ratios : sequence of (float, float)
        Numerator and denominator of each fold.
    empty : float
        Contribution of each fold if all denominators are 0, as that of a precision without alarms.

    Examples
    --------
    >>> contributions([(1, 4), (3, 4)])
    [0.25, 0.75]
    >>> sum(contributions([(1, 2), (3, 6)])) / 2
    0.5
    """
    above, below = sum(n for n, _ in ratios), sum(d for _, d in ratios)
    if not below:
        return [empty] * len(ratios)
    value = above / below
    return [value + len(ratios) * (n - value * d) / below for n, d in ratios]
