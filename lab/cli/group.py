"""What all commands share: their errors, exit statuses, help and common options."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from lab.errors import LabError

if TYPE_CHECKING:
    from typing import Any

REGRESSED, WRONG = 1, 2  # exit statuses
NOBODY_READS = 141  # that of a program which the signal SIGPIPE ends

text_or_json = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="JSON has everything, for scripts.",
)


class Commands(click.Group):
    """Commands in the order in which they were added, whose errors are a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the context names."""
        try:
            return super().invoke(ctx)
        except LabError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(WRONG)
        except BrokenPipeError:
            # As in `lab strategies | head`. What is left is written where nobody hears of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(NOBODY_READS)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


def examples(*lines: str) -> str:
    """Return command lines as the end of a help page."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
