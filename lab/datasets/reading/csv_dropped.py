"""Columns of a CSV file that the user leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.reading import numbers
from lab.datasets.reading.cells import text_cells
from lab.datasets.reading.columns import is_text
from lab.datasets.reading.csv_blocks import blocks
from lab.datasets.reading.csv_column import DECIMAL_SIGNS, TEXT, CsvColumn
from lab.datasets.reading.dropped import (
    NAMELESS,
    DroppedColumn,
    first_word,
    hashed,
    no_numbers,
    text_in,
)
from lab.datasets.reading.table import Table
from lab.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.datasets.reading.csv_layout import Layout
    from lab.datasets.reading.notation import Signs
    from lab.read_options import ReadOptions

NUMERIC = ("", "boolean", *DECIMAL_SIGNS)  # kinds of columns; without a cell a column has none


class _Column:
    """A column that is left out, while its blocks are read.

    Attributes
    ----------
    hashes : list of ndarray
        Hashes of its cells, block by block.
    column : CsvColumn
        Its cells, as long as all are numbers or booleans.
    problem : str
        Why it has no numbers; empty as long as it may have some.
    is_text : bool
        Whether its numbers have to be read as text, since a sign may separate thousands.
    """

    def __init__(self, path: Path, name: str, missing: tuple[str, ...]) -> None:
        self.path, self.name, self.missing = path, name, missing
        self.hashes: list[NDArray[np.uint64]] = []
        self.column = CsvColumn()
        self.problem = "" if name else NAMELESS
        self.is_text = False
        self._rows = 0

    def add(self, cells: pa.Array) -> None:
        """Add the cells of a block."""
        self.hashes.append(hashed(cells))
        if not self.problem:
            self._add_numbers(cells)
            if self.problem:
                self.column = CsvColumn()  # text may be long
        self._rows += len(cells)

    def _add_numbers(self, cells: pa.Array) -> None:
        texts = self._texts(cells)
        if texts is None:
            return
        if not self.is_text:
            if self.column.add(texts) and self.column.kind in NUMERIC:
                return
            if self.column.kind not in (*NUMERIC, TEXT):
                self.problem = no_numbers("dates")
                return
        self.is_text = True
        if (at := first_word(texts)) >= 0:
            self.problem = no_numbers(text_in(texts[at].as_py(), self._rows + at + 1))

    def add_again(self, cells: pa.Array) -> None:
        """Add the cells of a block to the column of text."""
        texts = self._texts(cells)
        if texts is not None:
            self.column.add(texts)

    def _texts(self, cells: pa.Array) -> pa.Array | None:
        """Return cells without spaces and words that mean missing; None if a cell is too long."""
        try:
            return text_cells(self.path, self.name, cells, self.missing)
        except TableError:
            self.problem = no_numbers("text")
            return None

    def read(self, signs: Signs) -> DroppedColumn:
        """Return the whole column, given the decimal sign of the file's other columns."""
        column = DroppedColumn(np.concatenate(self.hashes), problem=self.problem)
        if self.problem:
            return column
        cells = self.column.joined()
        if not is_text(cells):
            column.cells = cells
            return column
        alone = Table({self.name: cells})
        try:
            numbers.recognise(self.path, alone, signs)
        except TableError as error:
            column.problem = str(error).removeprefix(f"{self.path}: column {self.name!r} ")
            return column
        if is_text(alone.columns[self.name]):
            column.problem = no_numbers("booleans and numbers")
        else:
            column.cells = alone.columns[self.name]
        return column


def read_dropped(
    path: Path, found: Layout, options: ReadOptions, signs: Signs
) -> dict[str, DroppedColumn]:
    """Return the columns that the user leaves out, by name.

    Parameters
    ----------
    path : Path
        The file.
    found : Layout
        Its layout.
    options : ReadOptions
        What the user says of the columns.
    signs : Signs
        Decimal sign of the file's other columns.
    """
    missing = options.missing_words(usual=True)
    columns = {
        i: _Column(path, name, missing)
        for i, name in enumerate(found.names)
        if name in options.drop
    }
    if not columns:
        return {}
    for batch in blocks(path, found, list(columns)):
        for column, cells in zip(columns.values(), batch.columns, strict=True):
            column.add(cells)
    again = [i for i, column in columns.items() if column.is_text and not column.problem]
    for i in again:
        columns[i].column = CsvColumn(TEXT)
    if again:
        for batch in blocks(path, found, again):
            for i, cells in zip(again, batch.columns, strict=True):
                columns[i].add_again(cells)
    return {column.name: column.read(signs) for column in columns.values() if column.hashes}
