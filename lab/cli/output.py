"""Standard output: its width, and whether it shows bold text."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.report import Text


def colour() -> bool | None:
    """Return whether ``NO_COLOR`` or ``FORCE_COLOR`` turns bold text off or on.

    None if neither is set: then a terminal shows it, and a file or pipe does not.
    """
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def width() -> int | None:
    """Return the columns of the terminal, or None for a file or pipe, where nothing is cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def show(texts: Iterable[Text]) -> None:
    """Print texts, some of them bold."""
    for text, bold in texts:
        click.echo(click.style(text, bold=True) if bold else text, nl=False)
