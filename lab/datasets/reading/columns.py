"""Conversion of a column to a feature: numbers, or categories of text."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.datasets.dataset import LARGEST_NUMBER
from lab.errors import TableError
from lab.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa

VALUES_SHOWN = 5  # values listed in a message
VALUE_LENGTH = 40  # characters of a value in a message
# Few distinct values: that many texts among more numbers are mistakes, not categories.
FEW_VALUES = 20
UNITS = {"D": 1, "s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # per second, or per day of a date
IDENTIFIER_SHARE = 0.95  # distinct values per row from which text identifies rows
LEVELS_SEARCHED = 1000  # levels that are searched for ambiguous notations
# Numbers, dates and times whose notation a program would have to guess: 1.234,5 12% 31/01/2020
CURRENCY = "([A-Z]{3}|[$\u20ac\u00a3\u00a5])"
NOTATION = re.compile(
    rf"[-+]?\s*{CURRENCY}?\s*[-+]?(\d{{1,3}}([.,'\s]\d{{3}})+|\d+)?([.,]\d+)?\s*(%|{CURRENCY})?"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([ T].*)?"
    r"|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?"
)


def is_text(cells: pa.ChunkedArray) -> bool:
    """Return whether a column is text."""
    import pyarrow as pa

    return bool(pa.types.is_dictionary(cells.type))


def categories(file: object, name: str, cells: pa.ChunkedArray) -> pd.Series:
    """Return a text column as categories.

    Raises
    ------
    TableError
        The column mixes many numbers with a few texts, or contains numbers, dates or times in an
        ambiguous notation: as categories they would silently lose their order.
    """
    import pyarrow as pa

    cells = pa.concat_arrays(cells.chunks)  # they share one dictionary
    codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    levels = cells.dictionary.to_pylist()
    series = pd.Series(pd.Categorical.from_codes(codes, pd.Index(levels, dtype=object)))
    texts = [level for level in levels if not is_number(level)]

    def row_of(level: str) -> int:
        return int(np.flatnonzero(codes == levels.index(level))[0]) + 1

    if broken := next((level for level in levels if "\0" in level), ""):
        raise TableError(
            f"{file}: column {name!r} has a NUL character in row {row_of(broken)}: remove it"
        )
    if 0 < len(texts) <= FEW_VALUES < len(levels) - len(texts):
        shown = ", ".join(repr(text[:VALUE_LENGTH]) for text in texts[:VALUES_SHOWN])
        shown += f"; first in row {row_of(texts[0])}"
        raise TableError(
            f"{file}: column {name!r} mixes numbers with text ({shown}): empty these cells if they "
            "are missing, or give every code a letter if the column holds codes"
        )
    if odd := _ambiguous_example(levels):
        if is_number(odd):
            raise TableError(
                f"{file}: column {name!r} contains numbers as text ({odd!r}): store them as numbers"
            )
        raise TableError(
            f"{file}: column {name!r} contains numbers, dates or times in an ambiguous notation "
            f"({odd[:VALUE_LENGTH]!r}, row {row_of(odd)}): write them as 1234.5 or 2020-01-31, or "
            "leave the column out"
        )
    return series


def _ambiguous_example(levels: list[str]) -> str:
    """Return an example if all levels have an ambiguous notation, else an empty text."""
    searched = [level for level in levels[:LEVELS_SEARCHED] if not level.isdigit()]
    odd = [level for level in searched if NOTATION.fullmatch(level)]
    many = len(levels) > FEW_VALUES and 2 * len(odd) > min(len(levels), LEVELS_SEARCHED)
    return odd[0] if many and len(odd) == len(searched) else ""


def is_number(text: str) -> bool:
    """Return whether Python reads a text as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def numbers(file: object, name: str, cells: pa.ChunkedArray) -> pd.Series:
    """Return a column as float64.

    Booleans become 0 and 1, dates days since 1970, times and durations seconds.

    Raises
    ------
    TableError
        A number is infinite or too large.
    """
    import pyarrow as pa
    from pyarrow import types

    kind, unit = cells.type, 1
    if types.is_temporal(kind):
        unit = UNITS["ms" if types.is_date64(kind) else getattr(kind, "unit", "D")]
        unit *= 1 if types.is_duration(kind) or types.is_time(kind) else 86_400
        cells = cells.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
    if types.is_date32(kind):
        unit = 1  # days already
    if types.is_boolean(kind):
        cells = cells.cast(pa.int8())
    values = np.empty(len(cells))
    start = 0
    for chunk in cells.chunks:  # one by one, so that a large column is not in memory twice
        part = chunk.to_numpy(zero_copy_only=False)
        values[start : start + len(part)] = part.astype(np.float64)
        start += len(part)
    values /= unit
    with np.errstate(invalid="ignore"):
        bad = np.abs(values) > LARGEST_NUMBER
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        what = "an infinite value" if math.isinf(values[row]) else f"{values[row]:.3g}"
        raise TableError(
            f"{file}: column {name!r} has {what} in row {row + 1} "
            f"({counted(int(bad.sum()), 'such row')}): numbers must not exceed "
            f"{LARGEST_NUMBER:g} in magnitude; leave missing cells empty"
        )
    return pd.Series(values, copy=False)


def is_constant(values: pd.Series) -> bool:
    """Return whether a column has at most one distinct value, ignoring missing ones."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return len(values.cat.remove_unused_categories().cat.categories) <= 1
    return bool(values.min() == values.max() or values.isna().all())


def is_row_number(values: pd.Series, *, is_nameless: bool) -> bool:
    """Return whether a column counts the rows, up or down in steps of one.

    In a short table that may be chance, unless the column has no name, as an index in a CSV file.
    """
    steps = np.diff(values.to_numpy())
    if len(steps) < FEW_VALUES and not is_nameless:
        return False
    return bool((steps == 1.0).all() or (steps == -1.0).all())


def identifies_rows(values: pd.Series) -> bool:
    """Return whether nearly all values of a text column are distinct."""
    return bool(values.nunique() >= IDENTIFIER_SHARE * values.notna().sum())
