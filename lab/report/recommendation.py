"""Answers in words: what to use for each goal, as a table on terminals and in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.observations.answer import NO_CASE, SHORTAGE
from lab.report.answer_text import NOTHING, explanation
from lab.report.text import INDENT, Text, aligned, markdown, plain, wrapped
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.observations.answer import Answer

HEAD = ("to", "use", "because")


def recommendation_rows(answers: Sequence[Answer]) -> list[tuple[str, str, str]]:
    """Return the head of a table and a row for each goal: the goal, the choice and the reason."""
    rows = (
        (one.title, str(one.recommended or NOTHING), ". ".join(explanation(one))) for one in answers
    )
    return [HEAD, *rows]


def recommendation_table(
    answers: Sequence[Answer], width: int | None, missing: int = 0
) -> Iterator[Text]:
    """Yield a row for each goal, with the reason below it; or why there is no recommendation.

    Parameters
    ----------
    answers : sequence of Answer
        Answers on one dataset, or over several.
    width : int or None
        Columns of the terminal; None for no limit.
    missing : int
        Number of cases that could not be evaluated.
    """
    if not answers:
        return
    first = answers[0]
    if first.standing in (SHORTAGE, NO_CASE):
        yield from plain(f"No recommendation: {first.reason}.", "")
        return
    yield f"Recommendation ({about(first)})\n", True
    if missing:
        yield from plain(f"Without {counted(missing, 'case')} that could not be evaluated")
    head, *rows = recommendation_rows(answers)
    titles, *lines = aligned([row[:-1] for row in (head, *rows)], "<<")
    yield from plain(titles)
    for line, answer in zip(lines, answers, strict=True):
        yield from plain(line)
        for text in explanation(answer):
            yield from plain(*wrapped(INDENT + text, width, INDENT))
    yield from plain("")


def about(answer: Answer) -> str:
    """Return which data an answer is about."""
    name = answer.dataset or f"means over {counted(answer.datasets, 'dataset')}"
    if answer.prevalence is None:
        return name
    return f"{name}, with {100 * answer.prevalence:g} % positives"


def answer_lines(answers: Sequence[Answer], width: int | None) -> Iterator[Text]:
    """Yield a table of answers for each dataset, then assumptions and warnings, each once."""
    for group in by_dataset(answers).values():
        yield from recommendation_table(group, width)
    for title, lines in remarks(answers):
        yield f"{title}\n", True
        for line in lines:
            yield from plain(*wrapped(f"- {line}", width, "  "))
        yield from plain("")


def answer_markdown(answers: Sequence[Answer]) -> Iterator[Text]:
    """Yield the same as Markdown."""
    for group in by_dataset(answers).values():
        yield from plain(f"### {about(group[0])}", "")
        if group[0].standing in (SHORTAGE, NO_CASE):
            yield from plain(f"No recommendation: {group[0].reason}.", "")
            continue
        head, *rows = recommendation_rows(group)
        yield from plain(*map(markdown, [head, ["---"] * len(head), *rows]), "")
    for title, lines in remarks(answers):
        yield from plain(f"**{title}**", "", *(f"- {line}" for line in lines), "")


def by_dataset(answers: Sequence[Answer]) -> dict[str | None, list[Answer]]:
    """Return answers by dataset; None stands for those over several."""
    found: dict[str | None, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.dataset, []).append(answer)
    return found


def remarks(answers: Sequence[Answer]) -> Iterator[tuple[str, list[str]]]:
    """Yield the assumptions and the warnings behind answers, each with a title."""
    for title, name in (("Assumed", "assumed"), ("Warnings", "warnings")):
        lines = dict.fromkeys(line for answer in answers for line in getattr(answer, name))
        if lines:
            yield title, list(lines)
