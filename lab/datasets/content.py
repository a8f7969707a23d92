"""Content of columns: its one representation, and its digest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGITS = 32  # hexadecimal digits of a digest


def canonical(column: pd.Series) -> pd.Series:
    """Return a column as float64 or as categories of text, with NaN for missing values."""
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        # All NaNs get the same bit pattern, and -0.0 becomes 0.0.
        same = np.where(np.isnan(values), np.nan, values + 0.0)
        if column.dtype == np.float64 and np.array_equal(same.view("i8"), values.view("i8")):
            return column  # not copied, since it may be mapped from a file
        return pd.Series(same, index=column.index)
    codes, levels = pd.factorize(column, sort=False)
    texts = pd.Index([str(level) for level in levels], dtype=object)
    return pd.Series(pd.Categorical.from_codes(codes, texts), index=column.index)


def canonical_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of canonical columns."""
    columns = {name: canonical(table[name]) for name in table.columns}
    return pd.DataFrame(columns, index=table.index, copy=False)


def update(content: Any, name: str, column: pd.Series) -> None:
    """Add a canonical column to a hash.

    Numbers are added as little-endian float64, categories as UTF-8 text.
    """
    content.update(f"\n{name}\n".encode())
    if pd.api.types.is_numeric_dtype(column):
        content.update(column.to_numpy(dtype="<f8").tobytes())
    else:
        codes, levels = pd.factorize(column, sort=False)
        content.update("\0".join(levels).encode())
        content.update(codes.astype("<i4").tobytes())


def digest_of(table: pd.DataFrame, names: Iterable[str]) -> str:
    """Return the digest of some canonical columns of a table, in this order."""
    content = hashlib.sha256()
    for name in names:
        update(content, name, table[name])
    return content.hexdigest()[:DIGITS]
