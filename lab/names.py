"""Pick registered names by name or glob."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lab.errors import UnknownNameError
from lab.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEAR = 3  # names to ask for


def pick(
    patterns: Sequence[str], known: Iterable[str], kind: str, also: Iterable[str] = ()
) -> list[str]:
    """Return the known names that any of the patterns matches, each once.

    Parameters
    ----------
    patterns : sequence of str
        Names or globs, in the order in which they were asked for.
    known : iterable of str
        All names; a glob's matches come in this order.
    kind : str
        What the names are of, for the error message.
    also : iterable of str
        What else could be meant; the message offers it, too.

    Raises
    ------
    UnknownNameError
        A pattern matches nothing; the message lists the near names.
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
    """Return the sentence that says a name is unknown and which are near."""
    return f"unknown {kind} {name!r}: {near(name, known)}"


def near(name: str, known: Iterable[str]) -> str:
    """Return a question for the known names that are near, or a list of all if none is."""
    known = list(known)
    folded: dict[str, list[str]] = {}
    for other in known:
        folded.setdefault(other.casefold(), []).append(other)
    close = difflib.get_close_matches(name.casefold(), folded, n=NEAR, cutoff=0.5)
    if close:
        names = [other for match in close for other in folded[match]]
        return f"did you mean {' or '.join(names[:NEAR])}?"
    return f"choose from {listed(known)}"
