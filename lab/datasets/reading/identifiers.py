"""Columns that number or name the rows, and free text: none of them is a feature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.reading.columns import FEW_VALUES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

IDENTIFIER_SHARE = 0.95  # distinct values per row from which text identifies rows
# Numbers that fill this part of their range without a repetition number the rows, of which some
# were removed: a split may have taken a third.
DENSITY = 2 / 3
SAMPLE_SIZE = 1000  # values that are looked at before all others
FREE_TEXT_WORDS = 4  # words a cell, on average
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
IDENTIFIERS = frozenset({"id", "ids", "guid", "uuid"})
# As the first word of a name, such as "row_index", and as the last, such as "Visit No.".
FIRST_WORDS = IDENTIFIERS | {"idx", "index", "rowid", "rownum"}
NUMBERED = frozenset({"nr", "no", "number"})
LAST_WORDS = FIRST_WORDS | NUMBERED | {"key"}


def is_called_identifier(name: str) -> bool:
    """Return whether a column is called like an identifier, by its first or last word.

    Examples
    --------
    >>> names = ("customerID", "id_client", "Row No.", "price index", "number_of_rooms")
    >>> [is_called_identifier(name) for name in names]
    [True, True, True, True, False]
    """
    words = _words(name)
    return words[0] in FIRST_WORDS or words[-1] in LAST_WORDS


def may_group_rows(name: str) -> bool:
    """Return whether a column is called like what rows may have in common: a customer, a visit.

    Examples
    --------
    >>> [may_group_rows(name) for name in ("customerID", "Visit No.", "price index", "rooms")]
    [True, True, False, False]
    """
    words = _words(name)
    return not IDENTIFIERS.isdisjoint((words[0], words[-1])) or words[-1] in NUMBERED


def _words(name: str) -> list[str]:
    """Return the words of a name in lower case, at least one."""
    return [word.casefold() for word in WORDS.findall(name)] or [""]


def share_of_distinct(values: pd.Series) -> float:
    """Return the share of distinct values if all are whole numbers, else 0."""
    numbers = values.to_numpy()
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers) or not (np.floor(numbers[:SAMPLE_SIZE]) == numbers[:SAMPLE_SIZE]).all():
        return 0.0
    if not (np.floor(numbers) == numbers).all():
        return 0.0
    return len(np.unique(numbers)) / len(numbers)


def numbers_rows(name: str, values: pd.Series) -> bool:
    """Return whether whole numbers, nearly all of them different, number the rows.

    They do in a column without a name, such as the index in a CSV file, in a column that is called
    like an identifier, and if they have hardly a gap, which in a short table may be chance.
    """
    if not name:
        return True
    if len(values) <= FEW_VALUES:
        return False
    span = values.max() - values.min()
    return is_called_identifier(name) or bool(span < values.notna().sum() / DENSITY)


def identifies_rows(values: pd.Series) -> bool:
    """Return whether nearly all values of a text column are distinct."""
    return bool(values.nunique() >= IDENTIFIER_SHARE * values.notna().sum())


def is_free_text(values: pd.Series) -> bool:
    """Return whether the values of a text column are sentences rather than names."""
    levels: NDArray[np.object_] = values.cat.categories.to_numpy()[:SAMPLE_SIZE]
    return bool(np.mean([len(text.split()) for text in levels]) >= FREE_TEXT_WORDS)
