"""Behaviour of all commands: errors, exit statuses, help and common options."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from lab.errors import LabError

if TYPE_CHECKING:
    from typing import Any

REGRESSED, ERROR = 1, 2  # exit statuses
BROKEN_PIPE = 141  # exit status of a program that is ended by the signal SIGPIPE

text_or_json = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="JSON has all fields, for scripts.",
)


class Commands(click.Group):
    """Commands in the order of their definition, whose errors are printed as one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the context names."""
        try:
            return super().invoke(ctx)
        except LabError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(ERROR)
        except BrokenPipeError:
            # As in `lab strategies | head`. Output still in the buffer goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(BROKEN_PIPE)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


def examples(*lines: str) -> str:
    """Return command lines as the last section of a help page."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
