"""Costs of decisions: a rule that raises an alarm where that is expected to cost less."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from lab.metrics.calibration import LEAST_PROBABILITY, log_odds
from lab.metrics.rules import DO_NOTHING, FLAG_EVERY_ROW, Decision, Rule
from lab.metrics.tally import Tally, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lab.metrics.tally import ScoredRows

    Floats = NDArray[np.float64]

Price = float | str  # a number, or the column that has it for each row

PER_ROWS = 1000.0  # costs are stated for so many rows


@dataclass(frozen=True)
class ExpectedCost(Rule):
    """Alarms where their expected cost is lower than that of none.

    A missed positive costs ``miss``, a false alarm ``alarm`` and a right one ``hit``; a negative
    that raises no alarm costs nothing. With a probability p of being positive, an alarm is
    expected to cost ``p * hit + (1 - p) * alarm``, and none ``p * miss``.

    Probabilities are calibrated on the known rows by a logistic regression on their log-odds
    (Platt 1999), since most strategies distort them. Where no cost differs by row, the rule is a
    cutoff. Then the one with the lowest cost on the known rows is an alternative, and the better of
    both is taken, as judged by leaving out one known fold at a time.

    Parameters
    ----------
    miss, alarm, hit : float or str
        Costs, or columns of the table that have them.

    References
    ----------
    Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001.
    https://dl.acm.org/doi/10.5555/1642194.1642224

    Bahnsen, Aouada and Ottersten, "Example-Dependent Cost-Sensitive Logistic Regression for Credit
    Scoring", ICMLA 2014. https://doi.org/10.1109/ICMLA.2014.48
    """

    miss: Price
    alarm: Price
    hit: Price
    chooses: ClassVar[bool] = True

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        """Columns with a cost for each row."""
        found = (price for price in (self.miss, self.alarm, self.hit) if isinstance(price, str))
        return tuple(dict.fromkeys(found))

    @property
    def kind(self) -> Literal["score", "expected_cost"]:  # type: ignore[override]
        """Whether alarms follow from the score alone."""
        return "expected_cost" if self.columns else "score"

    @property
    def assumed(self) -> tuple[str, ...]:  # type: ignore[override]
        """Assumptions to state beside costs."""
        return ("a right alarm costs as much as a wrong one",) if self.hit == self.alarm else ()

    def decide(self, tested: ScoredRows, known: Sequence[ScoredRows]) -> Decision:
        """Return the decisions on tested rows, and their cost per 1,000 rows."""
        if not self.columns:
            cutoff = self.cutoff(known)
            return self._decision(self._priced(tested.counts.at(cutoff)), cutoff)
        intercept, slope = _calibration(known)
        p = _expit(intercept + slope * log_odds(tested.y_score))
        miss, alarm, hit = self._prices(tested)
        return self._flag(tested, p * miss > p * hit + (1 - p) * alarm)

    def cutoff(self, known: Sequence[ScoredRows]) -> float | None:
        """Return the cutoff where no cost differs by row; None if it is best to raise no alarm."""
        if self.columns:
            return None
        choices = (self._expected_cutoff, self._tuned_cutoff)
        totals = [0.0, 0.0]
        if len(known) > 2:
            for place, left_out in enumerate(known):
                others = [*known[:place], *known[place + 1 :]]
                for i, choose in enumerate(choices):
                    totals[i] += self._priced(left_out.counts.at(choose(others))).cost
        return choices[int(totals[1] < totals[0])](known)

    def recalibration(self, known: Sequence[ScoredRows]) -> tuple[float, float] | None:
        """Return intercept and slope on the log-odds, where alarms follow from probabilities."""
        return _calibration(known) if self.columns else None

    def references(self, tested: ScoredRows) -> dict[str, Decision]:
        """Return the cost of no alarm and of flagging every row."""
        every = np.ones(len(tested.y_true), dtype=np.bool_)
        return {
            DO_NOTHING: self._flag(tested, ~every),
            FLAG_EVERY_ROW: self._flag(tested, every),
        }

    def _expected_cutoff(self, known: Sequence[ScoredRows]) -> float | None:
        """Return the score at which an alarm and none are expected to cost the same."""
        miss, alarm, hit = (float(price) for price in (self.miss, self.alarm, self.hit))
        saved = miss - hit  # by an alarm on a positive
        if saved <= 0:
            return None
        intercept, slope = _calibration(known)
        needed = math.log(alarm / saved) if alarm else -math.inf  # log-odds from which to alarm
        if slope <= 0:  # scores say nothing: all rows are alike
            share = together(tuple(known)).tally
            return 0.0 if share.positives * saved > share.negatives * alarm else None
        cutoff = float(_expit(np.array((needed - intercept) / slope)))
        # Beyond these probabilities all log-odds are alike, so that the rule flags all or none.
        if cutoff > 1 - LEAST_PROBABILITY:
            return None
        return cutoff if cutoff > LEAST_PROBABILITY else 0.0

    def _tuned_cutoff(self, known: Sequence[ScoredRows]) -> float | None:
        """Return the cutoff with the lowest cost on the known rows, among them that of no alarm."""
        counts = together(tuple(known))
        cost = self._priced(counts.tally).cost
        best = int(np.argmin(cost))
        return (
            float(counts.score[best]) if cost[best] < self._priced(counts.at(None)).cost else None
        )

    def _priced(self, tally: Tally) -> Tally:
        """Return a tally, or several, with the total cost."""
        miss, alarm, hit = (float(price) for price in (self.miss, self.alarm, self.hit))
        missed = tally.positives - tally.found
        cost = miss * missed + alarm * tally.false + hit * tally.found
        return replace(tally, cost=cost)

    def _flag(self, rows: ScoredRows, flagged: NDArray[np.bool_]) -> Decision:
        """Return the decisions where some rows raise an alarm."""
        miss, alarm, hit = self._prices(rows)
        positive, weight = rows.y_true == 1, rows.weight
        cost = np.where(positive, np.where(flagged, hit, miss), np.where(flagged, alarm, 0.0))
        tally = Tally(
            rows=float(np.sum(weight)),
            positives=float(np.sum(weight[positive])),
            alarms=float(np.sum(weight[flagged])),
            found=float(np.sum(weight[flagged & positive])),
            cost=float(np.sum(weight * cost)),
        )
        return self._decision(tally)

    def _decision(self, tally: Tally, cutoff: float | None = None) -> Decision:
        return Decision((PER_ROWS * tally.cost, tally.rows), tally, cutoff)

    def _prices(self, rows: ScoredRows) -> tuple[Any, Any, Any]:
        """Return the three costs, each a number or one value a row."""
        one, two, three = (
            rows.values[price] if isinstance(price, str) else price
            for price in (self.miss, self.alarm, self.hit)
        )
        return one, two, three


def _calibration(known: Sequence[ScoredRows]) -> tuple[float, float]:
    """Return intercept and slope on the log-odds of the scores, fitted to the known rows."""
    intercept, slope = together(tuple(known)).calibration
    return intercept + known[0].shift, slope


def _expit(log_odds: Any) -> Floats:
    from scipy.special import expit

    result: Floats = expit(log_odds)
    return result
