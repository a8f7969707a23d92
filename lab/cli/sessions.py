"""Commands that look back at sessions: list them, report on one, compare two."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lab.cli import names as complete
from lab.cli.group import REGRESSED, WRONG, examples, text_or_json
from lab.cli.output import show, width
from lab.cli.project import project
from lab.errors import LabError, UnknownNameError, reason
from lab.files import write_bytes

if TYPE_CHECKING:
    from lab.baseline.file import Baseline
    from lab.report.terminal.comparison import Format


@click.command(
    "sessions",
    short_help="List the sessions that were logged, newest first.",
    epilog=examples("lab sessions", "lab sessions --limit 100 --format json"),
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=15,
    show_default=True,
    metavar="N",
    help="List so many at most.",
)
@text_or_json
def list_sessions(limit: int, style: str) -> None:
    """List the sessions that were logged, newest first.

    Each with its id, when it started, how long it took, its outcome, the number of its cases, how
    many verdicts are holds, inconclusive and contradicted, and its command line. A session is
    running until it has said how it ended: one that was killed never does.
    """
    from lab.report import session_list
    from lab.tracking.history import logged_sessions

    found = logged_sessions(project(), limit + 1)
    show(session_list(found[:limit], style, width(), older=len(found) > limit))


@click.command(
    "report",
    short_help="Write the report on a session as an HTML file.",
    epilog=examples(
        "lab report",
        "lab report latest~1 -o before.html",
        "lab report 20260102-0304 --open",
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
    help="Where to write it; - is the screen.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
def write_report(session: str, output: str, opens: bool) -> None:
    """Write the report on SESSION as one HTML file, which opens from disk and needs no network.

    What to use for which goal, the trade-off of precision and recall, observations with their
    intervals, scores, ranks, the curves of every case, and what it all rests on.

    SESSION is the id of a session, or of its MLflow run; or `latest`, or `latest~1` for the one
    before it. The beginning of an id will do. Every session also logs its report to its own run.
    """
    from lab.report import page
    from lab.report.session_record import LOGGED, Record
    from lab.tracking.history import session_record

    title, text = session_record(project(), session)
    record = Record.loads(text, title)
    try:
        content = page(record)
    except UnknownNameError as error:
        unknown = str(error).partition(":")[0]
        raise LabError(
            f"{title} has what is not registered here ({unknown}): `lab --plugin FILE report` "
            f"knows your own, and {LOGGED}"
        ) from None
    except Exception as error:  # of the template's language, or of what it is given
        said = f"{type(error).__name__}: {reason(error)}"
        raise LabError(f"{title} has a record that is not whole ({said}): {LOGGED}") from error
    if output == "-":
        click.echo(content, nl=False)
        return
    path = Path(output)
    try:
        write_bytes(path, content.encode())
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror}; -o names another") from None
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
    help="Markdown is for a pull request, JSON has everything.",
)
def compare(before: str, after: str, style: Format) -> None:
    """Compare two sessions: what moved from BEFORE to AFTER beyond its tolerance.

    Each is the id of a session, or of its MLflow run; or `latest`, or `latest~1` for the one before
    it; or `baseline`; or the file of a baseline. The beginning of an id will do. Without any, the
    latest session is compared with the baseline.

    The exit status is 1 if a case regressed, and 2 if no case could be compared.
    """
    from lab.baseline.comparison import Status
    from lab.report import comparison_report

    (old_name, old), (new_name, new) = _scores(before), _scores(after)
    comparisons = old.compare_all(new)
    click.echo(comparison_report(old_name, new_name, comparisons, style, width()), nl=False)
    statuses = {comparison.status for comparison in comparisons}
    if Status.REGRESSED in statuses:
        raise SystemExit(REGRESSED)
    if not statuses & {Status.UNCHANGED, Status.IMPROVED}:
        raise SystemExit(WRONG)


def _scores(name: str) -> tuple[str, Baseline]:
    """Return what a baseline or session is called, and its scores."""
    from lab.baseline.file import Baseline

    is_baseline = name == complete.BASELINE
    if is_baseline or name.endswith(".json") or os.path.isfile(name):  # noqa: PTH113 (a name may be too long for a path)
        path = project() / "benchmarks" / "baseline.json" if is_baseline else Path(name)
        if not path.is_file():
            makes = ": `pytest benchmarks --update-baseline` makes it" if is_baseline else ""
            raise LabError(f"{path} is not there{makes}")
        return name, Baseline.read(path)
    from lab.tracking.history import session_scores

    title, text = session_scores(project(), name)
    return title, Baseline.loads(text, title)
