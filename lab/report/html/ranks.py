"""Mean ranks of strategies over datasets, and their critical difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.metrics import METRICS
from lab.observations.effects import ALPHA
from lab.observations.observation import shared_metrics
from lab.observations.statistics import critical_difference, mean_ranks
from lab.report.html import svg
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.cases import Result

FEWEST_DATASETS = 5


def ranks(results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """Yield the mean ranks of strategies over datasets, for each model and metric.

    Ranks take at least five datasets. Strategies that lack a dataset, and metrics that a result
    lacks, are left out.
    """
    datasets = case_names(results, "dataset")
    if len(datasets) < FEWEST_DATASETS:
        return
    shared = shared_metrics(results)
    metrics = [metric for metric in METRICS.shown_in("ranks") if metric.name in shared]
    found = {(r.case.model, r.case.strategy, r.case.dataset): r for r in results}
    for model in case_names(results, "model"):
        strategies = [
            name
            for name in case_names(results, "strategy")
            if not STRATEGIES[name].leaks and all((model, name, d) in found for d in datasets)
        ]
        if len(strategies) < 2:
            continue
        difference = critical_difference(len(strategies), len(datasets), ALPHA)
        for metric in metrics:
            sign = 1 if metric.greater_is_better else -1
            scores = [
                [
                    sign * metric.comparable(found[model, strategy, dataset].mean(metric.name))
                    for strategy in strategies
                ]
                for dataset in datasets
            ]
            ranked = sorted(zip(mean_ranks(scores), strategies, strict=True))
            x = svg.Scale(1, max(2, len(strategies)), 8, 212)
            best = ranked[0][0]
            yield {
                "model": model,
                "metric": metric,
                "difference": difference,
                "band": (x(best), x(best + difference)),
                "rows": [(name, rank, x(rank), rank <= best + difference) for rank, name in ranked],
                "told_apart": sum(rank > best + difference for rank, _ in ranked),
            }
