"""Rows of the page's tables: scores, and how good each is among those that it compares with."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.metrics import METRICS
from lab.report.html import svg
from lab.report.means import TITLES, floor, group_means
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cases import Result

CASE_METRICS = (*TITLES, "recall_at_precision_50", "precision_at_recall_80", "accuracy")


def heat(values: Mapping[Any, float], greater_is_better: bool) -> dict[Any, int]:
    """Return for each value how good it is among all, from 0 to 100; equal to 0 if all are."""
    low, high = min(values.values()), max(values.values())
    if high - low < 1e-12:
        return dict.fromkeys(values, 0)
    shares = {key: (value - low) / (high - low) for key, value in values.items()}
    return {key: round(100 * (s if greater_is_better else 1 - s)) for key, s in shares.items()}


def mean_rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return each model and strategy with its means over datasets, its cost, and the floor."""
    datasets = case_names(results, "dataset")
    groups = group_means(results)
    rows: list[dict[str, Any]] = [
        {"model": model, "strategy": strategy, "datasets": number, "scores": scores}
        for (model, strategy), (number, scores) in groups.items()
    ]
    for name in TITLES:
        whole = {
            i: METRICS[name].comparable(row["scores"][name])
            for i, row in enumerate(rows)
            if row["datasets"] == len(datasets) and not STRATEGIES[row["strategy"]].leaks
        }
        shades = heat(whole, METRICS[name].greater_is_better) if whole else {}
        for i, row in enumerate(rows):
            row.setdefault("heat", {})[name] = shades.get(i)
    if results:
        rows.append(
            {
                "model": "floor",
                "strategy": "dummy",
                "datasets": len(datasets),
                "scores": floor(results),
                "heat": dict.fromkeys(TITLES),
            }
        )
    return rows


def case_rows(results: Sequence[Result], curves: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every case: scores, how good they are on its dataset, and its pictures."""
    shades: dict[tuple[str, str], int] = {}
    by_dataset: dict[str, list[Result]] = {}
    for result in results:
        if not STRATEGIES[result.case.strategy].leaks:
            by_dataset.setdefault(result.case.dataset, []).append(result)
    for group in by_dataset.values():
        for name in CASE_METRICS:
            values = {r.case.id: METRICS[name].comparable(r.mean(name)) for r in group}
            shades |= {
                (case, name): share
                for case, share in heat(values, METRICS[name].greater_is_better).items()
            }
    return [
        {
            "result": result,
            "id": f"c{number}",
            "means": {name: result.mean(name) for name in METRICS if name in result.scores},
            "fit": fmean(result.seconds["fit_seconds"]),
            "heat": {name: shades.get((result.case.id, name)) for name in CASE_METRICS},
            "paths": svg.case_paths(curves[result.case.id]) if result.case.id in curves else None,
            "confusion": curves.get(result.case.id, {}).get("confusion"),
        }
        for number, result in enumerate(results)
    ]
