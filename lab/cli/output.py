"""The screen: how wide it is, and whether it shows bold text."""

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
    """Return whether ``NO_COLOR`` or ``FORCE_COLOR`` decide on bold text; None if neither does.

    Then a terminal gets it, and a file or pipe does not.
    """
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def width() -> int | None:
    """Return the columns of the terminal; None where there is none: there nothing is cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def show(texts: Iterable[Text]) -> None:
    """Print texts, bold where they are and the screen can."""
    for text, bold in texts:
        click.echo(click.style(text, bold=True) if bold else text, nl=False)
