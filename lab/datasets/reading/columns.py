"""Conversion of a column to a feature: numbers, or categories of text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.datasets.dataset import LARGEST_NUMBER
from lab.errors import TableError
from lab.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.datasets.reading.table import Table

VALUES_SHOWN = 5  # values listed in a message
VALUE_LENGTH = 40  # characters of a value in a message
FEW_VALUES = 20  # values that may be in some order by chance
NUMERIC = ("numbers", "booleans", "nothing")  # kinds of columns whose cells, if any, are numbers
UNITS = {"D": 1, "s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # per second, or per day of a date


def kind_of(cells: pa.ChunkedArray, table: Table, name: str) -> str:
    """Return what the cells of a column are, in words."""
    from pyarrow import types

    kind = cells.type
    if is_text(cells):
        return "categories" if name in table.declared else "text"
    if types.is_boolean(kind):
        return "booleans"
    if types.is_timestamp(kind) or types.is_date(kind):
        return "dates"
    if types.is_time(kind):
        return "times"
    if types.is_duration(kind):
        return "durations"
    return "nothing" if types.is_null(kind) else "numbers"


def quoted(text: str) -> str:
    """Return a value as a message quotes it."""
    return repr(text[:VALUE_LENGTH])


def is_text(cells: pa.ChunkedArray) -> bool:
    """Return whether a column is text."""
    import pyarrow as pa

    return bool(pa.types.is_dictionary(cells.type))


def levels_of(cells: pa.ChunkedArray) -> pa.Array:
    """Return the distinct texts of a text column; its chunks share one dictionary."""
    import pyarrow as pa

    return cells.chunk(0).dictionary if cells.num_chunks else pa.array([], pa.string())


def with_levels(cells: pa.ChunkedArray, values: pa.Array) -> pa.ChunkedArray:
    """Return a text column with a value in place of each of its levels."""
    import pyarrow as pa

    return pa.chunked_array([values.take(chunk.indices) for chunk in cells.chunks], values.type)


def categories(codes: NDArray[np.int64], levels: pa.Array) -> pd.Series:
    """Return a text column, as :func:`coded` returns it, as categories."""
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(levels.to_pylist(), dtype=object)))


def coded(cells: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.Array]:
    """Return the code of each row's level, -1 where it is missing, and the levels of a text."""
    import pyarrow as pa

    joined = pa.concat_arrays(cells.chunks)
    return joined.indices.fill_null(-1).to_numpy(zero_copy_only=False), joined.dictionary


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
