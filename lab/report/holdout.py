"""Tests on a holdout beside cross-validated scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.report.text import aligned, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.cases import Result
    from lab.metrics import Metric
    from lab.report.text import Text

# Pairs of metrics that stand side by side on the terminal.
PAIRS = (("average_precision_score", "roc_auc_score"), ("f1_score", "recall"))


def held_out(results: Sequence[Result]) -> list[Result]:
    """Return the results that have a test on a holdout."""
    return [result for result in results if result.holdout]


def holdout_columns(results: Sequence[Result]) -> list[Metric]:
    """Return the metrics with an interval on the holdout, in the order of tables."""
    names = {name for one in held_out(results) for name in one.holdout.intervals}  # type: ignore[union-attr]
    return [metric for metric in METRICS.shown_in("strategies") if metric.name in names]


def holdout_table(results: Sequence[Result]) -> Iterator[Text]:
    """Yield a table of each case: its mean over folds, and its score on the holdout."""
    tested = held_out(results)
    if not tested or not (holdout := tested[0].holdout):
        return
    yield from plain(f"Holdout {holdout.source}: a fit to all rows, tested once")
    for names in PAIRS:
        metrics = [METRICS[name] for name in names]
        head = ["model", "strategy"]
        for metric in metrics:
            head += [metric.title, "holdout", "95 % interval"]
        rows = [head]
        for result in tested:
            row = [result.case.model, result.case.strategy]
            for metric in metrics:
                row += _cells(result, metric)
            rows.append(row)
        yield from plain(*aligned(rows, "<<" + ">>>" * len(metrics)), "")


def _cells(result: Result, metric: Metric) -> list[str]:
    name, digits = metric.name, metric.digits
    holdout = result.holdout
    if holdout is None or name not in holdout.scores:
        return ["-", "-", "-"]
    low, high = holdout.intervals.get(name, (float("nan"), float("nan")))
    interval = f"{low:.{digits}f} to {high:.{digits}f}"
    return [f"{result.mean(name):.{digits}f}", f"{holdout.scores[name]:.{digits}f}", interval]
