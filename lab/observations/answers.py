"""Answers of a session: for each goal what to use on each dataset, and on average."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.observations.answer import CALIBRATION, NO_CASE, SHORTAGE, UNUSABLE, WARNING, Answer
from lab.observations.answer_parts import Estimate, Gain, Plain, Reached
from lab.observations.observation import level
from lab.observations.recommendation import recommend
from lab.observations.shortage import shortage
from lab.splits import GROUP, TIME

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from lab.cases import Case, Result
    from lab.metrics import Goal
    from lab.observations.goal_table import GoalTable
    from lab.observations.goal_value import GoalValue
    from lab.observations.recommendation import Recommendation


def answers(
    tables: Sequence[GoalTable],
    results: Sequence[Result],
    failed: Iterable[Case] = (),
    references: Collection[Case] = (),
    prevalence: float | None = None,
) -> Iterator[Answer]:
    """Yield the answer for each goal: first over all datasets, if there are several, then on each.

    Parameters
    ----------
    tables : sequence of GoalTable
        Values of the goals.
    results : sequence of Result
        Results of a session.
    failed : iterable of Case
        Cases that could not be evaluated.
    references : collection of Case
        Cases that were run only because an observation compares others with them.
    prevalence : float, optional
        The share of positives that the values assume.
    """
    failed = list(failed)
    datasets = list(dict.fromkeys(result.case.dataset for result in results))
    groups: list[str | None] = [None, *datasets] if len(datasets) > 1 else [*datasets]
    for name in groups:
        some = [one for one in results if name in (None, one.case.dataset)]
        missing = [case for case in failed if name in (None, case.dataset)]
        for table in tables:
            yield _answer(name, table, some, missing, references, prevalence)


def _answer(
    dataset: str | None,
    table: GoalTable,
    results: Sequence[Result],
    failed: Sequence[Case],
    references: Collection[Case],
    prevalence: float | None,
) -> Answer:
    goal = table.goal
    rule = goal.measured
    facts: dict[str, Any] = {
        "dataset": dataset,
        "datasets": len({result.case.dataset for result in results}),
        "protocol": results[0].protocol.params if dataset else {},
        "goal": goal.key,
        "title": goal.heading,
        "metric": goal.metric,
        "unit": goal.unit,
        "digits": goal.digits,
        "greater_is_better": goal.greater_is_better,
        "rule": rule.kind,
        "prevalence": prevalence,
        "assumed": list(_assumed(goal, results, prevalence)),
        "warnings": list(_warnings(results)),
    }
    found = recommend(table, results, failed, references)
    if found is None:
        few = shortage(results)
        reason = few or "no strategy has a result on every dataset"
        return Answer(**facts, standing=SHORTAGE if few else NO_CASE, reason=reason)
    use = found.use
    cases = [one for one in results if (one.case.strategy, one.case.model) == use.pair]
    values = [table.values[one.case] for one in cases]
    one = values[0] if dataset else None
    facts |= {
        "choice": use,
        "best": found.best,
        "raw": found.raw,
        "also": list(found.also),
        "floor": found.floor,
        "candidates": found.candidates,
        "gain": _gain(found),
        "references": _mean_references(table, cases),
    }
    promised = [value.promised for value in values]
    if not found.usable:
        # The value that the test is about.
        facts["choice"] = replace(use, score=fmean(one.mean for one in promised))
        than = (
            "as many alarms at random" if rule.constraint else "the same prediction for every row"
        )
        reason = f"not shown to be better than {than}"
        return Answer(**facts, standing=UNUSABLE, reason=reason)
    is_share = goal.unit == "share"
    return Answer(
        **facts,
        standing=found.standing.name.lower(),
        reason=str(found.standing),
        cutoff=one.cutoff if one else None,
        cutoffs=list(one.cutoffs) if one else [],
        value=Estimate.of(promised, is_share=is_share),
        constraint=_reached(goal, values),
        counts=_counts(one, has_cost=goal.metric == "cost") if one else None,
        recalibration=one.recalibration if one else None,
        beside=_metrics(goal.beside if prevalence is None else (), cases),
        calibration=_metrics(CALIBRATION, cases),
    )


def _metrics(names: Iterable[str], results: Sequence[Result]) -> dict[str, Estimate]:
    """Return those metrics that all results have, a mean over datasets."""
    return {
        name: Estimate.of([level(result, name) for result in results])
        for name in names
        if all(name in result.scores for result in results)
    }


def _gain(found: Recommendation) -> Gain | None:
    if not found.gains or found.raw is None:
        return None
    one = Estimate.around(found.gain, found.low, found.high)
    return Gain(one.estimate, one.low, one.high, found.raw, found.better_on, len(found.gains))


def _reached(goal: Goal, values: Sequence[GoalValue]) -> Reached | None:
    constraint = goal.measured.constraint
    # Without an alarm on a dataset, a precision is undefined there.
    effects = [value.reached for value in values if value.reached and value.reached.counted]
    if constraint is None:
        return None
    if not effects:
        return Reached(None, None, None, constraint.title, constraint.bound, missed=False)
    found = Estimate.of(effects, is_share=True)
    end = found.high if constraint.least else found.low
    missed = end is not None and (end < constraint.bound) is constraint.least
    ends = (found.estimate, found.low, found.high)
    return Reached(*ends, constraint.title, constraint.bound, missed and end != constraint.bound)


def _counts(value: GoalValue, *, has_cost: bool) -> Plain | None:
    tally = value.tally
    if tally is None:
        return None
    cost = tally.cost if has_cost else None
    return Plain(tally.rows, tally.positives, tally.alarms, tally.found, cost)


def _mean_references(table: GoalTable, cases: Sequence[Result]) -> dict[str, float]:
    """Return the values of decisions that need no score, a mean over datasets."""
    found = [table.references[one.case.dataset] for one in cases]
    return {name: fmean(of_dataset[name] for of_dataset in found) for name in found[0]}


def _assumed(goal: Goal, results: Sequence[Result], prevalence: float | None) -> Iterator[str]:
    """Yield what the answer assumes."""
    splits = {result.protocol.split for result in results}
    if splits - {GROUP, TIME}:
        yield "rows are independent of each other"
    if GROUP in splits:
        yield "further rows belong to groups that the model has not seen"
    if TIME in splits:
        yield "the time to come is like the tested windows"
        if goal.measured.chooses:
            yield "the first window chooses cutoffs only; values are over the later ones"
    if prevalence is not None:
        yield (
            f"the share of positives is {100 * prevalence:g} %, and nothing else changes: within "
            "each class, rows are like these"
        )
    if goal.measured.ranks_in_fold:
        sizes = {round(_tested_rows(result)) for result in results}
        size = f"about {min(sizes):,} rows" if len(sizes) == 1 else "the dataset's own size"
        yield f"rows are ranked within a tested fold, of {size}"
    yield from goal.measured.assumed


def _tested_rows(result: Result) -> float:
    """Return the mean number of rows of a tested fold."""
    counts = result.class_counts
    return fmean(counts["test_majority_rows"]) + fmean(counts["test_minority_rows"])


def _warnings(results: Sequence[Result]) -> Iterator[str]:
    """Yield the warnings of the data, each once."""
    notes = dict.fromkeys(note for result in results for note in result.notes)
    yield from (note.removeprefix(WARNING) for note in notes if note.startswith(WARNING))
