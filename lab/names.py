"""Pick registered names by name or glob."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lab.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def pick(patterns: Sequence[str], known: Iterable[str], kind: str) -> list[str]:
    """Return the known names that any of the patterns matches, each once.

    Parameters
    ----------
    patterns : sequence of str
        Names or globs, in the order in which they were asked for.
    known : iterable of str
        All names; a glob's matches come in this order.
    kind : str
        What the names are of, for the error message.

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
            raise UnknownNameError(unknown(pattern, known, kind))
        picked.update(dict.fromkeys(matches))
    return list(picked)


def unknown(name: str, known: Sequence[str], kind: str) -> str:
    """Return the sentence that says a name is unknown and which are near."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        return f"unknown {kind} {name!r}: did you mean {' or '.join(near)}?"
    return f"unknown {kind} {name!r}: choose from {', '.join(known)}"
