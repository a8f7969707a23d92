"""What to use, as a table of words: on terminals and in descriptions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lab.answers import answers
from lab.metrics import METRICS
from lab.names import counted
from lab.report.text import Text, aligned, case_names, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.experiment import Result

HEAD = ("to", "use", "score", "raw", "gain", "which is")
ALIGNED = "<<<><<"


def answer_rows(results: Sequence[Result]) -> list[list[str]]:
    """Return what serves each goal best, in words: first a head, then a row a goal.

    Parameters
    ----------
    results : sequence of Result
        Of one dataset, or of several: then scores are means over them.
    """
    rows = [list(HEAD)]
    for answer in answers(results):
        gained = ""
        if answer.raw is not None and not answer.is_raw:
            gained = f"{answer.gain:+z.3f}"
            if math.isfinite(answer.low + answer.high):
                gained += f" [{answer.low:+z.3f}, {answer.high:+z.3f}]"
        rows.append(
            [
                answer.goal,
                f"{answer.best.strategy} with {answer.best.model}",
                f"{METRICS[answer.metric].label} {answer.best.score:.3f}",
                f"{answer.raw.score:.3f}" if answer.raw else "-",
                gained or "-",
                answer.sentence,
            ]
        )
    return rows


def answer_table(results: Sequence[Result], width: int) -> Iterator[Text]:
    """Yield what to use: a line a goal, its verdict below where the terminal is narrow.

    Parameters
    ----------
    results : sequence of Result
        What the session computed.
    width : int
        Columns of the terminal.
    """
    rows = answer_rows(results)
    if len(rows) < 2:
        return
    datasets = case_names(results, "dataset")
    where = datasets[0] if len(datasets) == 1 else f"mean over {counted(len(datasets), 'dataset')}"
    yield f"What to use ({where})\n", True
    lines = aligned(rows, ALIGNED)
    if max(map(len, lines)) > width:
        short, lines = aligned([row[:-1] for row in rows], ALIGNED[:-1]), []
        for line, row in zip(short, rows, strict=True):
            lines += [line] if row is rows[0] else [line, f"    {row[-1]}"]
    yield from plain(*lines, "")
