"""A registry: entries by name, those of users among them, and groups of names."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from lab.errors import LabError, UnknownNameError
from lab.names import pick, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NAME = re.compile(r"[a-z][a-z0-9_]*")
EVERYTHING = "all"


class Entry(Protocol):
    """What a registry holds."""

    @property
    def name(self) -> str:
        """Permanent name, part of the ids of cases."""

    @property
    def on_request(self) -> str:
        """Why globs and groups leave it out: nothing if they do not."""

    @property
    def missing(self) -> str:
        """Why it cannot be used on this machine: nothing if it can."""


E = TypeVar("E", bound=Entry)


class RegistryError(LabError):
    """An entry that cannot be added."""


class Registry(dict[str, E], Generic[E]):
    """Entries by name.

    Parameters
    ----------
    kind : str
        What the entries are, in a word.
    entries : iterable
        The first of them.
    groups : mapping of str to sequence of str
        Names of several entries at once; ``all`` is every entry.
    """

    def __init__(
        self, kind: str, entries: Iterable[E], groups: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__((entry.name, entry) for entry in entries)
        self.kind = kind
        self._groups = dict(groups)
        self.files: dict[str, str] = {}  # of what was registered, the file that did

    def register(self, entry: E) -> E:
        """Add an entry and return it.

        Raises
        ------
        RegistryError
            Its name is taken, or is none: small letters, digits and underscores.
        """
        if not NAME.fullmatch(entry.name) or entry.name in self.groups:
            raise RegistryError(
                f"{self.kind} {entry.name!r}: a name is small letters, digits and underscores, "
                f"begins with a letter and is none of {', '.join(self.groups)}"
            )
        if entry.name in self:
            raise RegistryError(f"{self.kind} {entry.name!r} exists already: choose another name")
        self[entry.name] = entry
        self.files[entry.name] = sys._getframe(1).f_globals.get("__file__") or ""
        return entry

    @property
    def groups(self) -> dict[str, Sequence[str]]:
        """Names of several entries at once."""
        return self._groups | {EVERYTHING: self._usual()}

    def groups_of(self, name: str) -> list[str]:
        """Return the groups that an entry is in."""
        return [group for group, members in self.groups.items() if name in members]

    def select(self, patterns: Sequence[str]) -> list[str]:
        """Return the names that names, globs and groups pick, each once.

        Raises
        ------
        UnknownNameError
            A pattern matches nothing.
        RegistryError
            One that is named cannot be used on this machine.
        """
        picked: dict[str, None] = {}
        for pattern in patterns:
            if pattern in self.groups:
                names: Sequence[str] = self.groups[pattern]
            elif any(sign in pattern for sign in "*?["):
                names = pick([pattern], self._usual(), self.kind, self.groups)
            else:
                names = [self[pattern].name]
                if missing := self[pattern].missing:
                    raise RegistryError(f"{self.kind} {pattern!r} {missing}")
            picked.update(dict.fromkeys(names))
        return list(picked)

    def _usual(self) -> tuple[str, ...]:
        return tuple(
            name for name, entry in self.items() if not (entry.on_request or entry.missing)
        )

    def __missing__(self, name: str) -> E:
        """Say which names are near.

        Raises
        ------
        UnknownNameError
            Always.
        """
        raise UnknownNameError(unknown(name, [*self, *self.groups], self.kind))
