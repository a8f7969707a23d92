"""Table: typed columns of a file, and how they were read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from lab.datasets.reading.dropped import DroppedColumn
    from lab.datasets.reading.notation import Notation


@dataclass
class Table:
    """Columns of a file.

    Attributes
    ----------
    columns : dict of str to ChunkedArray
        Columns by name, in the order of the file: booleans, numbers, dates and times, and all else
        as dictionary-encoded text. Missing values are null, among numbers also NaN.
    declared : set of str
        Columns that the file or the user declares as categories.
    words : dict of str to dict of str to int
        Words that were read as missing values, by column, with the number of cells.
    remarks : dict of str to str
        How the numbers of a column were written, if not plainly.
    notes : list of str
        Remarks on the file.
    notations : dict of str to Notation
        How the numbers of a column were written, if not as Python writes them.
    missing : tuple of str
        Words that mean a missing value in text cells.
    typed : set of str
        Columns that the file does not store as text.
    dropped : dict of str to DroppedColumn
        Columns that the user leaves out.
    """

    columns: dict[str, pa.ChunkedArray]
    declared: set[str] = field(default_factory=set)
    words: dict[str, dict[str, int]] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    notations: dict[str, Notation] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    typed: set[str] = field(default_factory=set)
    dropped: dict[str, DroppedColumn] = field(default_factory=dict)
