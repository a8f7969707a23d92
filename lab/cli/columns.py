"""Command that shows how a table is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lab.cli.group import examples, text_or_json
from lab.cli.output import show, width
from lab.read_options import ReadOptions, command_line

if TYPE_CHECKING:
    from collections.abc import Callable


def read_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options on how columns are read."""
    for name, one in reversed(command_line().items()):
        text = f"{one.metadata['help'][0].upper()}{one.metadata['help'][1:]}; repeatable."
        command = click.option(
            f"--{name}", one.name, multiple=True, metavar=one.metadata["metavar"], help=text
        )(command)
    return command


@click.command(
    "columns",
    short_help="Show how the columns of your own table are read.",
    epilog=examples(
        "lab columns churn.csv --target churned",
        "lab columns churn.csv --target churned --missing unknown --drop visit_no",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--target", required=True, metavar="COLUMN", help="The column to predict.")
@click.option(
    "--positive", metavar="VALUE", help="Positive value of the target, by default the rarer one."
)
@read_options
@text_or_json
def list_columns(
    file: Path, target: str, positive: str | None, style: str, **how: tuple[str, ...]
) -> None:
    """Show how FILE is read by `pytest benchmarks --data FILE`, before anything is fitted.

    Each column has a kind, a treatment as a feature, and a remark. Notes follow, as a session
    prints them. The file is a CSV file, gzipped or not, or a Parquet file.
    """
    from lab.datasets.user_files import read_file
    from lab.datasets.value_columns import ValueColumns
    from lab.metrics import METRICS
    from lab.report import column_list

    asked = ValueColumns(optional=METRICS.columns)
    dataset = read_file(file.expanduser(), target, positive, ReadOptions.of(how), asked)
    show(column_list(dataset.schema, style, width()))
    if style == "text":
        click.echo()
        for note in dataset.notes + dataset.value_notes:
            click.echo(note)
