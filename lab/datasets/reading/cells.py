"""Text cells of a user's file, in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.errors import TableError
from lab.read_options import option

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa

LONGEST_CELL = 32_767  # characters; the limit of spreadsheets


def text_cells(
    path: Path,
    column: str,
    cells: pa.Array,
    missing: Iterable[str] = (),
    found: Counter[str] | None = None,
) -> pa.Array:
    """Return text cells without surrounding spaces; blank and missing ones become null.

    Parameters
    ----------
    path, column
        File and column, for error messages.
    cells : Array
        Strings.
    missing : iterable of str
        Words that mean a missing value.
    found : Counter, optional
        Gets the number of cells with each of these words.

    Raises
    ------
    TableError
        A cell is too long to be a category.
    """
    import pyarrow as pa
    from pyarrow import compute as pc

    cells = pc.utf8_trim_whitespace(cells)
    longest = pc.max(pc.utf8_length(cells)).as_py() or 0
    if longest > LONGEST_CELL:
        raise TableError(
            f"{path}: column {column!r} has a cell of {longest:,} characters: look for an unclosed "
            f"quote, or leave the column out with {option('drop', column)}, since free text cannot "
            "be a feature"
        )
    words = ["", *missing]
    positions = pc.index_in(cells, value_set=pa.array(words, cells.type))
    if positions.null_count == len(cells):
        return cells
    if found is not None:
        for count in pc.value_counts(positions.drop_null()).to_pylist():
            if count["values"]:  # not blank
                found[words[count["values"]]] += count["counts"]
    return pc.if_else(pc.is_valid(positions), pa.scalar(None, cells.type), cells)
