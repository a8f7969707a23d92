"""Text cells of a user's file, in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa

LONGEST_CELL = 32_767  # characters; the limit of spreadsheets


def text_cells(path: Path, column: str, cells: pa.Array, missing: Iterable[str] = ()) -> pa.Array:
    """Return text cells without surrounding spaces; blank and missing ones become null.

    Parameters
    ----------
    path, column
        File and column, for error messages.
    cells : Array
        Strings.
    missing : iterable of str
        Words that mean a missing value.

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
            "quote, or leave the column out, since free text cannot be a feature"
        )
    values = pa.array(["", *missing], cells.type)
    return pc.if_else(pc.is_in(cells, value_set=values), pa.scalar(None, cells.type), cells)
