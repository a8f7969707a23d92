"""Effects with intervals, and the verdicts that expectations of them get.

Pure functions of results. An expectation is written as a comparison::

    gain(result, reference, "recall") > 0
    level(result, "accuracy") - level(result, "recall") > 0.3
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.experiment import Result

CONFIDENCE = 0.95


class Verdict(StrEnum):
    """What the data say of an expectation."""

    HOLDS = "holds"
    INCONCLUSIVE = "inconclusive"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True)
class Effect:
    """A quantity with one value a fold.

    Attributes
    ----------
    what : str
        The quantity, in words.
    values : tuple of float
        One value a fold; of a difference, the folds are paired.
    test_to_train : float
        Rows of a test fold over rows of a training fold.
    """

    what: str
    values: tuple[float, ...]
    test_to_train: float

    @property
    def mean(self) -> float:
        """Mean over folds."""
        return float(np.mean(self.values))

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the corrected resampled t interval of the mean.

        Training sets of cross-validation overlap, so folds are not independent and the plain
        t interval is too narrow. The variance is multiplied by ``1 / n + test_to_train`` in
        place of ``1 / n``, n being the number of folds.

        References
        ----------
        Nadeau and Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
        https://doi.org/10.1023/A:1024068626366
        """
        from scipy.special import stdtrit

        n = len(self.values)
        error = math.sqrt(np.var(self.values, ddof=1) * (1 / n + self.test_to_train))
        half = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
        return self.mean - half, self.mean + half

    def __sub__(self, other: Effect) -> Effect:
        """Return the fold-by-fold difference."""
        values = tuple(a - b for a, b in zip(self.values, other.values, strict=True))
        return Effect(f"{self.what} above {other.what}", values, self.test_to_train)

    def __gt__(self, bound: float) -> Expectation:
        """Expect the effect above a bound."""
        return Expectation(self, ">", bound)

    def __ge__(self, bound: float) -> Expectation:
        """Expect the effect at or above a bound."""
        return Expectation(self, ">=", bound)

    def __lt__(self, bound: float) -> Expectation:
        """Expect the effect below a bound."""
        return Expectation(self, "<", bound)

    def __le__(self, bound: float) -> Expectation:
        """Expect the effect at or below a bound."""
        return Expectation(self, "<=", bound)

    def __str__(self) -> str:
        """Return the quantity, its mean and its interval."""
        low, high = self.interval()
        return f"{self.what} {self.mean:z.3f} [{low:z.3f}, {high:z.3f}]"


RELATIONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Expectation:
    """An effect compared with a bound; true where the effect's mean is on the right side."""

    effect: Effect
    relation: str
    bound: float

    @property
    def verdict(self) -> Verdict:
        """``holds`` if the whole interval agrees, ``contradicted`` if none of it does."""
        agrees = [RELATIONS[self.relation](end, self.bound) for end in self.effect.interval()]
        if all(agrees):
            return Verdict.HOLDS
        return Verdict.INCONCLUSIVE if any(agrees) else Verdict.CONTRADICTED

    def __bool__(self) -> bool:
        """Return whether the effect's mean is on the right side of the bound."""
        return RELATIONS[self.relation](self.effect.mean, self.bound)

    def __str__(self) -> str:
        """Return the effect and what was expected of it."""
        return f"{self.effect}, expected {self.relation} {self.bound:g}"

    def facts(self) -> dict[str, str]:
        """Return the statement and its verdict."""
        return {"statement": str(self), "verdict": str(self.verdict)}


def level(result: Result, metric: str) -> Effect:
    """Return a metric of a result, fold by fold."""
    return Effect(
        metric,
        tuple(result.scores[metric]),
        # Stratified folds of k: one part tests, k - 1 parts train.
        1 / (result.protocol.folds - 1),
    )


def gain(result: Result, reference: Result, metric: str) -> Effect:
    """Return by how much a result's metric exceeds a reference's, fold by fold.

    Raises
    ------
    ValueError
        The two were not cross-validated on the same folds of the same data.
    """
    same_folds = result.protocol == reference.protocol
    if not same_folds or result.dataset["digest"] != reference.dataset["digest"]:
        raise ValueError(f"{result.case.id} and {reference.case.id} do not share their folds")
    effect = level(result, metric) - level(reference, metric)
    strategies = f"{result.case.strategy} above {reference.case.strategy}"
    return replace(effect, what=f"{metric} of {strategies}")
