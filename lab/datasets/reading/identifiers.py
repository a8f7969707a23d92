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
SAMPLE_SIZE = 1000  # values that are searched for repetitions before all others
FREE_TEXT_WORDS = 4  # words a cell, on average
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
NAMES = {
    "id",
    "ids",
    "idx",
    "index",
    "key",
    "guid",
    "uuid",
    "rowid",
    "rownum",
    "nr",
    "no",
    "number",
}


def is_called_identifier(name: str) -> bool:
    """Return whether a column is called like an identifier, by its first or last word.

    Examples
    --------
    >>> [is_called_identifier(name) for name in ("customerID", "id_client", "Row No.", "paid")]
    [True, True, True, False]
    """
    words = [word.casefold() for word in WORDS.findall(name)]
    return bool(words) and not NAMES.isdisjoint((words[0], words[-1]))


def has_distinct_numbers(values: pd.Series) -> bool:
    """Return whether each row has a different whole number."""
    numbers = values.to_numpy()
    for part in (numbers[:SAMPLE_SIZE], numbers):
        with np.errstate(invalid="ignore"):
            if not (np.floor(part) == part).all() or len(np.unique(part)) < len(part):
                return False
    return True


def numbers_rows(name: str, values: pd.Series) -> bool:
    """Return whether a different whole number in each row numbers the rows.

    It does without a name, as an index in a CSV file; by its name; or if the numbers leave hardly
    a gap, which in a short table may be chance.
    """
    if not name:
        return True
    if len(values) <= FEW_VALUES:
        return False
    numbers = values.to_numpy()
    return is_called_identifier(name) or bool(np.ptp(numbers) < len(numbers) / DENSITY)


def identifies_rows(values: pd.Series) -> bool:
    """Return whether nearly all values of a text column are distinct."""
    return bool(values.nunique() >= IDENTIFIER_SHARE * values.notna().sum())


def is_free_text(values: pd.Series) -> bool:
    """Return whether the values of a text column are sentences rather than names."""
    levels: NDArray[np.object_] = values.cat.categories.to_numpy()[:SAMPLE_SIZE]
    return bool(np.mean([len(text.split()) for text in levels]) >= FREE_TEXT_WORDS)
