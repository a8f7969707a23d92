"""The report on a session: one HTML file that needs no network."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from lab.metrics import METRICS
from lab.models import MODELS
from lab.observations.choice import Standing
from lab.observations.effects import NO_CHANGE
from lab.observations.recommendation import recommend
from lab.observations.shortage import shortage
from lab.report.holdout import held_out, holdout_columns
from lab.report.html import ranks, svg, tables, trade_off
from lab.report.html.effects import effect_groups
from lab.report.means import metric_columns
from lab.report.recommendation import NOTHING
from lab.report.split import own_splits, split_rows
from lab.report.text import case_names
from lab.strategies import STRATEGIES
from lab.wording import and_more, counted, listed

if TYPE_CHECKING:
    from jinja2 import Template

    from lab.observations.recommendation import Recommendation
    from lab.report.session_record import SessionRecord

NO_VALUE = "\N{EN DASH}"


def page(record: SessionRecord) -> str:
    """Return the report on a session as HTML.

    Pictures are drawn in the page, so that they follow the colour scheme of the reader's system.

    Parameters
    ----------
    record : SessionRecord
        Everything that it shows.
    """
    results = record.results
    claims = [observation for observation in record.observations if observation.is_claim]
    observed = [observation for observation in record.observations if not observation.is_claim]
    context = {
        "record": record,
        "session": record.session,
        "results": results,
        "datasets": {result.case.dataset: result.dataset for result in results},
        "strategies": {name: STRATEGIES[name] for name in case_names(results, "strategy")},
        "models": {name: MODELS[name] for name in case_names(results, "model")},
        "metrics": METRICS,
        "verdicts": Counter(observation.verdict for observation in record.observations),
        "surprises": sum(observation.surprising for observation in record.observations),
        "statuses": Counter(comparison.status for comparison in record.comparisons),
        "recommendations": {} if record.unfinished else recommendations(record),
        "shortage": shortage,
        "standings": Standing,
        "nothing": NOTHING,
        "no_change": NO_CHANGE,
        "claims": effect_groups(claims),
        "observed": effect_groups(observed),
        "means": tables.mean_rows(results),
        "mean_columns": metric_columns("strategies", results),
        "rows": tables.case_rows(results, record.curves),
        "case_columns": metric_columns("cases", results),
        "headline": metric_columns("scores", results),
        "splits": split_rows(results),
        "held_out": held_out(results),
        "holdout_columns": holdout_columns(results),
        "own_splits": own_splits(results),
        "rankings": list(ranks.rankings(results)),
        "fewest_ranked": ranks.FEWEST_DATASETS,
        **_trade_off(record),
    }
    return template().render(context)


def _trade_off(record: SessionRecord) -> dict[str, Any]:
    """Return the panels of precision against recall, their key, axes and lines of equal F1."""
    x, y = trade_off.RECALL, trade_off.PRECISION
    numbers = trade_off.key(record.results)
    return {
        "panels": list(trade_off.panels(record.results, record.curves)),
        "key": {name: (number, trade_off.colour(number)) for name, number in numbers.items()},
        "ticks": [(value, x(value), y(value)) for value in svg.TICKS],
        "iso_f1": [(f1, svg.iso_f1(f1, x, y), y(f1 / (2 - f1))) for f1 in svg.ISO_F1],
    }


def recommendations(record: SessionRecord) -> dict[str, list[Recommendation]]:
    """Return the recommendations by dataset; first, under ``""``, those over several datasets."""
    datasets = case_names(record.results, "dataset")
    more = (record.failures, record.references)
    found = {"": recommend(record.results, *more)} if len(datasets) > 1 else {}
    for name in datasets:
        results = [result for result in record.results if result.case.dataset == name]
        failed = [case for case in record.failures if case.dataset == name]
        found[name] = recommend(results, failed, record.references)
    return found


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
    }
    return environment.get_template("page.html")


def _number(value: float | None, digits: int = 3, sign: str = "") -> str:
    if value is None or not math.isfinite(value):
        return NO_VALUE
    return f"{value:{sign}z.{digits}f}"
