"""Recommendations in words, as a table on terminals and in descriptions of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.choice import Standing
from lab.observations.recommendation import recommend
from lab.observations.shortage import shortage
from lab.report.text import INDENT, Text, aligned, case_names, plain, wrapped
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from lab.cases import Case, Result
    from lab.observations.recommendation import Recommendation

HEAD = ("to", "use", "because")
NOTHING = "nothing usable"


def recommendation_rows(
    results: Sequence[Result], failed: Iterable[Case] = (), references: Collection[Case] = ()
) -> list[tuple[str, str, str]]:
    """Return the head of a table and a row for each goal: the goal, the choice and the reason.

    Parameters
    ----------
    results : sequence of Result
        Results on one dataset, or on several, over which scores are averaged.
    failed : iterable of Case
        Cases that could not be evaluated.
    references : collection of Case
        Cases that were run only because an observation compares others with them.
    """
    found = recommend(results, failed, references)
    rows = ((one.goal, str(one.use) if one.usable else NOTHING, _reason(one)) for one in found)
    return [HEAD, *rows]


def _reason(found: Recommendation) -> str:
    """Return the score of the choice, and how the best one compares with raw data or the floor."""
    best, raw = found.best, found.raw
    scores = f"{METRICS[found.metric].title} {_score(found, found.use.score)}"
    if not found.usable:
        floor = f"{found.floor.how}, {_score(found, found.floor.score)}"
        return f"{scores} of {found.use} is not shown to be better than {floor}"
    if not found.gains or raw is None:
        return f"{scores}; {found.standing}"
    gain, low, high = (_score(found, x, "+") for x in (found.gain, found.low, found.high))
    gained = f"{gain} [{low}, {high}]"
    if len(found.gains) > 1:
        gained += f" and better on {found.better_on} of {len(found.gains)} datasets"
    if found.standing is Standing.BETTER:
        return f"{scores}; {found.standing}: {gained} above {raw}, {_score(found, raw.score)}"
    return f"{scores}; {best} scores {_score(found, best.score)}, {gained}: {found.standing}"


def _score(found: Recommendation, score: float, sign: str = "") -> str:
    return f"{score:{sign}z.{METRICS[found.metric].digits}f}"


def recommendation_table(
    results: Sequence[Result],
    width: int,
    failed: Collection[Case] = (),
    references: Collection[Case] = (),
) -> Iterator[Text]:
    """Yield a row for each goal, with the reason below it; or why there is no recommendation.

    Parameters
    ----------
    results : sequence of Result
        Results of the session.
    width : int
        Columns of the terminal.
    failed : collection of Case
        Cases that could not be evaluated.
    references : collection of Case
        Cases that were run only because an observation compares others with them.
    """
    if few := shortage(results):
        yield from plain(f"No recommendation: {few}.", "")
    head, *rows = recommendation_rows(results, failed, references)
    if not rows:
        return
    datasets = case_names(results, "dataset")
    several = f"means over {counted(len(datasets), 'dataset')}"
    yield f"Recommendation ({several if len(datasets) > 1 else datasets[0]})\n", True
    if missing := set(failed).difference(references):
        yield from plain(f"Without {counted(len(missing), 'case')} that could not be evaluated")
    titles, *lines = aligned([row[:-1] for row in (head, *rows)], "<<")
    yield from plain(titles)
    for line, row in zip(lines, rows, strict=True):
        yield from plain(line, *wrapped(INDENT + row[-1], width, INDENT))
    yield from plain("")
