"""Observations: effects of results, and the verdicts that are expected of them.

An expectation is written as a comparison::

    gain(result, reference, "recall") > 0
    level(result, "accuracy") - level(result, "recall") > 0.3
    gain(result, reference, "roc_auc_score").within(0.02)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.effects import FoldEffect, OverallEffect
from lab.observations.record import ObservationRecord
from lab.observations.verdict import Verdict
from lab.splits import FEWEST_GROUPS, GROUP, TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.cases import Result
    from lab.observations.effects import Expectation


@dataclass(frozen=True)
class Observation:
    """An expectation with a name and the verdict that is expected of it.

    Attributes
    ----------
    name : str
        Name, a word or two.
    subject : str
        Id of its case, or the model of a claim.
    expectation : Expectation
        Effect and conditions.
    expected : Verdict or None
        Expected verdict; None if none is recorded.
    reason : str
        Reason why another verdict than ``holds``, or none, is expected.
    key : str
        Key of its verdict in baselines; by default its name.
    sentence : str
        Description for readers.
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
        """Return the verdict, the expected one with its reason, and the figures."""
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
            pairs=len(effect.counted),
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
    """Return a metric of a result, one value a fold; NaN where it is undefined.

    It is where it needs an alarm and there is none, and where the data lack its value columns.

    Examples
    --------
    >>> from lab.cases import Case, Protocol
    >>> from lab.evaluation import evaluate
    >>> raw = evaluate(Case("yeast_me2", "raw", "logistic_regression"), Protocol(folds=3))
    >>> bool(level(raw, "accuracy") > 0.9)
    True
    """
    protocol, remark = result.protocol, ""
    if METRICS[metric].columns and metric not in result.scores:
        scores = [math.nan] * protocol.pairs
        remark = f"without column {' and '.join(map(repr, METRICS[metric].columns))}"
    else:
        scores = result.scores[metric]
    if METRICS[metric].needs_alarm:
        alarms = result.alarms()
        scores = [score if n else math.nan for score, n in zip(scores, alarms, strict=True)]
        if silent := alarms.count(0):
            remark = f"{silent} of {result.case.strategy} without an alarm"
    return FoldEffect(
        metric,
        tuple(scores),
        (result.case.id,),
        test_to_train=protocol.test_to_train,
        freedom=protocol.freedom,
        windows=protocol.split == TIME,
        few_groups=few_groups(result),
        remark=remark,
    )


def few_groups(result: Result) -> int:
    """Return the number of groups that a result's folds are of, if it is too small; else 0."""
    groups: int = result.dataset.get("groups", 0)
    return groups if result.protocol.split == GROUP and groups < FEWEST_GROUPS else 0


def gain(result: Result, reference: Result, metric: str) -> FoldEffect:
    """Return the paired difference of a metric between two results, one value a fold.

    A metric with an ideal value, such as the calibration slope, is compared by its distance from
    that.

    Raises
    ------
    ValueError
        The results are not of the same folds of the same data.

    Examples
    --------
    >>> from lab.cases import Case, Protocol
    >>> from lab.evaluation import evaluate
    >>> raw, smote = (
    ...     evaluate(Case("yeast_me2", strategy, "logistic_regression"), Protocol())
    ...     for strategy in ("raw", "smote")
    ... )
    >>> expectation = gain(smote, raw, "recall") > 0
    >>> expectation.statement
    'recall of smote above raw > 0'
    >>> str(expectation.verdict)
    'holds'
    """
    same_folds = result.protocol == reference.protocol
    if not same_folds or result.dataset["digest"] != reference.dataset["digest"]:
        raise ValueError(f"{result.case.id} and {reference.case.id} do not share their folds")
    effect = _comparable(result, metric) - _comparable(reference, metric)
    strategies = f"{result.case.strategy} above {reference.case.strategy}"
    return replace(effect, quantity=f"{METRICS[metric].quantity} of {strategies}")


def excess(result: Result, reference: Result, metric: str) -> FoldEffect:
    """Return the difference of a metric between two results whose folds have other rows.

    Folds are paired in order, which for independent folds only widens the interval.

    Raises
    ------
    ValueError
        The results have different numbers of folds.
    """
    one, other = level(result, metric), level(reference, metric)
    strategies = f"{result.case.strategy} above {reference.case.strategy}"
    few = max(one.few_groups, other.few_groups)
    return replace(one - other, quantity=f"{metric} of {strategies}", few_groups=few)


def _comparable(result: Result, metric: str) -> FoldEffect:
    """Return a metric, or its distance from its ideal value, one value a fold."""
    effect = level(result, metric)
    return replace(effect, values=tuple(map(METRICS[metric].comparable, effect.values)))


def overall_gain(
    results: Iterable[Result], model: str, metric: str, strategy: str
) -> OverallEffect:
    """Return the gain of a strategy over others with one model, one value a dataset.

    With several others, the gain is that over the best on each dataset. A dataset on which a gain
    is undefined in every fold does not count for that model.

    Parameters
    ----------
    results : iterable of Result
        Results of the strategy and of the others, for each dataset and each model of the family.
    model : str
        Model of the effect.
    metric, strategy : str
        Metric and strategy.

    Examples
    --------
    >>> from lab.cases import Case, Protocol
    >>> from lab.evaluation import evaluate
    >>> results = [
    ...     evaluate(Case(f"synthetic:rows=300,seed={i}", strategy, "decision_tree"), Protocol(2))
    ...     for i in range(5)
    ...     for strategy in ("raw", "class_weight")
    ... ]
    >>> effect = overall_gain(results, "decision_tree", "recall", "class_weight")
    >>> len(effect.values), str((effect > 0).verdict)
    (5, 'inconclusive')
    """
    rows: dict[str, dict[str, dict[str, Result]]] = {}  # by model, dataset, strategy
    for result in results:
        case = result.case
        rows.setdefault(case.model, {}).setdefault(case.dataset, {})[case.strategy] = result
    rivals = [name for name in next(iter(rows[model].values())) if name != strategy]
    means = {
        name: {
            dataset: found
            for dataset, row in by_dataset.items()
            if (found := _mean_gains(row, metric, strategy, rivals))
        }
        for name, by_dataset in rows.items()
    }
    gains = {
        name: tuple(tuple(found[i] for found in counted.values()) for i in range(len(rivals)))
        for name, counted in means.items()
    }
    greater_is_better = METRICS[metric].greater_is_better
    worst = min if greater_is_better else max
    against = f"the best of {' and '.join(rivals)}" if len(rivals) > 1 else rivals[0]
    own = gains.pop(model)
    return OverallEffect(
        f"{METRICS[metric].quantity} of {strategy} above {against}",
        tuple(map(worst, *own)) if len(own) > 1 else own[0],
        tuple(one.case.id for name in means[model] for one in rows[model][name].values()),
        rivals=own,
        family=tuple(gains.values()),
        greater_is_better=greater_is_better,
        models=tuple(sorted(rows)),
    )


def _mean_gains(
    row: Mapping[str, Result], metric: str, strategy: str, rivals: Sequence[str]
) -> list[float]:
    """Return the mean gain over each rival on a dataset; none if one of them is undefined."""
    effects = [gain(row[strategy], row[rival], metric) for rival in rivals]
    return [] if any(one.undefined for one in effects) else [one.mean for one in effects]
