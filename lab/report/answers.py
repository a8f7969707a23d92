"""What to use, as a table of words: on terminals and in descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.answers import answers
from lab.metrics import METRICS
from lab.names import counted
from lab.report.text import INDENT, Text, case_names, fitted, plain, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.answers import Answer
    from lab.experiment import Result

HEAD = ("to", "use", "score", "because")
ALIGNED = "<<<"  # without the last


def answer_rows(results: Sequence[Result]) -> list[list[str]]:
    """Return what to use for each goal, in words: first a head, then a row a goal.

    Parameters
    ----------
    results : sequence of Result
        Of one dataset, or of several: then scores are means over them.
    """
    return [
        list(HEAD),
        *(
            [
                answer.goal,
                str(answer.use),
                f"{METRICS[answer.metric].label} {_score(answer, answer.use.score)}",
                because(answer),
            ]
            for answer in answers(results)
        ),
    ]


def because(answer: Answer) -> str:
    """Return why that is the answer, in words and figures."""
    best, raw = answer.best, answer.raw
    if raw is None or answer.best == raw:
        return str(answer.standing)
    gain, low, high = (_score(answer, x, "+") for x in (answer.gain, answer.low, answer.high))
    gained = f"{gain} [{low}, {high}]"
    if len(answer.gains) > 1:
        gained += f" and better on {answer.better_on} of {len(answer.gains)} datasets"
    if answer.use == best:
        return f"{answer.standing}: {gained} above {raw}, {_score(answer, raw.score)}"
    return f"{best} scores {_score(answer, best.score)}, {gained}: {answer.standing}"


def _score(answer: Answer, score: float, sign: str = "") -> str:
    return f"{score:{sign}z.{METRICS[answer.metric].digits}f}"


def where_asked(results: Sequence[Result]) -> str:
    """Return on what data an answer over some results rests."""
    datasets = case_names(results, "dataset")
    return datasets[0] if len(datasets) == 1 else f"means over {counted(len(datasets), 'dataset')}"


def answer_table(results: Sequence[Result], width: int) -> Iterator[Text]:
    """Yield what to use: a row a goal, with the reasons below it.

    Parameters
    ----------
    results : sequence of Result
        What the session computed.
    width : int
        Columns of the terminal.
    """
    head, *rows = answer_rows(results)
    if not rows:
        return
    yield f"What to use ({where_asked(results)})\n", True
    titles, *lines = fitted([row[:-1] for row in (head, *rows)], ALIGNED, width)
    yield from plain(titles)
    for line, row in zip(lines, rows, strict=True):
        yield from plain(line, *wrapped(INDENT + row[-1], width, INDENT))
    yield from plain("")
