"""The command ``lab``: what is not a test session.

A command is a function in a module of its group here, and a line in ``COMMANDS``. What takes time
to import is imported when a command runs: help and completion take none of it.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout

import click

from lab import __version__
from lab.cli.catalogue import list_datasets, list_metrics, list_models, list_strategies
from lab.cli.completion import completion
from lab.cli.group import Commands
from lab.cli.observations import list_observations
from lab.cli.output import colour
from lab.cli.project import project
from lab.cli.serve import serve
from lab.cli.sessions import compare, list_sessions, write_report
from lab.plugins import PluginError, load, load_own

COMMANDS = (
    *(list_sessions, write_report, compare, list_observations, serve),
    *(list_datasets, list_strategies, list_models, list_metrics),
    *(completion,),
)
STATUSES = """\b
Exit status:
  0  all is well
  1  `lab compare` found a case that regressed
  2  something is wrong, which a sentence names

`pytest benchmarks` runs a session; its options are in `pytest --help`.
"""


@click.group(cls=Commands, epilog=STATUSES)
@click.version_option(__version__)
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="A file or module that registers strategies, models and metrics of your own; repeatable.",
)
@click.pass_context
def main(context: click.Context, plugins: tuple[str, ...]) -> None:
    """Look at what MLflow Lab has, and at what its sessions found."""
    context.color = colour()
    with redirect_stdout(sys.stderr):  # what a module prints is no part of a command's output
        load(plugins)
        try:
            load_own(project())
        except PluginError as error:  # most commands can do without
            click.echo(f"Warning: {error}")


for command in COMMANDS:
    main.add_command(command)
