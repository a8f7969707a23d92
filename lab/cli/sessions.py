"""Commands that look back at sessions: list them, and compare two."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lab.cli import names as complete
from lab.cli.group import REGRESSED, WRONG, examples, text_or_json
from lab.cli.project import project
from lab.cli.screen import show, width
from lab.errors import LabError

if TYPE_CHECKING:
    from lab.baseline import Baseline
    from lab.report.moves import Format


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
    from lab.comparison import Status
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
    from lab.baseline import Baseline

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
