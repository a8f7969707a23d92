"""Registered names: selected by name or glob, and suggested where one is unknown."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lab.errors import UnknownNameError
from lab.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SUGGESTIONS = 3  # close matches at most


def pick(
    patterns: Sequence[str], known: Iterable[str], kind: str, also: Iterable[str] = ()
) -> list[str]:
    """Return the known names that match any of the patterns, each once.

    Parameters
    ----------
    patterns : sequence of str
        Names or globs; matches come in their order.
    known : iterable of str
        All names; the matches of a glob come in their order.
    kind : str
        What is named, such as "strategy", for the error message.
    also : iterable of str
        Other names that the error message may suggest.

    Raises
    ------
    UnknownNameError
        A pattern matches nothing; the message suggests close matches.

    Examples
    --------
    >>> pick(["smote*"], ["raw", "smote", "smote_enn"], "strategy")
    ['smote', 'smote_enn']
    """
    known = list(known)
    picked: dict[str, None] = {}
    for pattern in patterns:
        matches = [name for name in known if fnmatchcase(name, pattern)]
        if not matches:
            raise UnknownNameError(unknown(pattern, [*known, *also], kind))
        picked.update(dict.fromkeys(matches))
    return list(picked)


def unknown(name: str, known: Sequence[str], kind: str) -> str:
    """Return the error message for an unknown name, with close matches."""
    return f"unknown {kind} {name!r}: {near(name, known)}"


def near(name: str, known: Iterable[str]) -> str:
    """Return a question with the closest known names, or a list of all if none is close."""
    known = list(known)
    folded: dict[str, list[str]] = {}
    for other in known:
        folded.setdefault(other.casefold(), []).append(other)
    close = difflib.get_close_matches(name.casefold(), folded, n=SUGGESTIONS, cutoff=0.5)
    if close:
        names = [other for match in close for other in folded[match]]
        return f"did you mean {' or '.join(names[:SUGGESTIONS])}?"
    return f"choose from {listed(known)}"
