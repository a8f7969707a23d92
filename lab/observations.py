"""Effects, expectations of them, and the verdicts that these get.

Pure functions of results. An expectation is written as a comparison::

    gain(result, reference, "recall") > 0
    level(result, "accuracy") - level(result, "recall") > 0.3
    gain(result, reference, "roc_auc_score").within(0.02)
"""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.metrics import METRICS
from lab.statistics import corrected_t_interval, holm, signed_rank_interval, signed_rank_p

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lab.experiment import Result

Series = tuple[tuple[float, ...], ...]

CONFIDENCE = 0.95  # within a dataset: either side of an interval is wrong in 2.5 %
ALPHA = 0.05  # across datasets: either side of a family of claims is wrong in 5 %


class Verdict(StrEnum):
    """What the data say of an expectation."""

    HOLDS = "holds"
    INCONCLUSIVE = "inconclusive"
    CONTRADICTED = "contradicted"


RELATIONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Condition:
    """A relation to a bound: the margin that an expectation states."""

    relation: str
    bound: float

    def met(self, value: float) -> bool:
        """Return whether a value is on the right side of the bound."""
        return RELATIONS[self.relation](value, self.bound)

    def __str__(self) -> str:
        """Return the relation and the bound."""
        return f"{self.relation} {self.bound:g}"


@dataclass(frozen=True)
class Effect(ABC):
    """A quantity; to compare it with a bound is to expect that of it.

    Attributes
    ----------
    what : str
        The quantity, in words.
    values : tuple of float
        What its mean is taken of.
    cases : tuple of str
        Ids of the cases that it is about.
    """

    what: str
    values: tuple[float, ...]
    cases: tuple[str, ...]

    @property
    def mean(self) -> float:
        """Mean of the values."""
        return fmean(self.values)

    @abstractmethod
    def interval(self) -> tuple[float, float]:
        """Return where the effect is likely to lie."""

    @abstractmethod
    def verdict(self, conditions: Sequence[Condition]) -> Verdict:
        """Return what the data say of the effect meeting all conditions."""

    @abstractmethod
    def basis(self, conditions: Sequence[Condition]) -> str:
        """Return what the verdict rests on, in words and figures."""

    def within(self, margin: float) -> Expectation:
        """Expect the effect to be no more than a margin from 0, on either side.

        That it does not differ *significantly* from 0 would not show that.
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
        return f"{self.what} {self.figures}"


@dataclass(frozen=True)
class FoldEffect(Effect):
    """An effect within a dataset, with one value a fold.

    Attributes
    ----------
    test_to_train : float
        Rows of a test fold over rows of a training fold.
    """

    test_to_train: float

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the corrected resampled t interval of the mean."""
        return corrected_t_interval(self.values, self.test_to_train, confidence)

    def verdict(self, conditions: Sequence[Condition]) -> Verdict:
        """Return the verdict: ``holds`` if the whole interval agrees, ``contradicted`` if none."""
        ends = [[condition.met(end) for end in self.interval()] for condition in conditions]
        if all(map(all, ends)):
            return Verdict.HOLDS
        return Verdict.INCONCLUSIVE if all(map(any, ends)) else Verdict.CONTRADICTED

    def basis(self, _conditions: Sequence[Condition]) -> str:
        """Return the number of folds."""
        return f"{len(self.values)} folds"

    def __sub__(self, other: FoldEffect) -> FoldEffect:
        values = tuple(a - b for a, b in zip(self.values, other.values, strict=True))
        cases = tuple(dict.fromkeys(self.cases + other.cases))
        return replace(self, what=f"{self.what} above {other.what}", values=values, cases=cases)


@dataclass(frozen=True)
class OverallEffect(Effect):
    """An effect across datasets, with one value a dataset: the gain over the best rival there.

    Attributes
    ----------
    rivals : tuple of tuple of float
        The gains over each rival, one value a dataset each; a single rival's are ``values``.
    family : tuple of tuple of tuple of float
        The same for the other models.
    greater_is_better : bool
        Which of several rivals is the best.
    """

    rivals: Series = ()
    family: tuple[Series, ...] = ()
    greater_is_better: bool = True

    def interval(self, confidence: float = 1 - 2 * ALPHA) -> tuple[float, float]:
        """Return the interval of the signed-rank test, one dataset a value."""
        return signed_rank_interval(self.values, confidence)

    def p_values(self, conditions: Sequence[Condition], *, adjusted: bool = True) -> list[float]:
        """Return the p-values of two tests: those that would show, and refute, all conditions.

        Adjusted by Holm's method for all members of the family.
        """
        family = ((self.rivals or (self.values,)), *(self.family if adjusted else ()))
        shown, refuted = [], []
        for member in family:
            # All conditions have to be shown; one refuted is enough, and has as many chances.
            shown.append(max(self._p(member, c, up=">" in c.relation) for c in conditions))
            least = min(self._p(member, c, up="<" in c.relation) for c in conditions)
            refuted.append(min(1.0, len(conditions) * least))
        return [holm(shown)[0], holm(refuted)[0]]

    def _p(self, rivals: Series, condition: Condition, *, up: bool) -> float:
        """Return the p-value of the gain over the best rival being above, or below, a bound.

        Which rival is the best is not known: picked by its scores it would look better than it
        is. To beat the best is to beat each; to be beaten by it is to be beaten by any.
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
        """Return the verdict: decided if one of the tests is significant in its family."""
        shown, refuted = self.p_values(conditions)
        if shown <= ALPHA:
            return Verdict.HOLDS
        return Verdict.CONTRADICTED if refuted <= ALPHA else Verdict.INCONCLUSIVE

    def basis(self, conditions: Sequence[Condition]) -> str:
        """Return on how many datasets the mean agrees, and the p-value."""
        agree = sum(all(c.met(value) for c in conditions) for value in self.values)
        p = self.p_values(conditions, adjusted=False)[0]
        text = f"{agree} of {len(self.values)} datasets agree, Wilcoxon p {p:.3f}"
        if self.family:
            holm_p = self.p_values(conditions)[0]
            text += f", {holm_p:.3f} after Holm over {len(self.family) + 1} models"
        return text


@dataclass(frozen=True)
class Expectation:
    """An effect that is to meet conditions; true if the data show that it does."""

    effect: Effect
    conditions: tuple[Condition, ...]

    @property
    def verdict(self) -> Verdict:
        """What the data say."""
        return self.effect.verdict(self.conditions)

    def __bool__(self) -> bool:
        """Return whether the expectation holds."""
        return self.verdict is Verdict.HOLDS

    @property
    def statement(self) -> str:
        """The expectation in words."""
        return f"{self.effect.what} {' and '.join(map(str, self.conditions))}"

    def __str__(self) -> str:
        """Return the effect, what was expected of it, and what the verdict rests on."""
        conditions = " and ".join(map(str, self.conditions))
        return f"{self.effect}, expected {conditions} ({self.effect.basis(self.conditions)})"


@dataclass(frozen=True)
class Observation:
    """An expectation under a name, with the verdict that it is to get.

    Attributes
    ----------
    name : str
        What is observed, in a word or two.
    subject : str
        What it is observed on: a case's id, or a model.
    expectation : Expectation
        Its verdict is compared.
    expected : Verdict or None
        The verdict to get; None where nothing is recorded.
    reason : str
        Why another verdict than ``holds`` is expected.
    key : str
        What its verdict is recorded under; by default its name.
    sentence : str
        What it says, for people.
    """

    name: str
    subject: str
    expectation: Expectation
    expected: Verdict | None = Verdict.HOLDS
    reason: str = ""
    key: str = ""
    sentence: str = ""

    @property
    def surprising(self) -> bool:
        """Whether the verdict is another than the one expected."""
        return self.expected not in (None, self.expectation.verdict)

    def __str__(self) -> str:
        """Return the verdict, the one expected with its reason, and the figures."""
        because = f" ({self.reason})" if self.reason else ""
        expected = f", expected {self.expected}{because}" if self.surprising else because
        return f"{self.expectation.verdict}{expected}: {self.expectation}"

    def facts(self) -> dict[str, Any]:
        """Return everything about the observation, ready for JSON."""
        effect = self.expectation.effect
        low, high = (end if math.isfinite(end) else None for end in effect.interval())
        return {
            "observation": self.name,
            "key": self.key or self.name,
            "subject": self.subject,
            "sentence": self.sentence,
            "statement": self.expectation.statement,
            "conditions": [[c.relation, c.bound] for c in self.expectation.conditions],
            "effect": effect.mean,
            "low": low,
            "high": high,
            "figures": effect.figures,
            "pairs": len(effect.values),
            "verdict": str(self.expectation.verdict),
            "expected": str(self.expected or ""),
            "reason": self.reason,
            "basis": effect.basis(self.expectation.conditions),
            "cases": list(effect.cases),
        }


def level(result: Result, metric: str) -> FoldEffect:
    """Return a metric of a result, fold by fold."""
    return FoldEffect(
        metric,
        tuple(result.scores[metric]),
        (result.case.id,),
        # Stratified folds of k: one part tests, k - 1 parts train.
        test_to_train=1 / (result.protocol.folds - 1),
    )


def gain(result: Result, reference: Result, metric: str) -> FoldEffect:
    """Return by how much a result's metric exceeds a reference's, fold by fold.

    Of a metric with an ideal it is the distance from that which exceeds the other's.

    Raises
    ------
    ValueError
        The two were not cross-validated on the same folds of the same data.
    """
    same_folds = result.protocol == reference.protocol
    if not same_folds or result.dataset["digest"] != reference.dataset["digest"]:
        raise ValueError(f"{result.case.id} and {reference.case.id} do not share their folds")
    effect = _comparable(result, metric) - _comparable(reference, metric)
    strategies = f"{result.case.strategy} above {reference.case.strategy}"
    return replace(effect, what=f"{METRICS[metric].quantity} of {strategies}")


def _comparable(result: Result, metric: str) -> FoldEffect:
    """Return a metric fold by fold, or its distance from what it ought to be."""
    effect = level(result, metric)
    return replace(effect, values=tuple(map(METRICS[metric].comparable, effect.values)))


def overall_gain(
    results: Iterable[Result], model: str, metric: str, strategy: str
) -> OverallEffect:
    """Return by how much a strategy exceeds others on average over datasets, for one model.

    Of several others the best on a dataset counts: the effect is positive where none is as good.

    Parameters
    ----------
    results : iterable of Result
        For each dataset and each model of the family, those of the strategy and of the others.
    model : str
        The model that the effect is about.
    metric, strategy : str
        What is compared.
    """
    rows: dict[str, dict[str, dict[str, Result]]] = {}  # by model, dataset, strategy
    for result in results:
        case = result.case
        rows.setdefault(case.model, {}).setdefault(case.dataset, {})[case.strategy] = result
    rivals = [name for name in next(iter(rows[model].values())) if name != strategy]
    gains = {
        name: tuple(
            tuple(gain(row[strategy], row[rival], metric).mean for row in datasets.values())
            for rival in rivals
        )
        for name, datasets in rows.items()
    }
    greater_is_better = METRICS[metric].greater_is_better
    worst = min if greater_is_better else max
    against = f"the best of {' and '.join(rivals)}" if len(rivals) > 1 else rivals[0]
    own = gains.pop(model)
    return OverallEffect(
        f"{METRICS[metric].quantity} of {strategy} above {against}",
        tuple(map(worst, *own)) if len(own) > 1 else own[0],
        tuple(result.case.id for row in rows[model].values() for result in row.values()),
        rivals=own,
        family=tuple(gains.values()),
        greater_is_better=greater_is_better,
    )
