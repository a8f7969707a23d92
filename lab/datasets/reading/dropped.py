"""Columns that the user leaves out: hashes of their cells, and the cells of numeric ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.datasets.reading.columns import quoted
from lab.datasets.reading.notation import KINDS, NUMBERS, matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

MISSING = np.uint64(0)
BOOLEANS = "(?i:true|false)"
NAMELESS = "has no name: give it one"  # there may be several


@dataclass
class DroppedColumn:
    """A column that the user leaves out.

    Attributes
    ----------
    hashes : ndarray of shape (n_rows,) or None
        Hashes of its cells; None if these cannot be written as text.
    cells : ChunkedArray or None
        Its cells, if they are numbers or booleans.
    problem : str
        Why they are not, to follow the column's name.
    """

    hashes: NDArray[np.uint64] | None
    cells: pa.ChunkedArray | None = None
    problem: str = ""


def no_numbers(what: str, remedy: str = "write numbers, or name another column") -> str:
    """Return why a column has no numbers, given what it has, to follow its name."""
    return f"has {what}: {remedy}"


def first_word(texts: pa.Array) -> int:
    """Return the position of the first text cell that is neither number nor boolean, or -1.

    Examples
    --------
    >>> import pyarrow as pa
    >>> first_word(pa.array(["1.5", None, "n/a"]))
    2
    """
    from pyarrow import compute as pc

    return int(pc.index(matches(texts, f"{KINDS[NUMBERS]}|{BOOLEANS}"), False).as_py())


def text_in(word: str, row: int) -> str:
    """Return that a column has text, with an example and its row."""
    return f"text, for example {quoted(word)} in row {row:,}"


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
    dropped: Mapping[str, DroppedColumn], keep: NDArray[np.bool_] | None = None
) -> dict[str, pd.Series]:
    """Return columns by their hashes as categories without names, optionally of some rows only.

    Examples
    --------
    >>> machine = DroppedColumn(np.array([7, 0, 7, 5], np.uint64))
    >>> as_categories({"machine": machine})["machine"].cat.codes.tolist()
    [1, -1, 1, 0]
    """
    found = {}
    for name, column in dropped.items():
        if (hashes := column.hashes) is None:
            continue
        levels, codes = np.unique(hashes if keep is None else hashes[keep], return_inverse=True)
        if len(levels) and levels[0] == MISSING:
            levels, codes = levels[1:], codes - 1
        found[name] = pd.Series(pd.Categorical.from_codes(codes, pd.RangeIndex(len(levels))))
    return found
