"""Mean ranks of strategies over datasets, and their critical difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.effects import ALPHA
from lab.observations.observation import shared_metrics
from lab.observations.statistics import critical_difference, mean_ranks
from lab.report.html.svg import Scale
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.cases import Result
    from lab.metrics import Metric

FEWEST_DATASETS = 5
LEFT, RIGHT = 8, 212  # ends of a picture


@dataclass(frozen=True)
class RankRow:
    """Mean rank of a strategy.

    Attributes
    ----------
    strategy : str
        Its name.
    rank : float
        Mean rank, 1 for the best.
    at : float
        Place of the rank.
    within : bool
        Whether it is within the critical difference from the best.
    """

    strategy: str
    rank: float
    at: float
    within: bool


@dataclass(frozen=True)
class Ranking:
    """Strategies with one model, ranked by one metric.

    Attributes
    ----------
    model : str
        Name of the model.
    metric : Metric
        The metric.
    difference : float
        Critical difference of mean ranks.
    band : (float, float)
        Places of the best rank, and of the last that is not significantly worse.
    rows : list of RankRow
        Strategies, best first.
    """

    model: str
    metric: Metric
    difference: float
    band: tuple[float, float]
    rows: list[RankRow]

    @property
    def worse(self) -> int:
        """Number of strategies that are significantly worse than the best."""
        return sum(not row.within for row in self.rows)


def rankings(results: Sequence[Result]) -> Iterator[Ranking]:
    """Yield the mean ranks of strategies over datasets, for each model and metric.

    With fewer than five datasets there are none. Strategies that lack a dataset, and metrics that
    a result lacks, are left out.
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
            scale = Scale(1, max(2, len(strategies)), LEFT, RIGHT)
            last = ranked[0][0] + difference
            yield Ranking(
                model=model,
                metric=metric,
                difference=difference,
                band=(scale(ranked[0][0]), scale(last)),
                rows=[RankRow(name, rank, scale(rank), rank <= last) for rank, name in ranked],
            )
