"""Column of a user's table: how it was read, and what became of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

# Treatments.
TARGET, GROUP, TIME = "target", "group", "time"
NUMBER, CATEGORIES, FILLED, DROPPED = "number", "categories", "filled in or not", "dropped"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
        Its name in the file; empty if it has none.
    kind : str
        What its cells are: numbers, booleans, dates, times, durations, text, or categories that
        the file or the user declares.
    treatment : str
        What became of it: a number, categories, 1 or 0 for filled in or not, the target, the
        group or time of each row, or nothing.
    remark : str
        Why, and what else to know.
    missing : int
        Missing cells in rows with a target.
    decimal, thousands, unit : str
        How its numbers are written: the decimal sign, all separators of thousands, and the
        currency or percent sign that was left out.
    typed : bool
        Whether the file stores its cells as numbers, dates and the like rather than text, so that
        no word in them can mean a missing value.
    """

    name: str
    kind: str
    treatment: str
    remark: str = ""
    missing: int = 0
    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    typed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the column as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """Return a column from its JSON."""
        return cls(**facts)
