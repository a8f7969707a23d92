"""Columns that the user leaves out: only which rows have equal cells is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

MISSING = np.uint64(0)


def hashed(cells: pa.Array) -> NDArray[np.uint64]:
    """Return a hash of each cell; missing and empty cells have 0.

    Raises
    ------
    ArrowException
        The cells cannot be written as text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> hashes = hashed(pa.array(["M1", None, "M2", "M1", ""]))
    >>> (hashes == hashes[0]).tolist(), (hashes == MISSING).tolist()
    ([True, False, False, True, False], [False, True, False, False, True])
    """
    import pyarrow as pa

    encoded = cells.cast(pa.large_string()).dictionary_encode()
    texts = np.array([text or "" for text in encoded.dictionary.to_pylist()], dtype=object)
    hashes: NDArray[np.uint64] = np.append(pd.util.hash_array(texts, categorize=False), MISSING)
    hashes[:-1][texts == ""] = MISSING
    rows = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    of_rows: NDArray[np.uint64] = hashes[rows]
    return of_rows


def as_categories(
    dropped: Mapping[str, NDArray[np.uint64]], keep: NDArray[np.bool_] | None = None
) -> dict[str, pd.Series]:
    """Return hashed columns as categories without names, optionally of some rows only.

    Examples
    --------
    >>> columns = as_categories({"machine": np.array([7, 0, 7, 5], np.uint64)})
    >>> columns["machine"].cat.codes.tolist()
    [1, -1, 1, 0]
    """
    found = {}
    for name, hashes in dropped.items():
        levels, codes = np.unique(hashes if keep is None else hashes[keep], return_inverse=True)
        if len(levels) and levels[0] == MISSING:
            levels, codes = levels[1:], codes - 1
        found[name] = pd.Series(pd.Categorical.from_codes(codes, pd.RangeIndex(len(levels))))
    return found
