"""Options that commands of `overhead.py` share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., None]


class Numbers(click.ParamType[list[int]]):
    """Positive integers, separated by commas."""

    name = "N,N,..."

    def convert(self, value: Any, param: Any, ctx: Any) -> list[int]:
        """Return the numbers."""
        parts = str(value).split(",")
        if not all(part.isdecimal() and int(part) for part in parts):
            self.fail(f"{value!r} is not a list of numbers such as 10,100,1000", param, ctx)
        return [int(part) for part in parts]


class NewFile(click.ParamType[Path]):
    """A file that can be written, which is checked before minutes of timing."""

    name = "FILE"

    def convert(self, value: Any, param: Any, ctx: Any) -> Path:
        """Return its path."""
        path = Path(value)
        if path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
            self.fail(f"{value} cannot be written", param, ctx)
        return path


def with_output(command: Command) -> Command:
    """Add the options for files of figures."""
    picture = click.option("--picture", type=NewFile(), help="Draw the stages as stacked bars.")
    return with_file(picture(command))


def with_file(command: Command) -> Command:
    """Add the option for a JSON file of figures."""
    return click.option("--json", "file", type=NewFile(), help="Write all figures.")(command)


def with_runs(command: Command) -> Command:
    """Add the option for the number of runs."""
    option = click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True)
    return option(command)


def with_workers(command: Command) -> Command:
    """Add the option for the number of workers."""
    option = click.option(
        "--workers", type=click.IntRange(min=1), default=os.cpu_count(), show_default=True
    )
    return option(command)


def with_sizes(default: str) -> Callable[[Command], Command]:
    """Add the option for the sizes to time."""
    return click.option("--sizes", type=Numbers(), default=default, show_default=True)


def with_names(command: Command) -> Command:
    """Add the options that select cases."""
    for kind in ("model", "strategy", "dataset"):
        text = f"A {kind} to select, repeatable."
        command = click.option(f"--{kind}", multiple=True, metavar="NAME", help=text)(command)
    return command
