"""Counts of decisions: how many rows raise an alarm at each cutoff, and how many positives."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lab.metrics.calibration import log_odds, recalibration
from lab.metrics.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


MOST_SCORES = 1000  # that a calibration is fitted to one by one
STEP = 0.02  # of the log-odds, by which more are taken together


@dataclass(frozen=True)
class Tally:
    """Counts of rows for which decisions were taken, and what these cost.

    Counts are fractions where rows are weighted, or where ties are broken evenly. At several
    cutoffs, ``alarms`` and ``found`` are arrays.

    Attributes
    ----------
    rows, positives : float
        Number of rows, and of positives among them.
    alarms, found : float
        Number of alarms, and of positives among them.
    cost : float
        Total cost; 0 for goals without costs.
    """

    rows: Any
    positives: Any
    alarms: Any
    found: Any
    cost: Any = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __truediv__(self, number: float) -> Tally:
        return Tally(*(getattr(self, f.name) / number for f in fields(self)))

    @property
    def false(self) -> Any:
        """Number of false alarms."""
        return self.alarms - self.found

    @property
    def negatives(self) -> Any:
        """Number of negatives."""
        return self.rows - self.positives


@dataclass(frozen=True, eq=False)
class Counts:
    """False and true alarms at each cutoff.

    Attributes
    ----------
    score : ndarray of shape (n_cutoffs,)
        Distinct scores, highest first; each is a cutoff, from which on rows are alarms.
    false, true : ndarray of shape (n_cutoffs,)
        Weighted number of negatives and of positives with at least that score.
    weights : (float, float)
        Weight of a negative and of a positive row.
    """

    score: Floats
    false: Floats
    true: Floats
    weights: tuple[float, float] = (1.0, 1.0)

    @classmethod
    def of(cls, parts: Sequence[Counts]) -> Self:
        """Return the counts of several sets of rows together."""
        score = np.concatenate([one.score for one in parts])
        order = np.argsort(-score, kind="stable")  # fast for runs that are sorted
        score = score[order]
        last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
        false, true = (
            np.cumsum(
                np.concatenate([np.diff(getattr(one, name), prepend=0.0) for one in parts])[order]
            )[last]
            for name in ("false", "true")
        )
        return cls(score[last], false, true, parts[0].weights)

    @cached_property
    def calibration(self) -> tuple[float, float]:
        """Intercept and slope that make the probabilities right, see :func:`recalibration`.

        Weights do not matter. Many scores are taken together in steps of the log-odds, each at its
        mean. That is faster, and moves no cutoff of the default session by more than 0.3 %.
        """
        negative, positive = (
            np.diff(alarms, prepend=0.0) / weight
            for alarms, weight in zip((self.false, self.true), self.weights, strict=True)
        )
        odds = log_odds(self.score)
        if len(odds) > MOST_SCORES:
            rows = negative + positive
            starts = np.flatnonzero(np.diff(np.floor(odds / STEP), prepend=np.nan))
            weighted, negative, positive = (
                np.add.reduceat(values, starts) for values in (rows * odds, negative, positive)
            )
            odds = weighted / (negative + positive)
        return recalibration(odds, negative, positive)

    @property
    def tally(self) -> Tally:
        """The counts as a tally of arrays, one value a cutoff."""
        return Tally(
            self.false[-1] + self.true[-1], self.true[-1], self.false + self.true, self.true
        )

    def at(self, cutoff: float | None) -> Tally:
        """Return the tally at a cutoff; at None there is no alarm."""
        flagged = 0 if cutoff is None else int(np.searchsorted(-self.score, -cutoff, side="right"))
        false, true = (
            (float(self.false[flagged - 1]), float(self.true[flagged - 1]))
            if flagged
            else (0.0, 0.0)
        )
        rows, positives = float(self.false[-1] + self.true[-1]), float(self.true[-1])
        return Tally(rows, positives, false + true, true)

    @property
    def average_precision(self) -> float:
        """Mean precision, weighted by the recall that each cutoff adds."""
        found = np.diff(self.true, prepend=0.0)
        return float(np.sum(found * self.true / (self.false + self.true)) / self.true[-1])


@dataclass(frozen=True, eq=False)
class ScoredRows:
    """Scores of rows that a model was not fitted to, such as those of a tested fold.

    Attributes
    ----------
    y_true : ndarray of int8, shape (n_rows,)
        Target.
    y_score : ndarray of shape (n_rows,)
        Probability of class 1.
    values : mapping of str to ndarray of shape (n_rows,)
        Columns of the table that costs are read from.
    time : ndarray of shape (n_rows,) or None
        When each row was observed.
    unit : {"days", "seconds", ""}
        Unit of time; empty for numbers whose unit is unknown.
    around : (float, float)
        The last time before the rows and the first after them, among all rows of the table.
    weights : (float, float)
        Weight of a negative and of a positive row: other than 1 where the share of positives is
        assumed to be another.
    shift : float
        Change of the log-odds by which probabilities fit that share.
    """

    y_true: NDArray[np.int8]
    y_score: Floats
    values: Mapping[str, Floats]
    time: Floats | None = None
    unit: str = ""
    around: tuple[float, float] = (-np.inf, np.inf)
    weights: tuple[float, float] = (1.0, 1.0)
    shift: float = 0.0

    @cached_property
    def counts(self) -> Counts:
        """Weighted number of false and true alarms at each cutoff."""
        return self._counts(slice(None))

    @cached_property
    def weight(self) -> Floats:
        """Weight of each row."""
        return np.where(self.y_true == 1, self.weights[1], self.weights[0])

    @cached_property
    def probability(self) -> Floats:
        """Probability of class 1 under the assumed share of positives."""
        return shifted(self.y_score, self.shift)

    def split(self, codes: NDArray[np.int64]) -> list[Counts]:
        """Return the counts of each set of rows with the same code; those below 0 are left out."""
        return [self._counts(codes == code) for code in np.unique(codes[codes >= 0])]

    def _counts(self, index: Any) -> Counts:
        y_true, y_score = self.y_true[index], self.y_score[index]
        predictions = Predictions(y_true, y_true, y_score)
        false, true = predictions.alarms
        negative, positive = self.weights
        return Counts(predictions.cutoffs, negative * false, positive * true, self.weights)


# Goals choose cutoffs on the same folds, one after another.
@lru_cache(maxsize=64)
def together(folds: tuple[ScoredRows, ...]) -> Counts:
    """Return the counts of several folds together."""
    return Counts.of([rows.counts for rows in folds])


def shifted(probability: Floats, shift: float) -> Floats:
    """Return probabilities whose odds are multiplied by ``exp(shift)``."""
    if not shift:
        return probability
    odds = np.exp(shift) * probability
    result: Floats = odds / (odds + 1 - probability)
    return result
