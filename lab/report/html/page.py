"""One page on a session: a single HTML file that needs no network."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from lab.metrics import METRICS
from lab.models import MODELS
from lab.observations.recommendation import Standing, recommend
from lab.report.html import ranks as ranking
from lab.report.html import svg, tables, trade_off
from lab.report.text import case_names
from lab.strategies import STRATEGIES
from lab.wording import and_more, counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Template

    from lab.observations.recommendation import Recommendation
    from lab.observations.record import ObservationRecord
    from lab.report.session_record import SessionRecord

INTERVAL = (4, 216)  # the ends of an effect's picture


def page(record: SessionRecord) -> str:
    """Return the report on a session as HTML.

    Everything is in the one file; pictures are drawn in it, so that they follow the colours that
    the reader's system prefers.

    Parameters
    ----------
    record : SessionRecord
        Everything that it shows.
    """
    results = record.results
    x, y = trade_off.PANEL
    verdicts = Counter(observation.verdict for observation in record.observations)
    context = {
        "record": record,
        "session": record.session,
        "results": results,
        "datasets": {r.case.dataset: r.dataset for r in results},
        "protocol": record.session.protocol,
        "verdicts": verdicts,
        "surprises": [one for one in record.observations if one.surprising],
        "recommendations": {} if record.unfinished else recommendations(record),
        "standings": Standing,
        "claims": list(_observed(one for one in record.observations if one.is_claim)),
        "observed": list(_observed(one for one in record.observations if not one.is_claim)),
        "key": {name: (n, trade_off.colour(n)) for name, n in trade_off.key(results).items()},
        "panels": list(trade_off.panels(results, record.curves)),
        "iso": [(f1, svg.iso_f1(f1, x, y), y(f1 / (2 - f1))) for f1 in svg.ISO_F1],
        "axis": [(value, x(value), y(value)) for value in svg.AXIS],
        "means": tables.mean_rows(results),
        "rows": tables.case_rows(results, record.curves),
        "mean_columns": METRICS.shown_in("strategies"),
        "columns": METRICS.shown_in("cases"),
        "headline": METRICS.shown_in("scores"),
        "ranks": list(ranking.ranks(results)),
        "fewest_ranked": ranking.FEWEST_DATASETS,
        "moved": Counter(comparison.status for comparison in record.comparisons),
        "metrics": METRICS,
        "strategies": {name: STRATEGIES[name] for name in case_names(results, "strategy")},
        "models": {name: MODELS[name] for name in case_names(results, "model")},
    }
    return template().render(context)


@cache
def template() -> Template:
    """Return the compiled template of the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("lab.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "and_more": and_more,
        "counted": counted,
        "listed": listed,
        "number": _number,
        "signed": _signed,
    }
    return environment.get_template("page.html")


NONE = "\N{EN DASH}"


def _number(value: float | None, digits: int = 3) -> str:
    return NONE if value is None or not math.isfinite(value) else f"{value:z.{digits}f}"


def _signed(value: float | None, digits: int = 3) -> str:
    return NONE if value is None or not math.isfinite(value) else f"{value:+z.{digits}f}"


def recommendations(record: SessionRecord) -> dict[str, list[Recommendation]]:
    """Return the recommendations by dataset; first, under ``""``, those over several datasets."""
    datasets = case_names(record.results, "dataset")
    found = {"": recommend(record.results, record.failures)} if len(datasets) > 1 else {}
    for name in datasets:
        results = [result for result in record.results if result.case.dataset == name]
        failed = [case for case in record.failures if case.dataset == name]
        found[name] = recommend(results, failed)
    return found


def _observed(observations: Iterable[ObservationRecord]) -> Iterator[dict[str, Any]]:
    """Yield each observation with its subjects, every effect at its place on one scale."""
    groups: dict[tuple[str, str], list[ObservationRecord]] = {}
    for record in observations:
        groups.setdefault((record.key, record.statement), []).append(record)
    for (key, statement), group in groups.items():
        bounds = [condition.bound for record in group for condition in record.conditions]
        ends = [end for record in group for end in (record.low, record.effect, record.high)]
        scale = svg.Scale.around([*bounds, *ends], *INTERVAL)
        yield {
            "key": key,
            "title": group[0].title,
            "statement": statement,
            "verdicts": Counter(record.verdict for record in group),
            "zero": scale(0),
            "rows": [
                {
                    "record": record,
                    "bounds": [scale(condition.bound) for condition in record.conditions],
                    "low": scale(record.low),
                    "high": scale(record.high),
                    "at": scale(record.effect),
                }
                for record in group
            ],
        }
