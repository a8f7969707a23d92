"""Mean scores of strategies over datasets, and the floor that needs no model."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from lab.metrics import METRICS, floor
from lab.observations.observation import shared_metrics
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.cases import Result
    from lab.metrics import Metric

Scores = dict[str, float]
LABELS = ("majority", "minority")


def group_means(results: Sequence[Result]) -> dict[tuple[str, str], tuple[int, Scores]]:
    """Return the number of datasets and the mean scores and costs of each model and strategy.

    Scores are those of the metrics of the table of strategies. A metric that some result lacks,
    since it was added later, has no mean. Costs are ``fit``, in seconds a fit, and ``times``, the
    ratio to the seconds on raw data over the datasets that have both.

    Parameters
    ----------
    results : sequence of Result
        In the order in which strategies and models are to appear.
    """
    models, strategies = (case_names(results, part) for part in ("model", "strategy"))
    groups: dict[tuple[str, str], list[Result]] = {
        (model, strategy): [] for model in models for strategy in strategies
    }
    for result in results:
        groups[result.case.model, result.case.strategy].append(result)
    return {
        key: (len(group), _means(group, groups.get((key[0], "raw"), [])))
        for key, group in groups.items()
        if group
    }


def _means(results: Sequence[Result], raw: Sequence[Result]) -> Scores:
    shared = shared_metrics(results)
    found = {
        metric.name: fmean(result.mean(metric.name) for result in results)
        for metric in METRICS.shown_in("strategies")
        if metric.name in shared
    }
    fit = {result.case.dataset: fmean(result.seconds["fit_seconds"]) for result in results}
    base = {result.case.dataset: fmean(result.seconds["fit_seconds"]) for result in raw}
    both = fit.keys() & base.keys()
    found["fit"] = fmean(fit.values())
    if both:
        found["times"] = sum(fit[name] for name in both) / sum(base[name] for name in both)
    return found


def floor_means(results: Iterable[Result]) -> Scores:
    """Return the mean scores if each row gets the share of positives in the training fold.

    Only the class counts of the folds are needed. A metric that is undefined for constant
    predictions is NaN.
    """
    counts = {
        result.case.dataset: result.class_counts
        for result in results
        if not STRATEGIES[result.case.strategy].leaks
    }
    metrics = tuple(METRICS.shown_in("strategies"))
    datasets = [_floor(metrics, of_dataset) for of_dataset in counts.values()]
    return {
        metric.name: fmean(scores[position] for scores in datasets)
        for position, metric in enumerate(metrics)
        if datasets
    }


def _floor(metrics: tuple[Metric, ...], counts: Mapping[str, Sequence[int]]) -> list[float]:
    """Return the floor of each metric on a dataset, its mean over folds."""
    folds = zip(
        *(counts[f"{part}_{label}_rows"] for part in ("train", "test") for label in LABELS),
        strict=True,
    )
    scores = [
        floor(metrics, positives / (negatives + positives), test_negatives, test_positives)
        for negatives, positives, test_negatives, test_positives in folds
    ]
    return [fmean(of_metric) for of_metric in zip(*scores, strict=True)]
