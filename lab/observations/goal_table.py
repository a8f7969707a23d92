"""Values of goals for all cases of a session, and whether its data allow them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lab.errors import LabError, reason
from lab.metrics.tally import together
from lab.metrics.top_scores import DAYS
from lab.observations.goal_value import GoalValue, goal_value, reference_values
from lab.observations.scored_folds import constant_folds, scored_folds
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandas as pd

    from lab.cases import Case, Result
    from lab.cases.row_facts import RowFacts
    from lab.metrics import Goal


class GoalError(LabError):
    """A goal that a dataset does not allow."""


def check_goals(goals: Iterable[Goal], dataset: str, split: str, facts: RowFacts | None) -> None:
    """Check that a dataset allows goals.

    Raises
    ------
    GoalError
        It does not.
    """
    unit = "" if facts is None or facts.time is None else facts.unit
    columns = () if facts is None else tuple(facts.values)
    for goal in goals:
        problem = goal.problem(split, unit, columns)
        if facts is not None and not problem:
            problem = _row_problem(goal, facts)
        if problem:
            raise GoalError(
                f"--goal {goal.key}: dataset {dataset!r} does not allow it, since {problem}"
            )


def _row_problem(goal: Goal, facts: RowFacts) -> str:
    """Return why times or values of some rows do not allow a goal; empty if they do."""
    rule = goal.measured
    if rule.per == "hour" and facts.time is not None:
        day = 1 / DAYS[facts.unit]
        if (facts.time % day == 0).all():
            return "its times are whole days, which do not tell hours: name a column of times"
    for name in rule.columns:
        negative = np.flatnonzero(facts.values[name] < 0)
        if negative.size:
            row, value = int(facts.row[negative[0]]) + 1, facts.values[name][negative[0]]
            return f"column {name!r} has {value:g} in row {row:,}, and costs are 0 or more"
    return ""


@dataclass(frozen=True)
class GoalTable:
    """Values of a goal for all cases, and for decisions that need no model.

    Attributes
    ----------
    goal : Goal
        The goal.
    values : dict of Case to GoalValue
        Value of each case.
    floors : dict of str to GoalValue
        By dataset, the value where every row has the same probability.
    references : dict of str to dict of str to float
        By dataset, the values of decisions that need no score, see :meth:`Rule.references`.
    """

    goal: Goal
    values: dict[Case, GoalValue] = field(default_factory=dict)
    floors: dict[str, GoalValue] = field(default_factory=dict)
    references: dict[str, dict[str, float]] = field(default_factory=dict)


def goal_tables(
    goals: Iterable[Goal],
    results: Iterable[Result],
    read: Callable[[Result], pd.DataFrame],
    facts: Mapping[str, RowFacts],
    prevalence: float | None = None,
) -> list[GoalTable]:
    """Return the values of goals for all cases, a table a goal.

    Parameters
    ----------
    goals : iterable of Goal
        The goals.
    results : iterable of Result
        The cases. Mistakes are left out.
    read : callable
        ``read(result)`` returns the out-of-fold predictions of a case.
    facts : mapping of str to RowFacts
        Times and value columns by dataset, where goals need them.
    prevalence : float, optional
        Share of positives to assume, see :func:`scored_folds`.

    Raises
    ------
    GoalError
        The rule of a goal fails.
    """
    tables = [GoalTable(goal) for goal in goals]
    for result in results:
        case = result.case
        if STRATEGIES[case.strategy].leaks:
            continue
        folds = scored_folds(result, read(result), facts.get(case.dataset), prevalence)
        for table in tables:
            with _explained(table.goal, case):
                table.values[case] = goal_value(table.goal, result, folds)
                if case.dataset not in table.floors:
                    alike = table.goal.measured.chooses
                    constant = constant_folds(folds, result, alike=alike)
                    table.floors[case.dataset] = goal_value(table.goal, result, constant)
                    table.references[case.dataset] = reference_values(table.goal, result, folds)
        together.cache_clear()  # it holds the rows
    return tables


@contextmanager
def _explained(goal: Goal, case: Case) -> Iterator[None]:
    """Name the goal and the case of an error in the rule of a goal, which may be a user's."""
    try:
        yield
    except Exception as error:
        kind = type(error).__name__
        raise GoalError(f"goal {goal.key} fails on {case.id}: {kind}: {reason(error)}") from error
