"""Commands on logged sessions: list them, report on one, compare two."""

from __future__ import annotations

import os
from collections import ChainMap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lab.cli import completers as complete
from lab.cli.answer import goal_option, prevalence_option, stored_answers
from lab.cli.group import REGRESSED, examples, text_or_json
from lab.cli.output import show, width
from lab.cli.project import project
from lab.errors import LabError, reason
from lab.files import write_bytes
from lab.wording import listed

if TYPE_CHECKING:
    from lab.baseline.file import Baseline
    from lab.report.terminal.comparison import Format


@click.command(
    "sessions",
    short_help="List logged sessions, newest first.",
    epilog=examples("lab sessions", "lab sessions --limit 100 --format json"),
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=15,
    show_default=True,
    metavar="N",
    help="Maximum number to list.",
)
@text_or_json
def list_sessions(limit: int, style: str) -> None:
    """List logged sessions, newest first.

    Each has its id, start, duration and outcome, the number of cases, the numbers of verdicts
    (holds/inconclusive/contradicted), and its command line. A killed session is listed as running
    until the next session on the same machine closes its runs.
    """
    from lab.report import session_list
    from lab.tracking.history import logged_sessions

    found = logged_sessions(project(), limit + 1)
    show(session_list(found[:limit], style, width(), older=len(found) > limit))


@click.command(
    "report",
    short_help="Write the report on a session to an HTML file.",
    epilog=examples(
        "lab report",
        "lab report latest~1 -o before.html",
        "lab report 20260102-0304 --open",
        "lab report --goal cost:miss=10,alarm=1 --prevalence 1%",
    ),
)
@click.argument("session", default="latest", shell_complete=complete.sessions)
@click.option(
    "-o",
    "--output",
    "output",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    default="report.html",
    show_default=True,
    metavar="FILE",
    help="File to write; - for standard output.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@goal_option
@prevalence_option
def write_report(
    session: str, output: str, opens: bool, goals: tuple[str, ...], prevalence: float | None
) -> None:
    """Write the report on SESSION to one HTML file, which opens without a network.

    It has a recommendation for each goal, the trade-off of precision and recall, observations with
    their intervals, scores, ranks, the curves of every case, and the data and methods behind them.
    With --goal or --prevalence it answers these instead of the session's own goals, from stored
    predictions.

    SESSION is the id of a session or of its MLflow run, or the beginning of one; `latest`; or
    `latest~1` for the session before it. Every session also logs its report to its own run.
    """
    from lab.report import page
    from lab.report.session_record import LOGGED, SessionRecord
    from lab.tracking.history import session_record

    title, text = session_record(project(), session)
    record = SessionRecord.loads(text, title)
    if goals or prevalence is not None:
        record = stored_answers(project(), session, goals, prevalence)
    try:
        content = page(record)
    except Exception as error:  # of the template, or of the record it shows
        problem = f"{type(error).__name__}: {reason(error)}"
        raise LabError(f"the record of {title} is incomplete ({problem}): {LOGGED}") from error
    if output == "-":
        click.echo(content, nl=False)
        return
    path = Path(output)
    try:
        write_bytes(path, content.encode())
    except OSError as error:
        raise LabError(
            f"{path} cannot be written ({error.strerror}): choose another file with -o"
        ) from None
    click.echo(f"{title}: {path}, {path.stat().st_size / 1e3:,.0f} kB")
    if opens:
        click.launch(path.resolve().as_uri())


@click.command(
    "compare",
    short_help="Compare two sessions, or one with the baseline.",
    epilog=examples(
        "lab compare",
        "lab compare latest~1 latest --format markdown",
        "lab compare churn.baseline.json latest",
    ),
)
@click.argument("before", default=complete.BASELINE, shell_complete=complete.scores)
@click.argument("after", default="latest", shell_complete=complete.scores)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="Markdown for pull requests, JSON with all fields.",
)
def compare(before: str, after: str, style: Format) -> None:
    """List the metrics that moved from BEFORE to AFTER by more than their tolerance.

    Each is a session: its id or that of its MLflow run, or the beginning of one, `latest`, or
    `latest~1` for the session before it; the file of a baseline; or `baseline`: the one that the
    other session was compared with when it ran. By default the latest session is compared with it.

    Cases of other data, another protocol or another definition are incomparable, not regressed.
    The exit status is 1 if a case regressed, and 2 if no case could be compared.
    """
    from lab.baseline.comparison import Status
    from lab.report import comparison_report

    (old_name, old), (new_name, new) = _scores(before, after), _scores(after, before)
    comparisons = old.compare_all(new)
    click.echo(comparison_report(old_name, new_name, comparisons, style, width()), nl=False)
    if any(comparison.status is Status.REGRESSED for comparison in comparisons):
        raise SystemExit(REGRESSED)
    if not any(comparison.is_judged for comparison in comparisons):
        raise LabError(f"{new_name} and {old_name} have no case that can be compared")


def _scores(name: str, other: str) -> tuple[str, Baseline]:
    """Return the title of one side of a comparison, and its scores."""
    from lab.baseline.file import Baseline
    from lab.tracking.history import session_scores

    if name == complete.BASELINE:
        return _baseline(other)
    if _is_file(name):
        if not os.path.isfile(name):  # noqa: PTH113 (as below)
            raise LabError(f"{name} does not exist")
        return name, Baseline.read(Path(name))
    title, text = session_scores(project(), name)
    return title, Baseline.loads(text, title)


def _baseline(session: str) -> tuple[str, Baseline]:
    """Return the names and scores of a session's baselines, of the committed one without any."""
    from lab.baseline.file import Baseline
    from lab.tracking.history import session_baselines

    committed = project() / "benchmarks" / "baseline.json"
    is_session = session != complete.BASELINE and not _is_file(session)
    files = (session_baselines(project(), session) if is_session else []) or [committed]
    found = [file for file in files if file.is_file()]
    if not found:
        raise LabError(f"{files[0]} does not exist: repeat the session with --update-baseline")
    names = (complete.BASELINE if file == committed else file.name for file in found)
    # A session on several tables of one's own has one for each.
    cases = ChainMap(*(Baseline.read(file).cases for file in found))
    return listed(names), Baseline(dict(cases))


def _is_file(name: str) -> bool:
    """Return whether a name is a file's, not a session's."""
    return name.endswith(".json") or os.path.isfile(name)  # noqa: PTH113 (a name may be too long for a path)
