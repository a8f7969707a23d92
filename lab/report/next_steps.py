"""Next steps after a session: commands that follow from what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.datasets import column
from lab.observations.answer import NO_CASE, SHORTAGE
from lab.observations.choice import Standing
from lab.report.recommendation import by_dataset
from lab.report.text import case_names
from lab.splits import TIME
from lab.strategies import CORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.observations.answer import Answer
    from lab.report.session_record import SessionRecord

NOT_SHOWN, BETTER = (one.name.lower() for one in (Standing.NOT_SHOWN, Standing.BETTER))


@dataclass(frozen=True)
class Step:
    """A step.

    Attributes
    ----------
    text : str
        What to do, and why.
    added : str
        Options to add to the session's command; empty if these do not do it.
    command : str
        Another command that does it; empty likewise.
    """

    text: str
    added: str = ""
    command: str = ""


def next_steps(record: SessionRecord) -> list[Step]:
    """Return what to do next, most useful first."""
    if record.unfinished:
        return [Step("Finish the session", "--reuse")]
    answers = next(iter(by_dataset(record.answers).values()), [])
    if not answers:
        return []
    if answers[0].standing in (SHORTAGE, NO_CASE):
        return list(_data(record))
    return [*_evidence(record, answers), *_use(record, answers), *_data(record)]


def _evidence(record: SessionRecord, answers: list[Answer]) -> Iterator[Step]:
    """Yield how to settle what is open."""
    repeats = record.session.protocol.repeats
    standings = {answer.standing for answer in answers}
    if NOT_SHOWN in standings:
        if {result.protocol.split for result in record.results} == {TIME}:
            yield Step(
                "Add rows as they come, since some better scores are not settled, and windows in "
                "time cannot be repeated"
            )
        else:
            yield Step(
                "Narrow the intervals, since some better scores are not settled",
                f"--repeats {3 if repeats == 1 else 2 * repeats}",
            )
    if BETTER not in standings and set(case_names(record.results, "strategy")) <= set(CORE):
        yield Step("Try more strategies", "--strategy standard")


def _use(record: SessionRecord, answers: list[Answer]) -> Iterator[Step]:
    """Yield how to use the answers."""
    if not any(answer.recommended for answer in answers):
        return
    command = record.session.command
    if "--log-models" not in command and "--scheduler" not in command:
        yield Step("Get the models, fitted to all rows", "--reuse --log-models")
    if not any(answer.metric == "cost" for answer in answers):
        yield Step(
            "Ask with your own costs of a missed positive and of an alarm",
            command=f"lab answer {record.session.id} --goal cost:miss=10,alarm=1",
        )


def _data(record: SessionRecord) -> Iterator[Step]:
    """Yield what else to name of the user's data."""
    if not record.columns:
        yield Step(
            "Ask the same of your own data",
            command="pytest benchmarks -n auto --data FILE --target COLUMN",
        )
        return
    known = {one.treatment for columns in record.columns.values() for one in columns}
    if column.TIME not in known:
        yield Step("If the model will score later rows, test it on later rows", "--time COLUMN")
    if column.GROUP not in known:
        yield Step("If several rows belong to one customer, keep them together", "--group COLUMN")
    if len(record.columns) == 1 and not any(result.holdout for result in record.results):
        yield Step("Test on further rows, which no choice has seen", "--holdout FILE")
