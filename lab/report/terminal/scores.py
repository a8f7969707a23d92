"""The table of a session's scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.report.text import Text, case_names, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.cases import Result

TABLE_METRICS = ("recall", "precision", "f1_score", "roc_auc_score")

MOST = 6  # strategies side by side


def score_table(results: Sequence[Result], width: int) -> Iterator[Text]:
    """Yield a table: dataset and model in rows, metric by strategy in columns.

    Scores are means over folds. The best of a row and metric is bold; equal to the printed digit
    counts as equal, and where all are equal none is. More than a few strategies have no place.

    Parameters
    ----------
    results : sequence of Result
        In the order in which datasets, strategies and models are to appear.
    width : int
        Columns of the terminal. Four, two or one metric stand side by side.
    """
    strategies, datasets, models = (
        case_names(results, part) for part in ("strategy", "dataset", "model")
    )
    if len(strategies) > MOST:
        yield from plain(
            f"{len(strategies)} strategies: their scores by dataset are in the runs", ""
        )
        return
    found = {(r.case.dataset, r.case.model, r.case.strategy): r for r in results}
    left = [
        max(map(len, [title, *names])) + 2
        for title, names in (("dataset", datasets), ("model", models))
    ]
    # A strategy's name stands in as many lines as it has words, to keep its column narrow.
    words = [strategy.split("_") for strategy in strategies]
    columns = [max(5, *map(len, parts)) + 1 for parts in words]
    block = sum(columns) + 2
    fitting = next(n for n in (4, 2, 1) if n == 1 or sum(left) + n * block - 2 <= width)
    for start in range(0, len(TABLE_METRICS), fitting):
        metrics = TABLE_METRICS[start : start + fitting]
        titles = (f"{METRICS[metric].title:^{block - 2}}  " for metric in metrics)
        yield from plain(" " * sum(left) + "".join(titles).rstrip())
        height = max(map(len, words))
        for row in range(height):
            names = (
                f"{['', *parts][max(0, row - height + len(parts) + 1)]:>{column}}"
                for parts, column in zip(words, columns, strict=True)
            )
            last = row == height - 1
            title = f"{'dataset':{left[0]}}{'model':{left[1]}}" if last else " " * sum(left)
            yield from plain(title + "  ".join(["".join(names)] * len(metrics)))
        for dataset in datasets:
            shown = dataset
            for model in models:
                row_results = [found.get((dataset, model, strategy)) for strategy in strategies]
                if not any(row_results):
                    continue
                yield f"{shown:{left[0]}}{model:{left[1]}}", False
                shown = ""
                for position, metric in enumerate(metrics, start=1):
                    yield from _cells(row_results, metric, columns)
                    yield "\n" if position == len(metrics) else "  ", False
        yield "\n", False


def _cells(results: Sequence[Result | None], metric: str, columns: Sequence[int]) -> Iterator[Text]:
    """Yield a row's scores of one metric, the best of them bold."""
    texts = ["-" if result is None else f"{result.mean(metric):.3f}" for result in results]
    scores = {text for text in texts if text != "-"}
    comparable = METRICS[metric].comparable
    greater = METRICS[metric].greater_is_better
    best = (max if greater else min)(scores, key=lambda text: comparable(float(text)))
    for text, column in zip(texts, columns, strict=True):
        yield f"{text:>{column}}", text == best and len(scores) > 1
