"""Read a CSV file, block by block.

A column has the type of all its cells: booleans, numbers or dates, else text.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.reading import numbers
from lab.datasets.reading.cells import text_cells
from lab.datasets.reading.csv_layout import (
    SHOWN,
    Layout,
    check_closed,
    is_zipped,
    layout,
    open_csv,
)
from lab.datasets.reading.notation import Notation, shows_decimals
from lab.datasets.reading.table import Table
from lab.errors import TableError, first_sentence
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from lab.datasets.reading.options import ReadOptions

# Bytes read at a time; no row may be longer. Each column of a block takes time, whatever its size,
# so that blocks of wide files are larger.
BLOCK = 1 << 21
COLUMNS, MOST_BLOCKS = 100, 64  # columns a ``BLOCK``, and its largest multiple
TEXT = "text"
# Kinds of cells, in the order in which they are tried, with their Arrow types.
KINDS = {
    "boolean": ("bool_",),
    "number": ("float64",),
    "number with a comma": ("float64",),
    "date": ("timestamp", "us"),
    "instant": ("timestamp", "us", "UTC"),  # a date with its offset from UTC
}
SIGNS = {"number": ".", "number with a comma": ","}  # decimal signs
BEFORE_DECIMALS = 1000  # cells that are searched for decimals before all others


class _Column:
    """Cells of a column read so far, all of one kind."""

    def __init__(self, kind: str = "") -> None:
        self.kind = kind
        self.sign = ""  # the decimal sign, once a cell has shown it
        self.words: Counter[str] = Counter()  # those that mean a missing value
        self._parts: list[pa.Array | int] = []  # a number stands for that many missing cells

    def add(self, cells: pa.Array) -> bool:
        """Add cells if they are of the same kind as those before; return whether they are."""
        import pyarrow as pa

        if cells.null_count == len(cells):
            self._parts.append(len(cells))
            return True
        for kind in self._possible():
            try:
                part = _read_as(kind, cells)
            except pa.ArrowInvalid:
                continue
            if kind in SIGNS and not self.sign and _has_sign(cells, SIGNS[kind]):
                if not _shows_decimals(cells, SIGNS[kind]):
                    break  # the sign may separate thousands, which the whole column shows
                self.sign = SIGNS[kind]
            self.kind = kind
            self._parts.append(part)
            return True
        if self.kind:
            return False
        self.kind = TEXT
        self._parts.append(cells.dictionary_encode())
        return True

    def _possible(self) -> list[str]:
        if not self.kind:
            return [*KINDS, TEXT]
        # Whole numbers may be followed by numbers with any decimal sign.
        return list(SIGNS) if self.kind in SIGNS and not self.sign else [self.kind]

    def joined(self) -> pa.ChunkedArray:
        """Return all cells as one column."""
        import pyarrow as pa

        kind = next((part.type for part in self._parts if not isinstance(part, int)), pa.null())
        parts = [pa.nulls(p, kind) if isinstance(p, int) else p for p in self._parts]
        joined = pa.chunked_array(parts, kind)
        return joined.unify_dictionaries() if self.kind == TEXT else joined


def _read_as(kind: str, cells: pa.Array) -> pa.Array:
    import pyarrow as pa
    from pyarrow import compute as pc

    if kind == TEXT:
        return cells.dictionary_encode()
    if kind == "boolean":
        cells = pc.utf8_lower(cells)
        if not pc.all(pc.is_in(cells, value_set=pa.array(["true", "false", None]))).as_py():
            raise pa.ArrowInvalid("neither true nor false")
        return pc.equal(cells, "true")
    if SIGNS.get(kind) == ",":
        if _has_sign(cells, "."):
            raise pa.ArrowInvalid("both signs")
        cells = pc.replace_substring(cells, ",", ".")
    name, *arguments = KINDS[kind]
    return cells.cast(getattr(pa, name)(*arguments))


def _has_sign(cells: pa.Array, sign: str) -> bool:
    """Return whether a character is in some cell; faster than a look at each."""
    start, end = cells.offset, cells.offset + len(cells)
    offsets = np.frombuffer(cells.buffers()[1], np.int32)
    content = memoryview(cells.buffers()[2])[offsets[start] : offsets[end]]
    return re.search(re.escape(sign).encode(), content) is not None


def _shows_decimals(cells: pa.Array, sign: str) -> bool:
    return shows_decimals(cells[:BEFORE_DECIMALS], sign) or shows_decimals(cells, sign)


def header(path: Path) -> list[str]:
    """Return the names of the columns."""
    return layout(path).names


def read(path: Path, options: ReadOptions) -> Table:
    """Return the columns of a file, typed as by ``read_table`` of ``tables.py``."""
    found = layout(path)
    positions = [i for i, name in enumerate(found.names) if name not in options.drop]
    missing = options.missing_words(usual=True)

    def as_text(name: str) -> bool:
        return name in options.categorical

    columns = {i: _Column(TEXT if as_text(found.names[i]) else "") for i in positions}
    again: dict[int, _Column] = {}
    for batch in _blocks(path, found, positions):
        for i, cells in zip(positions, batch.columns, strict=True):
            if i not in again and not columns[i].add(
                text_cells(path, found.names[i], cells, missing, columns[i].words)
            ):
                # It is text after all, so blocks that were read as another kind are read again.
                again[i] = columns[i] = _Column(TEXT)
    if again:
        for batch in _blocks(path, found, list(again)):
            for (i, column), cells in zip(again.items(), batch.columns, strict=True):
                column.add(text_cells(path, found.names[i], cells, missing, column.words))
    table = Table({}, missing=missing)
    signs = {column.sign for column in columns.values() if column.sign}
    nameless = 0
    for i in positions:
        name, column = found.names[i], columns.pop(i)
        cells = column.joined()
        if not name and cells.null_count == len(cells):
            nameless += 1
            continue
        if name in table.columns:
            count = sum(not other for other in found.names) - nameless
            raise TableError(f"{path}: {count} columns have no name: give each its own name")
        _check_lines(path, name, cells, found)
        table.columns[name] = cells
        if column.sign == ",":
            table.notations[name] = Notation(",", "")
        if column.words:
            table.words[name] = dict(sorted(column.words.items()))
        if as_text(name):
            table.declared.add(name)
    if nameless:
        table.notes.append(f"dropped: {counted(nameless, 'empty column')} without a name")
    usual = signs.pop() if len(signs) == 1 else {",": ".", ";": ""}.get(found.delimiter, "")
    numbers.recognise(path, table, usual, options.numeric)
    return table


def _check_lines(path: Path, name: str, column: pa.ChunkedArray, found: Layout) -> None:
    """Raise an error if a cell contains whole rows, which two stray quotes cause."""
    import pyarrow as pa
    from pyarrow import compute as pc

    if not pa.types.is_dictionary(column.type) or not column.num_chunks:
        return
    levels = column.chunk(0).dictionary
    for level in levels.filter(pc.match_substring_regex(levels, "[\r\n]")).to_pylist():
        inner = level.splitlines()[1:-1]
        if any(line.count(found.delimiter) == len(found.names) - 1 for line in inner):
            raise TableError(
                f"{path}: column {name!r} has a cell that contains whole rows and starts with "
                f"{level[:40]!r}: look for an unclosed quote"
            )


def _blocks(path: Path, found: Layout, wanted: list[int]) -> Iterator[pa.RecordBatch]:
    """Yield the columns at these positions as text, block by block."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    invalid: list[arrow_csv.InvalidRow] = []

    def skip_blank(row: arrow_csv.InvalidRow) -> str:
        if not row.text.strip():
            return "skip"
        invalid.append(row)
        return "error"

    size = BLOCK * min(1 + len(found.names) // COLUMNS, MOST_BLOCKS)
    # Positions, since names need not be unique, and finding them takes time.
    names = [str(i) for i in range(len(found.names))]
    try:
        with (
            path.open("rb") as file,  # Arrow itself opens only names in UTF-8
            pa.input_stream(file, compression="gzip" if is_zipped(path) else None) as stream,
            arrow_csv.open_csv(
                stream,
                arrow_csv.ReadOptions(block_size=size, column_names=names, skip_rows=found.lines),
                arrow_csv.ParseOptions(
                    delimiter=found.delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=skip_blank,
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=[names[i] for i in wanted],
                ),
            ) as reader,
        ):
            batch = None
            for batch in reader:
                yield batch
            if batch and wanted and wanted[-1] == len(names) - 1:
                check_closed(path, batch.column(len(wanted) - 1)[-1].as_py())
    except pa.ArrowException as error:
        reason = first_sentence(error)
        if reason == "Empty CSV file" or reason.startswith("Could not skip"):
            return  # nothing follows the header
        if invalid:
            raise TableError(f"{path}: {_ragged(path, found, invalid[0])}") from None
        raise TableError(f"{path} {_explained(reason, size)}") from None


def _ragged(path: Path, found: Layout, row: object) -> str:
    """Return what is wrong with a row of too few or too many cells, with its line."""
    text = row.text.rstrip("\r\n")  # type: ignore[attr-defined]
    names, cells = row.expected_columns, row.actual_columns  # type: ignore[attr-defined]
    number, is_last = _line_of(path, text)
    line = f"line {number:,}" if number else "a line"
    shown = f"{line}, {text[:SHOWN]!r},"
    if text.count('"') % 2:
        return f"{shown} has an unclosed quote: close it"
    if cells < names and is_last:
        return f"{shown} at the end of the file is not a row of the table: delete it"
    if cells < names:
        return f"{shown} has {counted(cells, 'cell')} for {names} columns: complete or delete it"
    return (
        f"{shown} has {cells} cells for {counted(names, 'column')}: put quotes around a cell that "
        f"contains {found.delimiter!r}"
    )


def _line_of(path: Path, text: str) -> tuple[int, bool]:
    """Return the number of the line with a text, and whether only blank ones follow."""
    first = text.splitlines()[0] if text.splitlines() else text
    with open_csv(path, "rt", encoding="utf-8-sig", newline=None, errors="replace") as file:
        numbered = enumerate(file, 1)
        number = next((i for i, line in numbered if line.rstrip("\n") == first), 0)
        return number, not any(line.strip() for _, line in numbered)


def _explained(reason: str, size: int) -> str:
    """Return Arrow's message about a CSV file in terms of the file, with a remedy."""
    if "UTF8" in reason:
        return "is not UTF-8 text: save it as UTF-8"
    if "straddling" in reason:
        return f"has a row of more than {size:,} bytes: look for an unclosed quote"
    return f"cannot be read as CSV: {reason}"
