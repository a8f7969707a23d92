"""One page on a session: a single HTML file that needs no network."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.answers import RAW, answers
from lab.metrics import METRICS
from lab.models import MODELS
from lab.names import counted
from lab.observations import ALPHA
from lab.report import svg
from lab.report.strategies import TITLES, floor, group_means
from lab.report.text import case_names
from lab.statistics import critical_difference, mean_ranks
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jinja2 import Template

    from lab.experiment import Result
    from lab.record import Record

RANKED = ("average_precision_score", "f1_score", "recall", "brier_score_loss")
FEWEST_RANKED = 5  # datasets
FEW_STRATEGIES = 3  # beyond raw, whose single datasets the trade-off shows
CASE_METRICS = (*TITLES, "recall_at_precision_50", "accuracy")
COLOURS = 6  # of the style sheet
PANEL = svg.Scale(0, 1, 36, 296), svg.Scale(0, 1, 276, 16)  # recall to the right, precision up
INTERVAL = (4, 216)  # the ends of an effect's picture


def page(record: Record) -> str:
    """Return the report on a session as HTML.

    Everything is in the one file; pictures are drawn in it, so that they follow the colours that
    the reader's system prefers.

    Parameters
    ----------
    record : Record
        What was kept of the session.
    """
    results = record.results
    datasets = case_names(results, "dataset")
    verdicts = Counter(facts["verdict"] for facts in record.observations)
    context = {
        "record": record,
        "session": record.session,
        "results": results,
        "datasets": {r.case.dataset: r.dataset for r in results},
        "protocol": record.session["protocol"],
        "verdicts": verdicts,
        "surprises": [f for f in record.observations if f["expected"] not in ("", f["verdict"])],
        "answers": _all_answers(results, datasets),
        "claims": list(_observed(f for f in record.observations if f["subject"] in MODELS)),
        "observed": list(_observed(f for f in record.observations if f["subject"] not in MODELS)),
        "panels": list(_panels(results)),
        "iso": [(f1, svg.iso_f1(f1, *PANEL), PANEL[1](f1 / (2 - f1))) for f1 in svg.ISO_F1],
        "axis": [(value, PANEL[0](value), PANEL[1](value)) for value in svg.AXIS],
        "means": _means(results, datasets),
        "rows": _rows(results, record.curves),
        "mean_columns": list(TITLES),
        "columns": CASE_METRICS,
        "ranks": list(_ranks(results, datasets)),
        "fewest_ranked": FEWEST_RANKED,
        "moved": Counter(c["status"] for c in record.comparisons),
        "metrics": METRICS,
        "strategies": {name: STRATEGIES[name] for name in case_names(results, "strategy")},
        "models": {name: MODELS[name] for name in case_names(results, "model")},
    }
    return _template().render(context)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("lab.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"counted": counted, "number": _number, "signed": _signed}
    return environment.get_template("page.html")


NONE = "\N{EN DASH}"


def _number(value: float | None, digits: int = 3) -> str:
    return NONE if value is None or not math.isfinite(value) else f"{value:z.{digits}f}"


def _signed(value: float | None, digits: int = 3) -> str:
    return NONE if value is None or not math.isfinite(value) else f"{value:+z.{digits}f}"


def _all_answers(results: Sequence[Result], datasets: Sequence[str]) -> list[dict[str, Any]]:
    """Return the answers over all datasets first, if there are several, then those on each."""
    groups = [("", results)] if len(datasets) > 1 else []
    groups += [(name, [r for r in results if r.case.dataset == name]) for name in datasets]
    return [{"dataset": name, "answers": answers(group)} for name, group in groups]


def _observed(observations: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield each observation with its subjects, every effect at its place on one scale."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for facts in observations:
        groups.setdefault(facts["key"], []).append(facts)
    for key, group in groups.items():
        bounds = [bound for facts in group for _, bound in facts["conditions"]]
        ends = [facts[end] for facts in group for end in ("low", "effect", "high")]
        scale = svg.Scale.around([*bounds, *(end for end in ends if end is not None)], *INTERVAL)
        yield {
            "key": key,
            "name": group[0]["observation"],
            "sentence": group[0]["sentence"],
            "verdicts": Counter(facts["verdict"] for facts in group),
            "zero": scale(0),
            "rows": [
                {
                    "facts": facts,
                    "bounds": [scale(bound) for _, bound in facts["conditions"]],
                    "low": scale(facts["low"] if facts["low"] is not None else -math.inf),
                    "high": scale(facts["high"] if facts["high"] is not None else math.inf),
                    "at": scale(facts["effect"]),
                }
                for facts in group
            ],
        }


def _panels(results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """Yield for each model where its strategies stand, recall to the right and precision up."""
    x, y = PANEL
    strategies = [name for name in case_names(results, "strategy") if not STRATEGIES[name].leaks]
    others = [name for name in strategies if name != RAW]
    numbers = {name: number for number, name in enumerate(others, start=1)}
    for model in case_names(results, "model"):
        group = [r for r in results if r.case.model == model and r.case.strategy in strategies]
        places = {
            (r.case.dataset, r.case.strategy): (r.mean("recall"), r.mean("precision"))
            for r in group
        }
        # Means are of the same datasets, or they do not compare.
        whole = [
            dataset
            for dataset in case_names(group, "dataset")
            if all((dataset, name) in places for name in case_names(group, "strategy"))
        ]
        if not whole:
            continue
        means = {
            name: tuple(fmean(places[dataset, name][i] for dataset in whole) for i in (0, 1))
            for name in case_names(group, "strategy")
        }
        points = [
            {
                "name": name,
                "number": numbers.get(name, 0),
                "colour": (numbers[name] - 1) % COLOURS + 1 if name in numbers else 0,
                "x": x(recall),
                "y": y(precision),
                "recall": recall,
                "precision": precision,
                "arrow": RAW in means and name != RAW,
            }
            for name, (recall, precision) in means.items()
        ]
        faint = []
        if len(whole) > 1 and len(others) <= FEW_STRATEGIES and RAW in means:
            faint = [
                (
                    x(places[d, RAW][0]),
                    y(places[d, RAW][1]),
                    x(places[d, n][0]),
                    y(places[d, n][1]),
                    numbers[n],
                    d,
                )
                for d in whole
                for n in means
                if n != RAW
            ]
        raw = next((point for point in points if point["name"] == RAW), None)
        yield {
            "model": model,
            "points": points,
            "raw": raw,
            "faint": faint,
            "datasets": whole,
        }


def _heat(values: Mapping[Any, float], greater_is_better: bool) -> dict[Any, int]:
    """Return for each value how good it is among all, from 0 to 100; equal to 0 if all are."""
    low, high = min(values.values()), max(values.values())
    if high - low < 1e-12:
        return dict.fromkeys(values, 0)
    shares = {key: (value - low) / (high - low) for key, value in values.items()}
    return {key: round(100 * (s if greater_is_better else 1 - s)) for key, s in shares.items()}


def _means(results: Sequence[Result], datasets: Sequence[str]) -> list[dict[str, Any]]:
    """Return each model and strategy with its means over datasets, its cost, and the floor."""
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
        heat = _heat(whole, METRICS[name].greater_is_better) if whole else {}
        for i, row in enumerate(rows):
            row.setdefault("heat", {})[name] = heat.get(i)
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


def _rows(results: Sequence[Result], curves: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every case: scores, how good they are on its dataset, and its pictures."""
    heat: dict[tuple[str, str], int] = {}
    by_dataset: dict[str, list[Result]] = {}
    for result in results:
        if not STRATEGIES[result.case.strategy].leaks:
            by_dataset.setdefault(result.case.dataset, []).append(result)
    for group in by_dataset.values():
        for name in CASE_METRICS:
            values = {r.case.id: METRICS[name].comparable(r.mean(name)) for r in group}
            heat |= {
                (case, name): share
                for case, share in _heat(values, METRICS[name].greater_is_better).items()
            }
    return [
        {
            "result": result,
            "id": f"c{number}",
            "means": {name: result.mean(name) for name in METRICS if name in result.scores},
            "fit": fmean(result.seconds["fit_seconds"]),
            "heat": {name: heat.get((result.case.id, name)) for name in CASE_METRICS},
            "paths": svg.case_paths(curves[result.case.id]) if result.case.id in curves else None,
            "confusion": curves.get(result.case.id, {}).get("confusion"),
        }
        for number, result in enumerate(results)
    ]


def _ranks(results: Sequence[Result], datasets: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield for each metric and model the mean ranks of strategies over datasets."""
    if len(datasets) < FEWEST_RANKED:
        return
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
        for metric in RANKED:
            sign = 1 if METRICS[metric].greater_is_better else -1
            scores = [
                [
                    sign * METRICS[metric].comparable(found[model, s, d].mean(metric))
                    for s in strategies
                ]
                for d in datasets
            ]
            ranks = sorted(zip(mean_ranks(scores), strategies, strict=True))
            x = svg.Scale(1, max(2, len(strategies)), 8, 212)
            best = ranks[0][0]
            yield {
                "model": model,
                "metric": metric,
                "difference": difference,
                "band": (x(best), x(best + difference)),
                "rows": [(name, rank, x(rank), rank <= best + difference) for rank, name in ranks],
                "told_apart": sum(rank > best + difference for rank, _ in ranks),
            }
