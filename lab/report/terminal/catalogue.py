"""Lists of the catalogue: datasets, strategies, models, metrics and goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.metrics import GOALS, METRICS, TABLES
from lab.models import MODELS
from lab.options import declared
from lab.report.text import MISSING, Text, listing, plain, words, wrapped
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lab.datasets import Entry
    from lab.datasets.column import Column
    from lab.metrics import Goal, Metric

NAMES = (
    *("name", "collection", "rows", "features", "categorical", "missing", "minority", "available"),
    *("licence", "title"),
)
ALIGNED = "<<>>>>><<<"
NOT_LOCAL = (
    "A dataset that is not available is downloaded when a session first needs it; until then its "
    "figures are its publisher's."
)


def dataset_list(entries: Iterable[Entry], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield datasets as a table, or as JSON.

    Parameters
    ----------
    entries : iterable of Entry
        The datasets.
    style : {"text", "json"}
        Format.
    width : int, optional
        Columns to which rows are wrapped; by default they are not.
    """
    facts = [_facts(entry) for entry in entries]
    rows = [[_text(name, value) for name, value in one.items()] for one in facts]
    yield from listing(facts, [NAMES, *rows], ALIGNED, style, width=width)
    if style == "text" and not all(one["available"] for one in facts):
        yield from plain("", *wrapped(NOT_LOCAL, width))


def column_list(columns: Iterable[Column], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield the columns of a table, with how each was read, as a table or as JSON.

    Parameters
    ----------
    columns : iterable of Column
        The columns.
    style : {"text", "json"}
        Format.
    width : int, optional
        Columns to which rows are wrapped; by default they are not.
    """
    columns = list(columns)
    titles = ("column", "kind", "treatment", "missing", "remark")
    rows = [
        (
            one.name or "(no name)",
            one.kind or MISSING,
            one.treatment,
            f"{one.missing:,}" if one.missing else "",
            one.remark,
        )
        for one in columns
    ]
    facts = [one.to_json() for one in columns]
    yield from listing(facts, [titles, *rows], "<<<><", style, width=width)


def _facts(entry: Entry) -> dict[str, Any]:
    share = entry.minority_rows / entry.rows if entry.rows else None
    sizes = (entry.rows or None, entry.columns or None, entry.categorical, entry.missing, share)
    values = (entry.name, entry.collection, *sizes, entry.available, entry.licence, entry.title)
    return dict(zip(NAMES, values, strict=True))


def _text(name: str, value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2%}"
    return words(value) or (MISSING if name != "title" else "")


def strategy_list(names: Iterable[str], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield strategies as a table, or as JSON.

    Parameters
    ----------
    names : iterable of str
        Names of the strategies.
    style : {"text", "json"}
        Format.
    width : int, optional
        Columns to which rows are wrapped; by default they are not.
    """
    facts = []
    for name in names:
        strategy = STRATEGIES[name]
        facts.append(
            {
                "name": name,
                "family": strategy.family,
                "groups": STRATEGIES.groups_of(name),
                "needs": strategy.needs,
                "title": strategy.title,
                "options": strategy.values,
                "paper": strategy.paper,
            }
        )
    return _listed(facts, style, width)


def model_list(names: Iterable[str], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield models as a table, or as JSON, like :func:`strategy_list`."""
    facts = []
    for name in names:
        model = MODELS[name]
        facts.append(
            {
                "name": name,
                "groups": MODELS.groups_of(name),
                "class_weights": model.weighted is not None,
                "weak_learner": model.weak is not None,
                "available": not model.missing,
                "title": "; ".join(filter(None, [model.title, model.missing])),
            }
        )
    return _listed(facts, style, width)


def metric_list(names: Iterable[str], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield metrics as a table, or as JSON, like :func:`strategy_list`."""
    metrics = [METRICS[name] for name in names]
    facts = [
        {
            "name": metric.name,
            "title": metric.title,
            "greater_is_better": metric.greater_is_better,
            "ideal": metric.ideal,
            "absolute": metric.absolute,
            "relative": metric.relative,
            "digits": metric.digits,
            "columns": list(metric.columns),
            "shown": [table for table in TABLES if table in metric.shown],
            "summary": metric.summary,
        }
        for metric in metrics
    ]
    head = ("name", "title", "better", "tolerance", "shown", "summary")
    rows = [
        [
            metric.name,
            metric.title,
            _direction(metric),
            _tolerance(metric),
            words(one["shown"]) or MISSING,
            metric.summary,
        ]
        for metric, one in zip(metrics, facts, strict=True)
    ]
    return listing(facts, [head, *rows], "<<<<<<", style, width=width)


def goal_list(names: Iterable[str], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield goals as a table, or as JSON, like :func:`strategy_list`."""
    goals = [GOALS[name] for name in names]
    facts = [
        {
            "name": goal.name,
            "goal": goal.key,
            "title": goal.heading,
            "metric": goal.metric,
            "unit": goal.unit,
            "greater_is_better": goal.greater_is_better,
            "absolute": goal.absolute,
            "relative": goal.relative,
            "digits": goal.digits,
            "options": {name: one.takes for name, one in declared(goal.options).items()},
            "default": goal.name in GOALS.groups["default"],
            "summary": goal.summary,
        }
        for goal in goals
    ]
    head = ("goal", "to", "measured by", "better", "tolerance", "summary")
    rows = [
        [goal.key, goal.heading, goal.metric, _direction(goal), _tolerance(goal), goal.summary]
        for goal in goals
    ]
    return listing(facts, [head, *rows], "<<<<<<", style, width=width)


def _direction(metric: Metric | Goal) -> str:
    if (ideal := getattr(metric, "ideal", None)) is not None:
        return f"near {ideal:g}"
    return "higher" if metric.greater_is_better else "lower"


def _tolerance(metric: Metric | Goal) -> str:
    """Return a tolerance in words; the larger part counts."""
    relative = f"{100 * metric.relative:g} %" if metric.relative else ""
    absolute = f"{metric.absolute:g}" if metric.absolute or not relative else ""
    return " or ".join(filter(None, [absolute, relative]))


def _listed(facts: Sequence[Mapping[str, Any]], style: str, width: int | None) -> Iterator[Text]:
    shown = [name for name in facts[0] if name != "paper"]  # too long for a line
    rows = [[words(one[name]) for name in shown] for one in facts]
    return listing(facts, [shown, *rows], "<" * len(shown), style, width=width)
