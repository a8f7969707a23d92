"""Rules that turn scores into decisions, and measure these: the parts that goals are made of.

A rule sees tested rows, and rows that are not tested. It chooses its cutoff on the latter, so that
the value measured on the tested rows is one to expect of further rows. Simulations show that the
out-of-fold predictions of the other folds serve as well as an inner cross-validation, and cost no
fit.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from lab.metrics.tally import shifted, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.metrics.tally import ScoredRows, Tally

Ratio = tuple[Any, Any]  # numerator and denominator, which are summed over folds
Measure = Callable[["Tally"], Ratio]
ROUNDING = 1e-9
DO_NOTHING, FLAG_EVERY_ROW = "do nothing", "flag every row"  # decisions that need no score


@dataclass(frozen=True)
class Decision:
    """Decisions on tested rows, as a goal measures them.

    Attributes
    ----------
    ratio : (float, float)
        Numerator and denominator of the value. Over folds both are summed before they are divided.
    tally : Tally or None
        Counts of the decisions; None if nothing is decided.
    cutoff : float or None
        The score from which on a row is an alarm; None if no cutoff meets the rule, so that there
        is no alarm, or if alarms do not follow from the score alone.
    """

    ratio: tuple[float, float]
    tally: Tally | None = None
    cutoff: float | None = None


@dataclass(frozen=True)
class Constraint:
    """A bound that decisions have to meet.

    Attributes
    ----------
    title : str
        Name of the bounded quantity.
    measure : callable
        ``measure(tally)`` returns the quantity as numerator and denominator.
    bound : float
        The bound.
    least : bool
        Whether it is a lower bound.
    """

    title: str
    measure: Measure
    bound: float
    least: bool = True

    def met(self, tally: Tally) -> Any:
        """Return whether a tally, or each of several, meets the constraint."""
        above, below = self.measure(tally)
        slack = ROUNDING * below
        return (
            above >= self.bound * below - slack
            if self.least
            else (above <= self.bound * below + slack)
        )


class Rule(ABC):
    """A rule that turns scores into decisions, and measures them.

    Attributes
    ----------
    chooses : bool
        Whether it looks at rows that are not tested.
    constraint : Constraint or None
        A bound on its decisions. Strategies that fall short of it would look good, so they are
        compared with cutoffs that meet it exactly on the tested rows.
    measure : callable or None
        ``measure(tally)`` returns numerator and denominator of the value. A rule with a constraint
        has one.
    columns : tuple of str
        Columns of the table that it reads.
    kind : {"score", "expected_cost"}
        Whether alarms follow from the score alone, or from the expected cost of each row.
    per : str
        Period by which alarms are counted; empty for those that count folds.
    ranks_in_fold : bool
        Whether a number of alarms is taken from each tested fold.
    assumed : tuple of str
        Assumptions to state beside its values.
    """

    chooses: ClassVar[bool] = False
    constraint: Constraint | None = None
    measure: Measure | None = None
    columns: tuple[str, ...] = ()
    kind: Literal["score", "expected_cost"] = "score"
    per: str = ""
    ranks_in_fold: bool = False
    assumed: tuple[str, ...] = ()

    @abstractmethod
    def decide(self, tested: ScoredRows, known: Sequence[ScoredRows]) -> Decision:
        """Return the decisions on tested rows.

        Parameters
        ----------
        tested : ScoredRows
            A tested fold.
        known : sequence of ScoredRows
            Folds that are not tested.
        """

    def cutoff(self, _known: Sequence[ScoredRows]) -> float | None:
        """Return the cutoff for further rows; None without one."""
        return None

    def recalibration(self, _known: Sequence[ScoredRows]) -> tuple[float, float] | None:
        """Return intercept and slope that recalibrate log-odds for further rows; None if unused."""
        return None

    def references(self, _tested: ScoredRows) -> dict[str, Decision]:
        """Return the decisions that need no score, by name, where these are worth a comparison."""
        return {}


@dataclass(frozen=True)
class Ranking(Rule):
    """No decision: the average precision of the ranking, a mean over folds."""

    def decide(self, tested: ScoredRows, _known: Sequence[ScoredRows]) -> Decision:
        """Return the average precision of a fold."""
        return Decision((tested.counts.average_precision, 1.0))


@dataclass(frozen=True)
class BrierLoss(Rule):
    """No decision: the mean squared difference between probability and outcome."""

    def decide(self, tested: ScoredRows, _known: Sequence[ScoredRows]) -> Decision:
        """Return the Brier loss of a fold."""
        squares = tested.weight * (tested.probability - tested.y_true) ** 2
        return Decision((float(np.sum(squares)), float(np.sum(tested.weight))))


@dataclass(frozen=True)
class BestCutoff(Rule):
    """The cutoff with the best value of a measure, among those that meet a constraint.

    Of equally good cutoffs it takes the highest, with the fewest alarms.

    Parameters
    ----------
    measure : callable
        ``measure(tally)`` returns numerator and denominator of the value; greater is better. It
        must work on a tally of arrays.
    constraint : Constraint, optional
        Bound that the decisions have to meet.

    Examples
    --------
    >>> import numpy as np
    >>> from lab.metrics import ScoredRows
    >>> y, score = np.array([0, 0, 1, 0, 1], np.int8), np.array([0.1, 0.2, 0.6, 0.7, 0.9])
    >>> rule = BestCutoff(lambda tally: (2 * tally.found, tally.alarms + tally.positives))
    >>> rule.cutoff([ScoredRows(y, score, {})])
    0.6
    """

    measure: Measure
    constraint: Constraint | None = None
    chooses: ClassVar[bool] = True

    def decide(self, tested: ScoredRows, known: Sequence[ScoredRows]) -> Decision:
        """Return the decisions at the best cutoff of the known rows."""
        cutoff = self.cutoff(known)
        tally = tested.counts.at(cutoff)
        return Decision(self.measure(tally), tally, cutoff)

    def cutoff(self, known: Sequence[ScoredRows]) -> float | None:
        """Return the best cutoff; None if none meets the constraint."""
        counts = together(tuple(known))
        tally = counts.tally
        above, below = self.measure(tally)
        value = np.divide(above, below, out=np.full(len(counts.score), -np.inf), where=below != 0)
        if self.constraint is not None:
            value = np.where(self.constraint.met(tally), value, -np.inf)
        best = int(np.argmax(value))
        return float(counts.score[best]) if value[best] > -np.inf else None


@dataclass(frozen=True)
class NetBenefit(Rule):
    """The net benefit of alarms where the probability reaches a threshold.

    Nothing is chosen: the threshold states how many false alarms a found positive is worth, and
    probabilities are taken at their word.

    Parameters
    ----------
    threshold : float
        Probability, between 0 and 1.

    References
    ----------
    Vickers and Elkin, "Decision curve analysis", Medical Decision Making 26, 2006.
    https://doi.org/10.1177/0272989X06295361
    """

    threshold: float

    def decide(self, tested: ScoredRows, _known: Sequence[ScoredRows]) -> Decision:
        """Return the net benefit of a fold."""
        # As a cutoff on scores that are not shifted to another share of positives.
        cutoff = float(shifted(np.array([self.threshold]), -tested.shift)[0])
        tally = tested.counts.at(cutoff)
        return Decision(self._ratio(tally), tally, cutoff)

    def cutoff(self, known: Sequence[ScoredRows]) -> float | None:
        """Return the threshold, on the scale of the scores."""
        return float(shifted(np.array([self.threshold]), -known[0].shift)[0])

    def references(self, tested: ScoredRows) -> dict[str, Decision]:
        """Return the net benefit of no alarm and of flagging every row."""
        none, every = tested.counts.at(None), tested.counts.at(-math.inf)
        return {
            DO_NOTHING: Decision(self._ratio(none), none),
            FLAG_EVERY_ROW: Decision(self._ratio(every), every),
        }

    def _ratio(self, tally: Tally) -> tuple[float, float]:
        odds = self.threshold / (1 - self.threshold)
        return tally.found - odds * tally.false, tally.rows
