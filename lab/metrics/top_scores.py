"""Alarms on the rows with the highest scores, of a fold or of each period of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.metrics.rules import ROUNDING, Decision, Measure, Rule
from lab.metrics.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.metrics.tally import Counts, ScoredRows

PERIODS = {"hour": 1 / 24, "day": 1.0, "week": 7.0}  # in days
DAYS = {"days": 1.0, "seconds": 1 / 86400}  # in the unit of a time column


@dataclass(frozen=True)
class TopScores(Rule):
    """The rows with the highest scores in a tested fold, or in each period of it.

    Models of different folds score on different scales, and a cutoff that is carried over can
    raise far too many alarms, or none. So rows are ranked within the fold. Of rows with equal
    scores at the edge, each counts with the share of them that is left to take.

    Parameters
    ----------
    measure : callable
        ``measure(tally)`` returns numerator and denominator of the value.
    share, number : float
        Share or number of rows to take; the other is 0.
    per : {"", "hour", "day", "week"}
        Period that they are taken from. Periods that are cut by the end of the fold do not count.
    """

    measure: Measure
    share: float = 0.0
    number: float = 0.0
    per: str = ""

    @property
    def ranks_in_fold(self) -> bool:  # type: ignore[override]
        """Whether so many rows are those of a fold, not of a period. A share needs no size."""
        return bool(self.number) and not self.per

    def decide(self, tested: ScoredRows, _known: Sequence[ScoredRows]) -> Decision:
        """Return the decisions on the rows with the highest scores."""
        parts = tested.split(self._periods(tested)) if self.per else [tested.counts]
        tally = sum((self._top(counts) for counts in parts), Tally(0.0, 0.0, 0.0, 0.0))
        return Decision(self.measure(tally), tally)

    def _top(self, counts: Counts) -> Tally:
        alarms = counts.false + counts.true
        rows = float(alarms[-1])
        wanted = min(rows, self.number or max(1.0, round(self.share * rows)))
        place = int(np.searchsorted(alarms, wanted - ROUNDING))
        before, found = (alarms[place - 1], counts.true[place - 1]) if place else (0.0, 0.0)
        taken = (wanted - before) / (alarms[place] - before)
        found += taken * (counts.true[place] - found)
        return Tally(rows, float(counts.true[-1]), wanted, float(found))

    def _periods(self, tested: ScoredRows) -> Any:
        """Return the number of each row's period; -1 in one that is cut by an end of the fold."""
        if tested.time is None:
            raise ValueError("alarms by period need times")
        length = PERIODS[self.per] / DAYS[tested.unit]
        # Weeks start on a Monday, and 1970 on a Thursday. Hours are no exact fractions of days: one
        # that has just begun must not be the one before.
        start = ROUNDING + (3 / 7 if self.per == "week" and tested.unit == "days" else 0)
        numbers = np.floor(tested.time / length + start).astype(np.int64)
        before, after = (
            math.floor(end / length + start) if math.isfinite(end) else None
            for end in tested.around
        )
        is_cut = (numbers == before) | (numbers == after)
        return np.where(is_cut, -1, numbers - numbers.min())
