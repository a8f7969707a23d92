"""The command that serves the pages of the runs."""

from __future__ import annotations

import click
from click.core import ParameterSource

from lab.cli.group import examples
from lab.cli.project import project


@click.command(
    "serve",
    short_help="Serve the runs' pages to a browser on this machine.",
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
    help="Where to listen. Whoever reaches another address than this can read and write the runs.",
)
@click.option(
    *("--port", "-p"),
    envvar="MLFLOW_PORT",
    type=click.IntRange(1, 65535),
    default=5000,
    show_default=True,
    help="The port; without this option the next free one if it is taken.",
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTION OF MLFLOW]...")
@click.pass_context
def serve(context: click.Context, host: str, port: int, options: tuple[str, ...]) -> None:
    """Run MLflow's server over the lab's own runs, until Ctrl-C.

    All other options are those of `mlflow server`, see `mlflow server --help`. By default it has
    one worker and runs no jobs, which takes a quarter of the memory.
    """
    from lab.tracking.server import Server

    server = Server(project(), host, options)
    is_default = context.get_parameter_source("port") is ParameterSource.DEFAULT
    free = server.free_port(port, or_next=is_default)
    if free != port:
        click.echo(f"Port {port} is taken, {free} is free.", err=True)
    if not server.is_local:
        click.echo(
            f"Warning: with --host {host} anyone who reaches this machine can read and write the "
            "runs, and files through them.",
            err=True,
        )
    click.echo(f"Runs: {server.page(free)} (in some seconds; Ctrl-C ends the server)")
    server.run(free)
