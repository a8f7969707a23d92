"""The report on a session: one HTML file that needs no network."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from lab.metrics import METRICS
from lab.models import MODELS
from lab.observations.effects import NO_CHANGE
from lab.report.answer_text import calibration
from lab.report.holdout import held_out, holdout_columns
from lab.report.html import ranks, svg, tables, trade_off
from lab.report.html.answer_row import answer_row
from lab.report.html.cost_curve import cost_curves
from lab.report.html.data import data_facts
from lab.report.html.decision_curve import decision_curves
from lab.report.html.effects import effect_groups
from lab.report.html.probabilities import FEW_ROWS, probability_pictures
from lab.report.html.sections import sections
from lab.report.means import metric_columns
from lab.report.next_steps import next_steps
from lab.report.recommendation import by_dataset, remarks
from lab.report.split import own_splits, split_rows
from lab.report.text import case_names
from lab.strategies import STRATEGIES
from lab.wording import and_more, counted, listed

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from lab.report.session_record import SessionRecord

NO_VALUE = "\N{EN DASH}"
# Sections that are left out if this is empty.
CONTENT = {
    "data": "own_data",
    "decision_curve": "decision_curves",
    "costs": "cost_curves",
    "probabilities": "probability_pictures",
    "trade_off": "panels",
    "ranks": "rankings",
    "baseline": "comparisons",
    "remarks": "remarks",
    "columns": "columns",
}


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
        "own": bool(record.columns),
        "session": record.session,
        "results": results,
        "datasets": {result.case.dataset: result.dataset for result in results},
        "strategies": {name: STRATEGIES[name] for name in case_names(results, "strategy")},
        "models": {name: MODELS[name] for name in case_names(results, "model")},
        "metrics": METRICS,
        "verdicts": Counter(observation.verdict for observation in record.observations),
        "surprises": sum(observation.surprising for observation in record.observations),
        "statuses": Counter(comparison.status for comparison in record.comparisons),
        "no_change": NO_CHANGE,
        "claims": effect_groups(claims),
        "observed": effect_groups(observed),
        "means": tables.mean_rows(results),
        "mean_columns": metric_columns("strategies", results),
        "rows": tables.case_rows(results, record.curves),
        "case_columns": metric_columns("cases", results),
        "headline": metric_columns("scores", results),
        "comparisons": record.comparisons,
        "remarks": record.remarks,
        "columns": record.columns,
        "splits": split_rows(results),
        "held_out": held_out(results),
        "holdout_columns": holdout_columns(results),
        "own_splits": own_splits(results),
        "rankings": list(ranks.rankings(results)),
        "fewest_ranked": ranks.FEWEST_DATASETS,
        **_answers(record),
        **_trade_off(record),
    }
    empty = {name for name, content in CONTENT.items() if not context[content]}
    context["sections"] = sections(own=bool(record.columns), empty=empty)
    return template().render(context)


def _answers(record: SessionRecord) -> dict[str, Any]:
    """Return the answers, what they are about, and what follows from them."""
    prevalence = record.answers[0].prevalence if record.answers else None
    return {
        "own_data": list(data_facts(record)),
        "recommendations": {} if record.unfinished else by_dataset(record.answers),
        "answer_remarks": list(remarks(record.answers)),
        "steps": next_steps(record),
        "prevalence": prevalence,
        # Stored curves have the share of positives of the data.
        "decision_curves": [] if prevalence else list(decision_curves(record)),
        "cost_curves": [] if prevalence else list(cost_curves(record)),
        "probability_pictures": list(probability_pictures(record)),
        "calibration": calibration,
        "few_rows": FEW_ROWS,
        "no_value": NO_VALUE,
    }


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
        "answer_row": answer_row,
        "and_more": and_more,
        "command": _command,
        "counted": counted,
        "figure": _figure,
        "listed": listed,
        "number": _number,
        "unbroken": _unbroken,
    }
    return environment.get_template("page.html")


def _figure(value: float) -> str:
    """Return a cost or count; small ones with a decimal."""
    return f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"


def _command(text: str) -> Markup:
    """Return a command line whose words are not broken at their hyphens."""
    from markupsafe import Markup

    return Markup(" ").join(
        Markup('<span class="word">{}</span>').format(word) for word in text.split(" ")
    )


def _unbroken(text: str) -> str:
    """Return a text whose percentages, and intervals in brackets, are not broken over lines."""
    return re.sub(r"\[.*?\]|\d %", lambda part: part[0].replace(" ", "\N{NO-BREAK SPACE}"), text)


def _number(value: float | None, digits: int = 3, sign: str = "") -> str:
    if value is None or not math.isfinite(value):
        return NO_VALUE
    return f"{value:{sign}z.{digits}f}"
