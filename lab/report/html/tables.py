"""Rows of the page's tables of scores, each score with a shade that shows how good it is."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.metrics import METRICS
from lab.report.html import svg
from lab.report.means import floor_means, group_means
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cases import Case, Result
    from lab.metrics import Metric


def heat(values: Mapping[Any, float], metric: Metric) -> dict[Any, int]:
    """Return the shade of each score among all, from 0 to 100 for the best; 0 if all are equal."""
    if not values:
        return {}
    values = {key: metric.comparable(value) for key, value in values.items()}
    low, high = min(values.values()), max(values.values())
    if high - low < 1e-12:
        return dict.fromkeys(values, 0)
    worst, best = (low, high) if metric.greater_is_better else (high, low)
    return {key: round(100 * (value - worst) / (best - worst)) for key, value in values.items()}


def mean_rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the means over datasets and the costs of each model and strategy, then the floor."""
    datasets = case_names(results, "dataset")
    groups = group_means(results)
    rows: list[dict[str, Any]] = [
        {"model": model, "strategy": strategy, "datasets": number, "scores": scores}
        for (model, strategy), (number, scores) in groups.items()
    ]
    metrics = METRICS.shown_in("strategies")
    for metric in metrics:
        comparable = {
            i: row["scores"][metric.name]
            for i, row in enumerate(rows)
            if row["datasets"] == len(datasets)
            and metric.name in row["scores"]
            and not STRATEGIES[row["strategy"]].leaks
        }
        shades = heat(comparable, metric)
        for i, row in enumerate(rows):
            row.setdefault("heat", {})[metric.name] = shades.get(i)
    if results:
        rows.append(
            {
                "model": "floor",
                "strategy": "dummy",
                "datasets": len(datasets),
                "scores": floor_means(results),
                "heat": {metric.name: None for metric in metrics},
            }
        )
    return rows


def case_rows(results: Sequence[Result], curves: Mapping[Case, Any]) -> list[dict[str, Any]]:
    """Return every case: its scores, their shades among those on its dataset, and its pictures."""
    metrics = METRICS.shown_in("cases")
    shades: dict[tuple[str, str], int] = {}
    by_dataset: dict[str, list[Result]] = {}
    for result in results:
        if not STRATEGIES[result.case.strategy].leaks:
            by_dataset.setdefault(result.case.dataset, []).append(result)
    for group in by_dataset.values():
        for metric in metrics:
            name = metric.name
            means = {r.case.id: r.mean(name) for r in group if name in r.scores}
            shades |= {(case, name): shade for case, shade in heat(means, metric).items()}
    return [
        {
            "result": result,
            "id": f"c{number}",
            "means": {name: result.mean(name) for name in METRICS if name in result.scores},
            "fit": fmean(result.seconds["fit_seconds"]),
            "heat": {metric.name: shades.get((result.case.id, metric.name)) for metric in metrics},
            "paths": svg.case_paths(curves[result.case]) if result.case in curves else None,
            "confusion": curves.get(result.case, {}).get("confusion"),
        }
        for number, result in enumerate(results)
    ]
