"""Parts of an answer: estimates and plain counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Self

from lab.observations.effects import CONFIDENCE
from lab.observations.recommendation import interval_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.observations.choice import Choice
    from lab.observations.effects import FoldEffect


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval; None where it is unknown or infinite."""

    estimate: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, effects: Sequence[FoldEffect], *, is_share: bool = False) -> Self:
        """Return the mean of effects over datasets, with its interval at 95 %.

        That of a share is cut at 0 and 1.
        """
        low, high = interval_over(effects, CONFIDENCE)
        if is_share and math.isfinite(low):
            low, high = max(0.0, low), min(1.0, high)
        return cls.around(fmean(effect.mean for effect in effects), low, high)

    @classmethod
    def around(cls, *values: float) -> Self:
        """Return an estimate, low and high end, where numbers that are not finite become None."""
        return cls(*(value if math.isfinite(value) else None for value in values))

    def excludes(self, value: float) -> bool:
        """Return whether the interval is known and does not contain a value."""
        known = self.low is not None and self.high is not None
        return known and not self.low <= value <= self.high  # type: ignore[operator]


@dataclass(frozen=True)
class Gain(Estimate):
    """Difference to the best pair on raw data, in units of the value.

    Attributes
    ----------
    versus : Choice
        That pair.
    better_on, datasets : int
        Number of datasets on which it is better, and of all.
    """

    versus: Choice
    better_on: int
    datasets: int


@dataclass(frozen=True)
class Reached(Estimate):
    """A constrained quantity that cutoffs from other folds reach.

    Attributes
    ----------
    metric : str
        Name of the quantity.
    target : float
        Its bound.
    missed : bool
        Whether the interval lies on the wrong side of the bound.
    """

    metric: str
    target: float
    missed: bool


@dataclass(frozen=True)
class Plain:
    """Plain counts over the tested rows, and the total cost where the goal has one."""

    rows: float
    positives: float
    alarms: float
    found: float
    cost: float | None
