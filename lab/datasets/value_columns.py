"""Value columns: numbers of the user's table that a metric or a goal asks for by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True)
class ValueColumns:
    """Value columns that a session asks for.

    Attributes
    ----------
    required : mapping of str to str
        Columns that every table must have, each with the option that asks for it, for error
        messages.
    optional : mapping of str to str
        Columns that a table may lack, each with the metrics that ask for it: they are left out
        where it does.
    """

    required: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, str]:
        """All columns, each with what asks for it."""
        return {**self.optional, **self.required}

    def softly(self, columns: Collection[str]) -> Self:
        """Return some of the columns, all of them optional."""
        kept = {name: asker for name, asker in self.asked.items() if name in columns}
        return type(self)(optional=kept)


NOTHING_ASKED = ValueColumns()
