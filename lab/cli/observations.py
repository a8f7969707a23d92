"""The command that lists observations, and the verdicts of a session."""

from __future__ import annotations

from dataclasses import replace

import click

from lab.cli import completers as complete
from lab.cli.group import examples, text_or_json
from lab.cli.output import show, width
from lab.cli.project import project


@click.command(
    "observations",
    short_help="List observations, and the verdicts of a session.",
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
    help="Only the observations of this session, with the number of each verdict; JSON has each "
    "case. An id, `latest` or `latest~1`.",
)
@text_or_json
def list_observations(names: tuple[str, ...], session: str | None, style: str) -> None:
    """List the observations of benchmarks/test_*.py: all, or those that NAMES select.

    NAMES are names or globs, with or without the module, such as `test_smote.recall_rises`. Each
    observation is about the cases of some strategies, or is a claim across datasets. Exceptions
    are cases or models whose expected verdict is not `holds`: `inconclusive` in the baseline, or
    `contradicted` by a mark.
    """
    from lab.baseline import Baseline
    from lab.observations.modules import pick_observations, read_observations
    from lab.observations.verdict import Verdict
    from lab.report import observation_list

    folder = project() / "benchmarks"
    tests = pick_observations(read_observations(folder), names)
    inconclusive = Baseline.read(folder / "baseline.json").count(Verdict.INCONCLUSIVE)
    expected = [
        replace(one, exceptions={"inconclusive": inconclusive[one.key]} | one.exceptions)
        for one in tests
    ]
    found = None
    if session is not None:
        from lab.tracking.history import session_observations

        found = session_observations(project(), session)
    show(observation_list(expected, style, width(), found))
