"""Make a feature of one column: numbers, or categories of text."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.datasets.dataset import LARGEST
from lab.errors import TableError
from lab.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 5  # values or columns that a message lists
LONGEST = 40  # characters of a value in it
# Text in a column of numbers is a slip if it has few levels while the numbers have many.
SLIPS = 20
UNITS = {"D": 1, "s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # a second, of times
IDENTIFIER = 0.95  # distinct values a row from which text identifies rows
LOOKED_AT = 1000  # levels among which other notations are looked for
# Numbers, dates and times as people write them and no program should guess: 1.234,5 12% 31/01/2020
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
    """Return text as categories.

    Raises
    ------
    TableError
        The text is numbers with slips among them, or numbers, dates or times in a notation that
        is not read: to take it for categories would be wrong without a word.
    """
    import pyarrow as pa

    cells = pa.concat_arrays(cells.chunks)  # their dictionaries are one
    codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    levels = cells.dictionary.to_pylist()
    series = pd.Series(pd.Categorical.from_codes(codes, pd.Index(levels, dtype=object)))
    slips = [level for level in levels if not is_number(level)]

    def row_of(level: str) -> int:
        return int(np.flatnonzero(codes == levels.index(level))[0]) + 1

    if broken := next((level for level in levels if "\0" in level), ""):
        raise TableError(f"{file}: column {name!r} has a NUL in row {row_of(broken)}: take it out")
    if 0 < len(slips) <= SLIPS < len(levels) - len(slips):
        shown = ", ".join(repr(slip[:LONGEST]) for slip in slips[:SHOWN])
        shown += f", first in row {row_of(slips[0])}"
        raise TableError(
            f"{file}: column {name!r} mixes numbers and text ({shown}): "
            "leave such cells empty if they are missing, else write codes that all have a letter"
        )
    if odd := _in_other_notation(levels):
        if is_number(odd):
            raise TableError(
                f"{file}: column {name!r} holds numbers as text ({odd!r}): store them as numbers"
            )
        raise TableError(
            f"{file}: column {name!r} holds numbers, dates or times in a notation that is not read "
            f"({odd[:LONGEST]!r}, row {row_of(odd)}): write 1234.5 and 2020-01-31, or leave it out"
        )
    return series


def _in_other_notation(levels: list[str]) -> str:
    """Return an example of numbers, dates or times that are not written as a program does."""
    looked_at = [level for level in levels[:LOOKED_AT] if not level.isdigit()]
    odd = [level for level in looked_at if NOTATION.fullmatch(level)]
    many = len(levels) > SLIPS and 2 * len(odd) > min(len(levels), LOOKED_AT)
    return odd[0] if many and len(odd) == len(looked_at) else ""


def is_number(text: str) -> bool:
    """Return whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def numbers(file: object, name: str, cells: pa.ChunkedArray) -> pd.Series:
    """Return truths as 0 and 1, dates as days since 1970, times and durations as seconds.

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
    for chunk in cells.chunks:  # one after the other: a large column is not held twice
        part = chunk.to_numpy(zero_copy_only=False)
        values[start : start + len(part)] = part.astype(np.float64)
        start += len(part)
    values /= unit
    with np.errstate(invalid="ignore"):
        bad = np.abs(values) > LARGEST
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        what = "an infinite value" if math.isinf(values[row]) else f"{values[row]:.3g}"
        raise TableError(
            f"{file}: column {name!r} holds {what} in row {row + 1}, and such "
            f"in {counted(int(bad.sum()), 'row')}: numbers must lie within {LARGEST:g}; leave a "
            "cell empty if it is missing"
        )
    return pd.Series(values, copy=False)


def is_constant(values: pd.Series) -> bool:
    """Return whether a column has at most one value, besides missing ones."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return len(values.cat.remove_unused_categories().cat.categories) <= 1
    return bool(values.min() == values.max() or values.isna().all())


def numbers_rows(values: pd.Series, *, is_nameless: bool) -> bool:
    """Return whether a column counts the rows, up or down: each value is one from that before it.

    A column without a name is what a table's index comes to in a file.
    """
    steps = np.diff(values.to_numpy())
    if len(steps) < SLIPS and not is_nameless:
        return False
    return bool((steps == 1.0).all() or (steps == -1.0).all())


def identifies_rows(values: pd.Series) -> bool:
    """Return whether a column of text has another value in nearly every row that has one."""
    return bool(values.nunique() >= IDENTIFIER * values.notna().sum())
