"""Text cells as they stand in a user's file, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa

LONGEST_CELL = 32_767  # characters; what a spreadsheet's cell holds


def text_cells(path: Path, column: str, cells: pa.Array, missing: Iterable[str] = ()) -> pa.Array:
    """Return cells without the spaces around them; blank ones and those that are missing are null.

    Raises
    ------
    TableError
        A cell is too long to be a level of a category.
    """
    import pyarrow as pa
    from pyarrow import compute as pc

    cells = pc.utf8_trim_whitespace(cells)
    longest = pc.max(pc.utf8_length(cells)).as_py() or 0
    if longest > LONGEST_CELL:
        raise TableError(
            f"{path}: column {column!r} has a cell of {longest:,} characters: look for a quote "
            "that is not closed; free text is no feature: leave the column out"
        )
    values = pa.array(["", *missing], cells.type)
    return pc.if_else(pc.is_in(cells, value_set=values), pa.scalar(None, cells.type), cells)
