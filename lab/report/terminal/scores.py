"""Table of a session's scores by dataset."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lab.report.means import metric_columns
from lab.report.terminal.column import Column
from lab.report.text import Text, case_names, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.cases import Result
    from lab.metrics import Metric

MOST_STRATEGIES = 6  # side by side


def score_table(results: Sequence[Result], width: int) -> Iterator[Text]:
    """Yield a table: dataset and model in rows, metric by strategy in columns.

    Scores are means over folds. The best of a row and metric is bold, unless all are equal to the
    printed digit. With more than a few strategies there is no table.

    Parameters
    ----------
    results : sequence of Result
        In the order in which datasets, strategies and models are to appear.
    width : int
        Columns of the terminal. As many metrics stand side by side as fit.
    """
    strategies, datasets, models = (
        case_names(results, part) for part in ("strategy", "dataset", "model")
    )
    if len(strategies) > MOST_STRATEGIES:
        yield from plain(
            f"{len(strategies)} strategies: their scores by dataset are in the runs", ""
        )
        return
    found = {(r.case.dataset, r.case.model, r.case.strategy): r for r in results}
    metrics = metric_columns("scores", results)
    left = [
        max(map(len, [title, *names])) + 2
        for title, names in (("dataset", datasets), ("model", models))
    ]
    # A strategy's name stands in as many lines as it has words, to keep its column narrow.
    words = [strategy.split("_") for strategy in strategies]
    cell = 2 + max(metric.digits for metric in metrics)
    widths = [max(cell, *map(len, parts)) + 1 for parts in words]
    widths[0] += max(0, max(len(metric.title) for metric in metrics) - sum(widths))
    block = sum(widths) + 2
    # As many on each line: of four metrics four, two or one.
    fitting = (math.ceil(len(metrics) / lines) for lines in range(1, len(metrics) + 1))
    beside = next(n for n in fitting if n == 1 or sum(left) + n * block - 2 <= width)
    for start in range(0, len(metrics), beside):
        line = metrics[start : start + beside]
        titles = (f"{metric.title:^{block - 2}}  " for metric in line)
        yield from plain(" " * sum(left) + "".join(titles).rstrip())
        height = max(map(len, words))
        for row in range(height):
            names = (
                f"{['', *parts][max(0, row - height + len(parts) + 1)]:>{column}}"
                for parts, column in zip(words, widths, strict=True)
            )
            last = row == height - 1
            title = f"{'dataset':{left[0]}}{'model':{left[1]}}" if last else " " * sum(left)
            yield from plain(title + "  ".join(["".join(names)] * len(line)))
        for dataset in datasets:
            shown = dataset
            for model in models:
                row_results = [found.get((dataset, model, strategy)) for strategy in strategies]
                if not any(row_results):
                    continue
                yield f"{shown:{left[0]}}{model:{left[1]}}", False
                shown = ""
                for position, metric in enumerate(line, start=1):
                    yield from _cells(row_results, metric, widths)
                    yield "\n" if position == len(line) else "  ", False
        yield "\n", False


def _cells(
    results: Sequence[Result | None], metric: Metric, widths: Sequence[int]
) -> Iterator[Text]:
    """Yield a row's scores of one metric, the best of them bold."""
    column, name = Column.of(metric), metric.name
    values = [r.mean(name) if r is not None and name in r.scores else math.nan for r in results]
    best = column.best(values)
    for value, width in zip(values, widths, strict=True):
        text = column.text(value)
        yield f"{text:>{width}}", text == best
