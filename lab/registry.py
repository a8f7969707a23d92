"""Registry: entries by name, including those of users, and groups of names."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar, runtime_checkable

from lab.errors import LabError, UnknownNameError
from lab.names import pick, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NAME = re.compile(r"[a-z][a-z0-9_]*")
EVERYTHING = "all"


class Entry(Protocol):
    """What a registry requires of its entries."""

    @property
    def name(self) -> str:
        """Permanent name, part of the ids of cases."""

    @property
    def on_request(self) -> str:
        """Reason why globs and groups leave it out; empty if they do not."""

    @property
    def missing(self) -> str:
        """Reason why it cannot be used on this machine; empty if it can."""


@runtime_checkable
class Configurable(Protocol):
    """Entry with options, see :mod:`lab.options`."""

    def with_options(self, text: str) -> Self:
        """Return the entry that is called ``NAME:OPTION=VALUE,...``, given the part after ``:``."""


E = TypeVar("E", bound=Entry)


class RegistryError(LabError):
    """An entry that cannot be added or used."""


class Registry(dict[str, E], Generic[E]):
    """Entries by name.

    ``registry["NAME:OPTION=VALUE,..."]`` is an entry with options set, if it has options. It is
    made on request and never listed.

    Parameters
    ----------
    kind : str
        What the entries are, in a word, for error messages.
    entries : iterable
        Built-in entries.
    groups : mapping of str to sequence of str
        Groups of entries by name. The group ``all`` has every entry that is usable and not
        excluded from globs.

    Attributes
    ----------
    files : dict of str to str
        For each registered entry the file that registered it.

    Examples
    --------
    >>> from lab.models import Model
    >>> registry = Registry("model", [Model("one", "", make=list)], {"pair": ("one", "two")})
    >>> registry.register(Model("two", "", make=list)).name
    'two'
    >>> registry.select(["t*", "pair"])
    ['two', 'one']
    >>> registry["tow"]
    Traceback (most recent call last):
    lab.errors.UnknownNameError: unknown model 'tow': did you mean two?
    """

    def __init__(
        self, kind: str, entries: Iterable[E], groups: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__((entry.name, entry) for entry in entries)
        self.kind = kind
        self._groups = dict(groups)
        self.files: dict[str, str] = {}

    def register(self, entry: E) -> E:
        """Add an entry and return it.

        Raises
        ------
        RegistryError
            Its name is taken or invalid.
        """
        if not NAME.fullmatch(entry.name) or entry.name in self.groups:
            raise RegistryError(
                f"{self.kind} {entry.name!r}: use lower-case letters, digits and underscores for a "
                f"name, a letter first, and none of {', '.join(self.groups)}"
            )
        if entry.name in self:
            raise RegistryError(f"{self.kind} {entry.name!r} exists already: choose another name")
        self[entry.name] = entry
        self.files[entry.name] = sys._getframe(1).f_globals.get("__file__") or ""
        return entry

    def unregister(self, name: str) -> None:
        """Remove a registered entry, for example to register it again in a notebook.

        Raises
        ------
        RegistryError
            No entry of that name was registered.
        """
        if name not in self.files:
            raise RegistryError(f"{self.kind} {name!r} was not registered")
        del self[name], self.files[name]

    def file_of(self, name: str) -> str:
        """Return the file that registered an entry; empty for built-in ones.

        Parameters
        ----------
        name : str
            Name of the entry, with or without options.
        """
        return self.files.get(name.partition(":")[0], "")

    def is_permanent(self, name: str) -> bool:
        """Return whether a name is that of an entry, with any options in their one form."""
        if name.partition(":")[0] not in self:
            return False
        with suppress(LabError):
            return self[name].name == name
        return False

    @property
    def groups(self) -> dict[str, Sequence[str]]:
        """Groups of entries by name."""
        return self._groups | {EVERYTHING: self._usual()}

    def groups_of(self, name: str) -> list[str]:
        """Return the groups that an entry is in."""
        return [group for group, members in self.groups.items() if name in members]

    def select(self, patterns: Sequence[str]) -> list[str]:
        """Return the names that names, globs and groups select, each once.

        Raises
        ------
        UnknownNameError
            A pattern matches nothing.
        OptionError
            A name sets an option that the entry does not have, or an invalid value.
        RegistryError
            An entry that is named cannot be used on this machine.
        """
        picked: dict[str, None] = {}
        for pattern in patterns:
            if pattern in self.groups:
                names: Sequence[str] = self.groups[pattern]
            elif any(sign in pattern.partition(":")[0] for sign in "*?["):
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
        """Return the entry with options that a name stands for.

        Raises
        ------
        UnknownNameError
            No entry has the name; the message suggests close matches.
        OptionError
            The entry does not have such an option, or the option no such value.
        """
        base, colon, text = name.partition(":")
        entry = self.get(base)
        if colon and isinstance(entry, Configurable):
            return entry.with_options(text)
        raise UnknownNameError(unknown(name, [*self, *self.groups], self.kind))
