"""What to use, as a table of words: on terminals and in descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.recommendation import Standing, answers
from lab.report.text import INDENT, Text, aligned, case_names, plain, wrapped
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lab.cases import Case, Result
    from lab.observations.recommendation import Answer

HEAD = ("to", "use", "because")


def answer_rows(results: Sequence[Result], failed: Iterable[Case] = ()) -> list[list[str]]:
    """Return what to use for each goal, in words: first a head, then a row a goal.

    Parameters
    ----------
    results : sequence of Result
        Of one dataset, or of several: then scores are means over them.
    failed : iterable of Case
        Those that could not be evaluated.
    """
    found = answers(results, failed)
    return [list(HEAD), *([answer.goal, str(answer.use), because(answer)] for answer in found)]


def because(answer: Answer) -> str:
    """Return what it scores and why that is the answer, in words and figures."""
    best, raw = answer.best, answer.raw
    scores = f"{METRICS[answer.metric].title} {_score(answer, answer.use.score)}"
    if not answer.gains or raw is None:
        return f"{scores}; {answer.standing}"
    gain, low, high = (_score(answer, x, "+") for x in (answer.gain, answer.low, answer.high))
    gained = f"{gain} [{low}, {high}]"
    if len(answer.gains) > 1:
        gained += f" and better on {answer.better_on} of {len(answer.gains)} datasets"
    if answer.standing is Standing.SHOWN:
        return f"{scores}; {answer.standing}: {gained} above {raw}, {_score(answer, raw.score)}"
    return f"{scores}; {best} scores {_score(answer, best.score)}, {gained}: {answer.standing}"


def _score(answer: Answer, score: float, sign: str = "") -> str:
    return f"{score:{sign}z.{METRICS[answer.metric].digits}f}"


def where_asked(results: Sequence[Result]) -> str:
    """Return on what data an answer over some results rests."""
    datasets = case_names(results, "dataset")
    return datasets[0] if len(datasets) == 1 else f"means over {counted(len(datasets), 'dataset')}"


def answer_table(
    results: Sequence[Result], width: int, failed: Iterable[Case] = ()
) -> Iterator[Text]:
    """Yield what to use: a row a goal, with the reasons below it.

    Parameters
    ----------
    results : sequence of Result
        What the session computed.
    width : int
        Columns of the terminal.
    failed : iterable of Case
        Those that could not be evaluated.
    """
    failed = list(failed)
    head, *rows = answer_rows(results, failed)
    if not rows:
        return
    yield f"What to use ({where_asked(results)})\n", True
    if failed:
        yield from plain(f"{counted(len(failed), 'case')} could not be evaluated: not among these")
    titles, *lines = aligned([row[:-1] for row in (head, *rows)], "<<")
    yield from plain(titles)
    for line, row in zip(lines, rows, strict=True):
        yield from plain(line, *wrapped(INDENT + row[-1], width, INDENT))
    yield from plain("")
