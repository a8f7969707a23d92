"""Numbers, names and durations in words, and texts that fit a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTED = 40  # names written out in a list


def listed(names: Iterable[str], most: int = LISTED) -> str:
    """Return names separated by commas; only the first and "and N more" if there are many."""
    names = list(names)
    return " ".join(filter(None, [", ".join(names[:most]), and_more(len(names) - most)]))


def and_more(number: int) -> str:
    """Return "and N more" for the rest of a list; empty if there is none."""
    return f"and {number:,} more" if number > 0 else ""


def counted(number: int, what: str) -> str:
    """Return a number and its noun, which is in the plural unless the number is 1."""
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds, with hours if there are any."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def about(seconds: float) -> str:
    """Return a duration as roughly as it is known."""
    if seconds < 55:
        return f"about {10 * max(1, round(seconds / 10))} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 10:
        return f"about {minutes} min"
    if minutes < 90:
        return f"about {5 * round(minutes / 5)} min"
    return f"about {round(minutes / 60)} h"


def cut(text: str, width: int) -> str:
    """Return the beginning of a text that takes no more columns of a terminal, in one line."""
    taken, kept = 0, ""
    for character in text:
        character = character if character.isprintable() else "?"
        taken += columns(character)
        if taken > width:
            break
        kept += character
    return kept


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
