"""Options of the user on how columns are read."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

# Missing values of pandas.read_csv, and the question mark of the UCI repository's files.
MISSING = (
    *("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NAN", "NULL", "NaN", "Nan", "None", "n/a", "nan", "null", "?"),
)


def _names(metavar: str, text: str) -> Any:
    return field(default=frozenset(), metadata={"metavar": metavar, "help": text})


@dataclass(frozen=True)
class ReadOptions:
    """How columns are read, where the user says so.

    Attributes
    ----------
    group, time : frozenset of str
        Columns by which rows are split: what they have in common, and when they were observed.
    drop, categorical, numeric : frozenset of str
        Columns to leave out, to read as categories, and to read as numbers.
    missing : frozenset of str
        Words that mean a missing value, besides those of CSV files.
    not_missing : frozenset of str
        Words of ``MISSING`` that are values.
    """

    group: frozenset[str] = _names(
        "COLUMN",
        "column of your table that groups rows which depend on each other, such as a customer; "
        "never a feature",
    )
    time: frozenset[str] = _names(
        "COLUMN",
        "column of your table with the date, time or number by which rows are in order; never a "
        "feature",
    )
    drop: frozenset[str] = _names("COLUMN", "leave a column of your table out of the features")
    categorical: frozenset[str] = _names(
        "COLUMN", "read a column of your table as categories, such as codes of digits"
    )
    numeric: frozenset[str] = _names(
        "COLUMN",
        "read a column of your table as numbers, such as percentages or a number that would "
        "count as an identifier",
    )
    missing: frozenset[str] = _names("WORD", "word that means a missing value in your table")
    not_missing: frozenset[str] = _names(
        "WORD", "word that is a value in your table, such as NA or None"
    )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the options among parsed ones, in which each is a sequence of texts."""
        return cls(**{one.name: frozenset(values[one.name]) for one in fields(cls)})

    @property
    def given(self) -> list[str]:
        """The options that are not at their defaults."""
        return [f"--{name}" for name, one in command_line().items() if getattr(self, one.name)]

    @property
    def named(self) -> list[tuple[str, str]]:
        """The columns that options name, each with its option."""
        return [
            (column, f"--{name}")
            for name in ("group", "time", "drop", "categorical", "numeric")
            for column in sorted(getattr(self, name))
        ]

    def missing_words(self, *, usual: bool) -> tuple[str, ...]:
        """Return the words that mean a missing value, with or without the usual ones."""
        words = dict.fromkeys(MISSING if usual else ())
        return tuple(sorted((words.keys() | self.missing) - self.not_missing))


def command_line() -> dict[str, Any]:
    """Return the fields of :class:`ReadOptions` by the names of their options."""
    return {one.name.replace("_", "-"): one for one in fields(ReadOptions)}


def option(name: str, value: str) -> str:
    """Return an option as one would type it.

    Examples
    --------
    >>> option("drop", "visit no")
    "--drop 'visit no'"
    """
    return f"--{name} {shlex.quote(value)}"
