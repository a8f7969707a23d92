"""Rows of the page's tables of scores, each score with a shade that shows how good it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any, TypeVar

from lab.metrics import METRICS
from lab.observations.effects import CONFIDENCE
from lab.observations.statistics import prediction_interval
from lab.report.html.svg import CasePictures
from lab.report.means import floor_means, group_means
from lab.report.text import case_names
from lab.splits import TIME
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cases import Case, Result
    from lab.metrics import Metric
    from lab.report.means import Scores

K = TypeVar("K")
Shades = dict[str, int]  # by metric; without a shade a score is not compared


@dataclass(frozen=True)
class MeanRow:
    """Means of a strategy with a model.

    Attributes
    ----------
    model, strategy : str
        Their names.
    datasets : int
        Number of datasets with a result.
    scores : dict of str to float
        Means by metric, and costs; see :func:`lab.report.means.group_means`.
    shades : dict of str to int
        Shade of each score among the rows that have every dataset.
    """

    model: str
    strategy: str
    datasets: int
    scores: Scores
    shades: Shades = field(default_factory=dict)


@dataclass(frozen=True)
class CaseRow:
    """A case with its scores and pictures.

    Attributes
    ----------
    result : Result
        Result of the case.
    anchor : str
        Id of its details in the page.
    means : dict of str to float
        Means over folds by metric.
    fit_seconds : float
        Mean duration of a fit.
    shades : dict of str to int
        Shade of each score among those on the same dataset.
    pictures : CasePictures or None
        Pictures of its curves; None if the record has no curves.
    confusion : list of list of int or None
        Rows by true and by predicted class; None likewise.
    next_window : dict of str to tuple of float
        Prediction intervals of the next window in time, by metric; empty for other splits.
    """

    result: Result
    anchor: str
    means: Scores
    fit_seconds: float
    shades: Shades
    pictures: CasePictures | None
    confusion: list[list[int]] | None
    next_window: dict[str, tuple[float, float]]


def shades(values: Mapping[K, float], metric: Metric) -> dict[K, int]:
    """Return the shade of each score among all, from 0 to 100 for the best; 0 if all are equal."""
    if not values:
        return {}
    comparable = {key: metric.comparable(value) for key, value in values.items()}
    low, high = min(comparable.values()), max(comparable.values())
    if high - low < 1e-12:
        return dict.fromkeys(comparable, 0)
    worst, best = (low, high) if metric.greater_is_better else (high, low)
    return {key: round(100 * (value - worst) / (best - worst)) for key, value in comparable.items()}


def mean_rows(results: Sequence[Result]) -> list[MeanRow]:
    """Return the means over datasets and the costs of each model and strategy, then the floor."""
    datasets = len(case_names(results, "dataset"))
    rows = [
        MeanRow(model, strategy, number, scores)
        for (model, strategy), (number, scores) in group_means(results).items()
    ]
    compared = [
        row for row in rows if row.datasets == datasets and not STRATEGIES[row.strategy].leaks
    ]
    for metric in METRICS.shown_in("strategies"):
        name = metric.name
        scores = {i: row.scores[name] for i, row in enumerate(compared) if name in row.scores}
        for i, shade in shades(scores, metric).items():
            compared[i].shades[name] = shade
    floor = [MeanRow("floor", "dummy", datasets, floor_means(results))] if results else []
    return rows + floor


def _next_window(result: Result) -> dict[str, tuple[float, float]]:
    if result.protocol.split != TIME:
        return {}
    return {name: prediction_interval(scores, CONFIDENCE) for name, scores in result.scores.items()}


def case_rows(results: Sequence[Result], curves: Mapping[Case, Mapping[str, Any]]) -> list[CaseRow]:
    """Return every case: its scores, their shades among those on its dataset, and its pictures."""
    by_dataset: dict[str, list[Result]] = {}
    for result in results:
        if not STRATEGIES[result.case.strategy].leaks:
            by_dataset.setdefault(result.case.dataset, []).append(result)
    shades_of: dict[Case, Shades] = {result.case: {} for result in results}
    for group in by_dataset.values():
        for metric in METRICS.shown_in("cases"):
            name = metric.name
            means = {result.case: result.mean(name) for result in group if name in result.scores}
            for case, shade in shades(means, metric).items():
                shades_of[case][name] = shade
    return [
        CaseRow(
            result=result,
            anchor=f"c{number}",
            means={name: result.mean(name) for name in METRICS if name in result.scores},
            fit_seconds=fmean(result.seconds["fit_seconds"]),
            shades=shades_of[result.case],
            pictures=CasePictures.of(kept) if (kept := curves.get(result.case)) else None,
            confusion=kept["confusion"] if kept else None,
            next_window=_next_window(result),
        )
        for number, result in enumerate(results)
    ]
