"""Rows of the page's table of answers: a goal, what to use for it, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.observations.answer import UNUSABLE
from lab.observations.choice import Standing
from lab.report import answer_text as words
from lab.wording import and_more

if TYPE_CHECKING:
    from lab.observations.answer import Answer

MOST_SIMILAR = 2  # pairs in a cell


@dataclass(frozen=True)
class AnswerRow:
    """An answer in words, cell by cell. A cell is a list of lines; the first matters most.

    Attributes
    ----------
    title : str
        Heading of the goal.
    use : str
        Strategy and model, or that nothing is usable.
    usable : bool
        Whether something is.
    value : list of str
        The value to expect, what the cutoff reaches, and what other decisions come to.
    missed : str
        That the cutoff misses a bound; empty if it misses none.
    cutoff, counts : str
        The cutoff, and the decisions in plain counts; empty for goals that decide nothing.
    gain : list of str
        The gain over raw data, and what it is the gain of.
    standing : str
        How the best pair compares with raw data.
    better : bool
        Whether it is shown to be better.
    similar : list of str
        Other pairs that serve as well, fastest first.
    """

    title: str
    use: str
    usable: bool
    value: list[str]
    missed: str
    cutoff: str
    counts: str
    gain: list[str]
    standing: str
    better: bool
    similar: list[str]


def answer_row(answer: Answer) -> AnswerRow:
    """Return the row of an answer that has a choice."""
    usable = answer.recommended is not None
    return AnswerRow(
        title=answer.title,
        use=str(answer.recommended or words.NOTHING),
        usable=usable,
        value=_value(answer) if usable else [words.unusable(answer)],
        missed=words.missed(answer),
        cutoff=_cutoff(answer) if usable else "",
        counts=words.plain_counts(answer),
        gain=_gain(answer) if usable else [],
        standing=answer.reason if usable else "",
        better=answer.standing == Standing.BETTER.name.lower(),
        similar=_similar(answer) if answer.standing != UNUSABLE else [],
    )


def _value(answer: Answer) -> list[str]:
    lines = [words.expected(answer), words.reached(answer)]
    if references := words.references(answer):
        lines.append(references)
    elif answer.floor is not None and answer.constraint is None:
        lines.append(f"without a model {words.shown(answer, answer.floor)}")
    lines.append(words.calibration(answer))
    return [line for line in lines if line]


def _cutoff(answer: Answer) -> str:
    if answer.rule == "expected_cost":
        return words.by_cost(answer)
    if answer.cutoff is not None:
        return f"{answer.cutoff:.3g}"
    if answer.counts is None:
        return ""
    return "the highest scores" if answer.counts.alarms else "no alarm"


def _gain(answer: Answer) -> list[str]:
    gain = answer.gain
    if gain is None:
        return []
    if answer.standing == Standing.BETTER.name.lower():
        raw = f"{gain.versus}, {words.shown(answer, gain.versus.score)}"
        return [f"{words.gained(answer)} against {raw}"]
    return [f"{answer.best} {words.gained(answer)}"]


def _similar(answer: Answer) -> list[str]:
    named = list(map(str, answer.also[:MOST_SIMILAR]))
    return [*named, *filter(None, [and_more(len(answer.also) - MOST_SIMILAR)])]
