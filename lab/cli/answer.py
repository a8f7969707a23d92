"""The command ``lab answer``: what to use for a goal, from a stored session."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from lab.cli import completers as complete
from lab.cli.group import examples
from lab.cli.output import show, width
from lab.cli.project import project
from lab.wording import counted, listed

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from lab.cases import Result
    from lab.report.session_record import SessionRecord


class Share(click.ParamType):  # type: ignore[type-arg]
    """A share above 0 and below 1, which may be written as a percentage."""

    name = "share"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = 0.0
        if not 0 < share < 1:
            self.fail(f"{text!r} is not above 0 and below 1, like 0.01 or 1%", param, ctx)
        return share


goal_option = click.option(
    "--goal",
    "goals",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.goals,
    help="Goal with its options, such as alerts:top=100 or cost:miss=10,alarm=1; repeatable. "
    "`lab goals` lists them.",
)
prevalence_option = click.option(
    "--prevalence",
    type=Share(),
    metavar="SHARE",
    help="Share of positives to assume, such as 0.01 or 1%, if it differs from that of the data.",
)


@click.command(
    "answer",
    short_help="Say what to use for each goal, from a stored session.",
    epilog=examples(
        "lab answer --goal alerts:top=100",
        "lab answer latest --goal cost:miss=10,alarm=1 --prevalence 1%",
        "lab answer 20260102-0304 --goal net_benefit:at=0.1 --format json",
    ),
)
@click.argument("session", default="latest", shell_complete=complete.sessions)
@goal_option
@prevalence_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Markdown for pull requests, JSON with all fields.",
)
def answer(session: str, goals: tuple[str, ...], prevalence: float | None, style: str) -> None:
    """Say which strategy and model to use in SESSION for each goal, with which cutoff.

    Answers come from stored predictions: nothing is fitted again. Cutoffs are chosen on rows that
    are not tested, so the value is one to expect of further rows. A strategy is recommended only if
    it is shown to beat raw data, after correcting for the number of combinations tried. Without
    --goal they are the session's own goals.

    SESSION is the id of a session or of its MLflow run, or the beginning of one; `latest`; or
    `latest~1` for the session before it.
    """
    from lab.observations.answer import SCHEMA
    from lab.report import answer_lines, answer_markdown

    record = stored_answers(project(), session, goals, prevalence)
    found = record.answers
    if style == "json":
        content = {"schema": SCHEMA, "answers": [one.to_json() for one in found]}
        click.echo(json.dumps(content, indent=2, allow_nan=False))
        return
    started = f"{record.session.started:%Y-%m-%d %H:%M}"
    about = f"Session {record.session.id}, {started}: {counted(len(record.results), 'case')}"
    click.echo(f"{about}, {record.session.protocol}\n")
    show(answer_markdown(found) if style == "markdown" else answer_lines(found, width()))


def stored_answers(
    root: Path, session: str, goals: tuple[str, ...], prevalence: float | None
) -> SessionRecord:
    """Return the record of a stored session, with answers from its stored predictions.

    Parameters
    ----------
    root : Path
        The project's folder.
    session : str
        Name of the session.
    goals : tuple of str
        Names of goals; without any, those of the session.
    prevalence : float or None
        Share of positives to assume.

    Raises
    ------
    TrackingError
        There is no such session, or files of it are missing.
    RecordError
        Its record cannot be read.
    GoalError
        Its data do not allow a goal.
    """
    from lab.cases.row_facts import RowFacts
    from lab.metrics import GOALS
    from lab.observations.answers import answers
    from lab.observations.goal_table import check_goals, goal_tables
    from lab.report.session_record import RecordError, SessionRecord
    from lab.tracking.history import session_files
    from lab.tracking.items import value_heading

    with session_files(root, session) as files:
        record = SessionRecord.loads(files.record, files.title)
        own = dict.fromkeys(answer.goal for answer in record.answers)
        chosen = GOALS.chosen(goals or tuple(own))
        if record.unfinished or not record.results:
            raise RecordError(
                f"{files.title} has no answer, since {len(record.unfinished)} of {record.total} "
                "cases did not finish: repeat it with --reuse"
            )
        facts: dict[str, RowFacts] = {}
        wanting = [goal for goal in chosen if goal.needs_rows]
        if wanting:
            rows = files.rows()
            columns = {name for goal in wanting for name in goal.measured.columns}
            headings = {name: value_heading(name) for name in columns}
            datasets = {result.case.dataset: result for result in record.results}
            for name, result in datasets.items():
                if rows is not None and (rows["dataset"] == name).any():
                    table = rows[rows["dataset"] == name]
                    unit = result.dataset.get("time_unit", "")
                    facts[name] = RowFacts.read(table, unit, headings)
                check_goals(wanting, name, result.protocol.split, facts.get(name))
        if missing := [one.case.id for one in record.results if not record.runs.get(one.case)]:
            raise RecordError(
                f"{files.title} did not log {listed(missing)}: repeat it with --reuse"
            )

        def read(result: Result) -> pd.DataFrame:
            return files.predictions(record.runs[result.case])

        tables = goal_tables(chosen, record.results, read, facts, prevalence)
    found = answers(tables, record.results, record.failures, record.references, prevalence)
    return replace(record, answers=list(found))
