"""The command ``lab``: everything but running a session.

Each command is a function in one of the modules here, and an entry in ``COMMANDS``. Libraries that
are slow to import are imported when a command runs, so that help and completion stay fast.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout

import click

from lab import __version__
from lab.cli.answer import answer
from lab.cli.columns import list_columns
from lab.cli.completion import completion
from lab.cli.group import Commands, examples
from lab.cli.lists import (
    list_datasets,
    list_goals,
    list_metrics,
    list_models,
    list_strategies,
)
from lab.cli.observations import list_observations
from lab.cli.output import colour
from lab.cli.project import project
from lab.cli.serve import serve
from lab.cli.sessions import compare, list_sessions, write_report
from lab.plugins import PluginError, load, load_own

COMMANDS = (
    *(list_sessions, answer, write_report, compare, list_observations, serve),
    *(list_columns, list_datasets, list_strategies, list_models, list_metrics, list_goals),
    *(completion,),
)
STATUSES = """\b
Exit status:
  0  success
  1  `lab compare` found a regression
  2  an error, explained on stderr
"""
EXAMPLES = examples("lab answer", "lab report --open", "lab compare", "lab serve")


@click.group(cls=Commands, epilog=f"{EXAMPLES}\n\n{STATUSES}")
@click.version_option(__version__)
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="File or module that registers your own strategies, models, metrics or goals; repeatable.",
)
@click.pass_context
def main(context: click.Context, plugins: tuple[str, ...]) -> None:
    """Inspect the catalogue and past sessions of MLflow Lab.

    `pytest benchmarks` runs a session; its options are in `pytest --help`.
    """
    context.color = colour()
    with redirect_stdout(sys.stderr):  # a plugin's prints are not part of a command's output
        load(plugins)
        try:
            load_own(project())
        except PluginError as error:  # most commands work without it
            click.echo(f"Warning: {error}")


for command in COMMANDS:
    main.add_command(command)
