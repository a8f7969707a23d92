"""The command that serves the MLflow pages of the runs."""

from __future__ import annotations

import click
from click.core import ParameterSource

from lab.cli.group import examples
from lab.cli.project import project


@click.command(
    "serve",
    short_help="Serve the runs' MLflow pages on this machine.",
    context_settings={"ignore_unknown_options": True},
    epilog=examples(
        "lab serve",
        "lab serve --port 8080",
        "lab serve --workers 2 --allowed-hosts lab.example.org",
    ),
)
@click.option(
    *("--host", "-h"),
    envvar="MLFLOW_HOST",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at. With any other than the default, everyone who can reach it can "
    "read and write the runs.",
)
@click.option(
    *("--port", "-p"),
    envvar="MLFLOW_PORT",
    type=click.IntRange(1, 65535),
    default=5000,
    show_default=True,
    help="Port to listen at. By default, the next free port if 5000 is in use.",
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[MLFLOW OPTION]...")
@click.pass_context
def serve(context: click.Context, host: str, port: int, options: tuple[str, ...]) -> None:
    """Run MLflow's server for the project's runs, until Ctrl-C.

    All other options are passed to `mlflow server`, see `mlflow server --help`. By default the
    server has one worker and runs no jobs, which saves three quarters of its memory.
    """
    from lab.tracking.server import Server

    server = Server(project(), host, options)
    is_default = context.get_parameter_source("port") is ParameterSource.DEFAULT
    free = server.free_port(port, or_next=is_default)
    if free != port:
        click.echo(f"Port {port} is in use: listening at {free}.", err=True)
    if not server.is_local:
        click.echo(
            f"Warning: with --host {host} everyone who can reach this machine can read and write "
            "the runs, and files through them.",
            err=True,
        )
    click.echo(f"Runs: {server.page(free)} (in a few seconds; Ctrl-C stops the server)")
    server.run(free)
