"""Mean scores of strategies over datasets, and the floor that needs no model."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.floor import fold_floors
from lab.observations.observation import shared_metrics
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lab.cases import Result
    from lab.metrics import Metric, Table

Scores = dict[str, float]


def metric_columns(table: Table, results: Iterable[Result]) -> list[Metric]:
    """Return the metrics with a column in a table.

    Those that need value columns have one only if some result has them.
    """
    known = {name for result in results for name in result.scores}
    return [one for one in METRICS.shown_in(table) if not one.columns or one.name in known]


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
    # By dataset, then by metric.
    floors = [
        [fmean(of_metric) for of_metric in zip(*fold_floors(metrics, of_dataset), strict=True)]
        for of_dataset in counts.values()
    ]
    means = map(fmean, zip(*floors, strict=True))
    return {metric.name: mean for metric, mean in zip(metrics, means, strict=False)}
