"""Table of strategies: mean scores over datasets, and cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lab.report.means import floor_means, group_means, metric_columns
from lab.report.terminal.column import Column
from lab.report.text import Text, case_names, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.cases import Result
    from lab.report.means import Scores

FLOOR = ("floor", "dummy")  # its model and strategy


COSTS = {"fit": Column("fit s", 2), "times": Column("x raw", 1)}


def strategy_table(results: Sequence[Result], width: int) -> Iterator[Text]:
    """Yield a table: model and strategy in rows, mean scores over datasets and seconds in columns.

    The best score of a model is bold. The last row is the floor: the share of positives for every
    row. Means over fewer datasets than others have are not comparable: their number is given.

    Parameters
    ----------
    results : sequence of Result
        In the order in which strategies and models are to appear.
    width : int
        Columns of the terminal; columns of the table that do not fit follow below.
    """
    models = case_names(results, "model")
    datasets = {result.case.dataset for result in results}
    found = group_means(results)
    rows: dict[tuple[str, str], Scores] = {key: scores for key, (_, scores) in found.items()}
    partial = {key for key in rows if found[key][0] < len(datasets)}
    metrics = metric_columns("strategies", results)
    columns = {metric.name: Column.of(metric) for metric in metrics} | COSTS
    widths = {name: max(7, len(column.title)) + 2 for name, column in columns.items()}
    best = {model: _best(rows, partial, model, columns) for model in models}
    rows[FLOOR] = floor_means(results)
    names = {
        key: f"{key[1]} ({found[key][0]} of {len(datasets)})" if key in partial else key[1]
        for key in rows
    }
    head = f"mean over {len(datasets)} datasets" if len(datasets) > 1 else "mean over folds"
    left = max(map(len, [head, *(model for model, _ in rows)])) + 2
    middle = max(map(len, ["strategy", *names.values()]))
    waiting = list(columns)
    while waiting:
        block = [waiting.pop(0)]
        used = left + middle + widths[block[0]]
        while waiting and used + widths[waiting[0]] <= width:
            block.append(waiting.pop(0))
            used += widths[block[-1]]
        titles = (f"{columns[name].title:>{widths[name]}}" for name in block)
        yield from plain(f"{head:{left}}{'strategy':{middle}}{''.join(titles)}")
        shown = ""
        for key, scores in rows.items():
            model = key[0]
            yield f"{model if model != shown else '':{left}}{names[key]:{middle}}", False
            shown = model
            for name in block:
                text = columns[name].text(scores.get(name, math.nan))
                is_best = key not in partial and best.get(model, {}).get(name) == text
                yield f"{text:>{widths[name]}}", is_best
            yield "\n", False
        yield "\n", False


def _best(
    rows: Mapping[tuple[str, str], Scores],
    partial: set[tuple[str, str]],
    model: str,
    columns: Mapping[str, Column],
) -> dict[str, str]:
    """Return the text of the best score of a model in each column."""
    own = [scores for key, scores in rows.items() if key[0] == model and key not in partial]
    return {
        name: column.best(scores.get(name, math.nan) for scores in own)
        for name, column in columns.items()
    }
