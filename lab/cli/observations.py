"""The command that lists what is expected, and how it came out."""

from __future__ import annotations

import click

from lab.cli import names as complete
from lab.cli.group import examples, text_or_json
from lab.cli.output import show, width
from lab.cli.project import project


@click.command(
    "observations",
    short_help="List what is expected, and how it came out.",
    epilog=examples(
        'lab observations "*recall*"',
        'lab observations "test_smote.*" --session latest',
        "lab observations --format json",
    ),
)
@click.argument("names", nargs=-1, shell_complete=complete.observations)
@click.option(
    "--session",
    metavar="SESSION",
    shell_complete=complete.sessions,
    help="Only what this session observed, with how many of each verdict; JSON has each case. "
    "An id, `latest` or `latest~1`.",
)
@text_or_json
def list_observations(names: tuple[str, ...], session: str | None, style: str) -> None:
    """List the observations of benchmarks/test_*.py, all or those that NAMES pick.

    NAMES are names or globs, of an observation or with its module, such as
    `test_smote.recall_rises`. Each is about every case of some strategies, or is a claim over
    datasets. Exceptions are the cases or models of which another verdict than holds is recorded.
    """
    from lab.observations.source import pick_expected, read_expected
    from lab.report import observation_list

    expected = pick_expected(read_expected(project() / "benchmarks"), names)
    found = None
    if session is not None:
        from lab.tracking.history import session_observations

        found = session_observations(project(), session)
    show(observation_list(expected, style, width(), found))
