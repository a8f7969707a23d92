"""What is observed: effects of results, and the verdicts that expectations of them are to get.

Pure functions of results. An expectation is written as a comparison::

    gain(result, reference, "recall") > 0
    level(result, "accuracy") - level(result, "recall") > 0.3
    gain(result, reference, "roc_auc_score").within(0.02)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.effects import FoldEffect, OverallEffect, Verdict
from lab.observations.record import ObservationRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.cases import Result
    from lab.observations.effects import Expectation


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
    guarded : bool
        Whether the committed baseline and the marks of its test decide what is expected: it is
        about bundled data under the default protocol.
    missing : bool
        Whether its verdict should have been recorded and was not; the reason says why.
    """

    name: str
    subject: str
    expectation: Expectation
    expected: Verdict | None = Verdict.HOLDS
    reason: str = ""
    key: str = ""
    sentence: str = ""
    guarded: bool = False
    missing: bool = False

    @property
    def surprising(self) -> bool:
        """Whether the verdict is not the expected one, or should have been recorded."""
        return self.missing or self.expected not in (None, self.expectation.verdict)

    def __str__(self) -> str:
        """Return the verdict, the one expected with its reason, and the figures."""
        expected = f", expected {self.expected}" if self.expected and self.surprising else ""
        because = f" ({self.reason})" if self.reason else ""
        return f"{self.expectation.verdict}{expected}{because}: {self.expectation}"

    def record(self) -> ObservationRecord:
        """Return everything about the observation that is logged and reported."""
        effect, conditions = self.expectation.effect, self.expectation.conditions
        low, high = effect.interval()
        return ObservationRecord(
            kind=effect.kind,
            name=self.name,
            key=self.key or self.name,
            subject=self.subject,
            sentence=self.sentence,
            statement=self.expectation.statement,
            conditions=conditions,
            effect=effect.mean,
            low=low,
            high=high,
            figures=effect.figures,
            pairs=len(effect.values),
            verdict=self.expectation.verdict,
            expected=self.expected,
            reason=self.reason,
            basis=effect.basis(conditions),
            cases=effect.cases,
            models=effect.models if isinstance(effect, OverallEffect) else (),
            guarded=self.guarded,
        )


def shared_metrics(results: Iterable[Result]) -> set[str]:
    """Return the names of the metrics that all results have.

    A result of an earlier session lacks the metrics that were added since.
    """
    scores = [set(result.scores) for result in results]
    return set.intersection(*scores) if scores else set()


def level(result: Result, metric: str) -> FoldEffect:
    """Return a metric of a result, fold by fold."""
    silent = result.alarms().count(0) if metric == "precision" else 0
    return FoldEffect(
        metric,
        tuple(result.scores[metric]),
        (result.case.id,),
        # Stratified folds of k: one part tests, k - 1 parts train.
        test_to_train=1 / (result.protocol.folds - 1),
        remark=f"{silent} of {result.case.strategy} without an alarm" if silent else "",
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
        models=tuple(sorted(rows)),
    )
