"""Effects, expectations of them, and verdicts: pure functions of numbers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, ClassVar

from lab.observations.condition import Condition
from lab.observations.statistics import (
    corrected_t_interval,
    holm,
    prediction_interval,
    signed_rank_interval,
    signed_rank_p,
)
from lab.observations.verdict import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

Series = tuple[tuple[float, ...], ...]

CONFIDENCE = 0.95  # within a dataset: each end of an interval is wrong in 2.5 % of cases
NO_CHANGE = "no change in any fold"
ALPHA = 0.05  # across datasets: error rate of a family of claims, in each direction


@dataclass(frozen=True)
class Effect(ABC):
    """Mean of a quantity; a comparison with a bound makes it an expectation.

    Attributes
    ----------
    quantity : str
        The quantity, in words.
    values : tuple of float
        Its values, one a fold or one a dataset; NaN where it is undefined.
    cases : tuple of str
        Ids of the cases that it is computed from.
    """

    kind: ClassVar[Kind]

    quantity: str
    values: tuple[float, ...]
    cases: tuple[str, ...]

    @property
    def counted(self) -> tuple[float, ...]:
        """The values that are defined."""
        return tuple(value for value in self.values if not math.isnan(value))

    @property
    def undefined(self) -> str:
        """Why no value is defined; empty if some are."""
        return "" if self.counted else f"{self.quantity} is undefined"

    @property
    def mean(self) -> float:
        """Mean of the values that are defined."""
        return fmean(self.counted)

    @abstractmethod
    def interval(self) -> tuple[float, float]:
        """Return the interval of the mean."""

    @abstractmethod
    def verdict(self, conditions: Sequence[Condition]) -> Verdict:
        """Return the verdict on the effect meeting all conditions."""

    @abstractmethod
    def basis(self, conditions: Sequence[Condition]) -> str:
        """Return the evidence for the verdict, in words and figures."""

    def within(self, margin: float) -> Expectation:
        """Expect the effect to be within a margin around 0.

        This is more than no *significant* difference from 0, which may be for lack of data.
        """
        return Expectation(self, (Condition(">=", -margin), Condition("<=", margin)))

    def __gt__(self, bound: float) -> Expectation:
        return Expectation(self, (Condition(">", bound),))

    def __ge__(self, bound: float) -> Expectation:
        return Expectation(self, (Condition(">=", bound),))

    def __lt__(self, bound: float) -> Expectation:
        return Expectation(self, (Condition("<", bound),))

    def __le__(self, bound: float) -> Expectation:
        return Expectation(self, (Condition("<=", bound),))

    @property
    def figures(self) -> str:
        """The mean and the interval."""
        low, high = self.interval()
        return f"{self.mean:z.3f} [{low:z.3f}, {high:z.3f}]"

    def __str__(self) -> str:
        """Return the quantity, its mean and its interval."""
        return f"{self.quantity} {self.figures}"


@dataclass(frozen=True)
class FoldEffect(Effect):
    """Effect on a dataset, with one value a fold.

    Attributes
    ----------
    test_to_train : float
        Ratio of the rows of a test fold to those of a training fold.
    freedom : int or None
        Degrees of freedom; None for one less than the number of values.
    windows : bool
        Whether folds are windows in time.
    few_groups : int
        Number of groups, if these are too few for a verdict; else 0.
    remark : str
        Remark on the values.
    is_difference : bool
        Whether the values are differences.
    """

    kind = Kind.CASE

    test_to_train: float
    freedom: int | None = None
    windows: bool = False
    few_groups: int = 0
    remark: str = ""
    is_difference: bool = False

    @property
    def figures(self) -> str:
        """The mean and the interval, or in words that all differences are 0."""
        unchanged = self.is_difference and not any(self.counted)
        return NO_CHANGE if unchanged else super().figures

    def __str__(self) -> str:
        """Return the quantity and the figures."""
        return f"{self.quantity}{':' if self.figures == NO_CHANGE else ''} {self.figures}"

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the corrected resampled t interval of the mean; infinite with a single value."""
        if len(self.counted) < 2:
            return -math.inf, math.inf
        freedom = min(self.freedom or len(self.values), len(self.counted) - 1)
        return corrected_t_interval(self.counted, self.test_to_train, confidence, freedom)

    @property
    def undefined(self) -> str:
        """Why no fold counts; empty if some do."""
        why = super().undefined
        return f"{why} in all {self._folds}" if why else ""

    def verdict(self, conditions: Sequence[Condition]) -> Verdict:
        """Return ``holds`` if the whole interval meets the conditions, ``contradicted`` if none.

        With too few groups it is ``inconclusive``.
        """
        if self.few_groups:
            return Verdict.INCONCLUSIVE
        ends = [[condition.met(end) for end in self.interval()] for condition in conditions]
        if all(map(all, ends)):
            return Verdict.HOLDS
        return Verdict.INCONCLUSIVE if all(map(any, ends)) else Verdict.CONTRADICTED

    def basis(self, _conditions: Sequence[Condition]) -> str:
        """Return the number of folds, the remark on them, and the range of the next window."""
        number = len(self.counted)
        basis = [self._folds if number == len(self.values) else f"{number} of {self._folds}"]
        if self.windows and number > 1:
            low, high = prediction_interval(self.counted, CONFIDENCE)
            basis.append(f"next window {low:z.3f} to {high:z.3f}")
        return ", ".join(basis)

    @property
    def _folds(self) -> str:
        folds = f"{len(self.values)} {'windows' if self.windows else 'folds'}"
        few = f"only {self.few_groups} groups" if self.few_groups else ""
        return ", ".join(filter(None, [folds, few, self.remark]))

    def __sub__(self, other: FoldEffect) -> FoldEffect:
        values = tuple(a - b for a, b in zip(self.values, other.values, strict=True))
        cases = tuple(dict.fromkeys(self.cases + other.cases))
        remark = ", ".join(dict.fromkeys(filter(None, [self.remark, other.remark])))
        return replace(
            self,
            quantity=f"{self.quantity} above {other.quantity}",
            values=values,
            cases=cases,
            remark=remark,
            is_difference=True,
        )


@dataclass(frozen=True)
class OverallEffect(Effect):
    """Effect over datasets, with one value a dataset: the gain over the best rival there.

    Attributes
    ----------
    rivals : tuple of tuple of float
        Gains over each rival, one value a dataset; those over a single rival are ``values``.
    family : tuple of tuple of tuple of float
        The same for each other model.
    greater_is_better : bool
        Direction of the metric, which tells the best of several rivals.
    models : tuple of str
        All models of the family, the effect's own among them, sorted.
    """

    kind = Kind.CLAIM

    rivals: Series = ()
    family: tuple[Series, ...] = ()
    greater_is_better: bool = True
    models: tuple[str, ...] = ()

    def interval(self, confidence: float = 1 - 2 * ALPHA) -> tuple[float, float]:
        """Return the interval of the signed-rank test, without any correction."""
        return signed_rank_interval(self.values, confidence)

    def p_values(self, conditions: Sequence[Condition], *, adjusted: bool = True) -> list[float]:
        """Return the p-values of two tests: one shows the conditions, the other refutes them.

        By default they are adjusted for the family by Holm's method.
        """
        family = ((self.rivals or (self.values,)), *(self.family if adjusted else ()))
        shown, refuted = [], []
        for member in family:
            # All conditions must be shown. One that is refuted is enough: Bonferroni's correction.
            shown.append(max(self._p(member, c, up=">" in c.relation) for c in conditions))
            least = min(self._p(member, c, up="<" in c.relation) for c in conditions)
            refuted.append(min(1.0, len(conditions) * least))
        return [holm(shown)[0], holm(refuted)[0]]

    def _p(self, rivals: Series, condition: Condition, *, up: bool) -> float:
        """Return the p-value of the gain over the best rival being above, or below, a bound.

        The best rival is unknown: the one with the best scores looks better than it is. To beat
        the best is to beat each rival, and to be beaten by it is to be beaten by any.
        """
        p_values = [
            signed_rank_p(
                [value - condition.bound for value in values], "greater" if up else "less"
            )
            for values in rivals
        ]
        if up is self.greater_is_better:
            return max(p_values)
        return min(1.0, len(p_values) * min(p_values))

    def verdict(self, conditions: Sequence[Condition]) -> Verdict:
        """Return ``holds`` or ``contradicted`` if that test is significant in its family."""
        shown, refuted = self.p_values(conditions)
        if shown <= ALPHA:
            return Verdict.HOLDS
        return Verdict.CONTRADICTED if refuted <= ALPHA else Verdict.INCONCLUSIVE

    def basis(self, conditions: Sequence[Condition]) -> str:
        """Return the number of datasets that meet the conditions, and the p-value."""
        agree = sum(all(c.met(value) for c in conditions) for value in self.values)
        p = self.p_values(conditions, adjusted=False)[0]
        text = f"{agree} of {len(self.values)} datasets agree, Wilcoxon p {p:.3f}"
        if self.family:
            holm_p = self.p_values(conditions)[0]
            text += f", {holm_p:.3f} after Holm over {len(self.family) + 1} models"
        return text


@dataclass(frozen=True)
class Expectation:
    """Conditions that an effect is expected to meet; true if the data show that it does."""

    effect: Effect
    conditions: tuple[Condition, ...]

    @property
    def verdict(self) -> Verdict:
        """Verdict of the data."""
        return self.effect.verdict(self.conditions)

    def __bool__(self) -> bool:
        """Return whether the expectation holds."""
        return self.verdict is Verdict.HOLDS

    @property
    def statement(self) -> str:
        """The expectation in words."""
        return f"{self.effect.quantity} {' and '.join(map(str, self.conditions))}"

    def __str__(self) -> str:
        """Return the effect, the conditions, and the evidence for the verdict."""
        conditions = " and ".join(map(str, self.conditions))
        return f"{self.effect}, expected {conditions} ({self.effect.basis(self.conditions)})"
