"""Read a CSV file, block by block.

A column has the type of all its cells: booleans, numbers or dates, else text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.reading import numbers
from lab.datasets.reading.cells import text_cells
from lab.datasets.reading.columns import is_text, levels_of
from lab.datasets.reading.csv_column import TEXT, CsvColumn
from lab.datasets.reading.csv_layout import (
    SHOWN,
    Layout,
    check_closed,
    is_zipped,
    layout,
    open_csv,
)
from lab.datasets.reading.dropped import hashed
from lab.datasets.reading.notation import Notation, Signs
from lab.datasets.reading.table import Table
from lab.errors import TableError, first_sentence
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.read_options import ReadOptions

# Bytes read at a time; no row may be longer. Each column of a block takes time, whatever its size,
# so that blocks of wide files are larger.
BLOCK = 1 << 21
COLUMNS, MOST_BLOCKS = 100, 64  # columns a ``BLOCK``, and its largest multiple


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

    columns = {i: CsvColumn(TEXT if as_text(found.names[i]) else "") for i in positions}
    again: dict[int, CsvColumn] = {}
    for batch in _blocks(path, found, positions):
        for i, cells in zip(positions, batch.columns, strict=True):
            if i not in again and not columns[i].add(
                text_cells(path, found.names[i], cells, missing, columns[i].words)
            ):
                # It is text after all, so blocks that were read as another kind are read again.
                again[i] = columns[i] = CsvColumn(TEXT)
    if again:
        for batch in _blocks(path, found, list(again)):
            for (i, column), cells in zip(again.items(), batch.columns, strict=True):
                column.add(text_cells(path, found.names[i], cells, missing, column.words))
    table = Table({}, missing=missing)
    signs = _signs(path, found, columns)
    nameless = 0
    for i in positions:
        name, column = found.names[i], columns.pop(i)
        cells = column.joined()
        if not name and cells.null_count == len(cells):
            nameless += 1
            continue
        if name in table.columns:
            count = sum(not other for other in found.names) - nameless
            raise TableError(
                f"{path}: {count} columns have no name: give each its own name, or delete the "
                "first line if it is a title"
            )
        _check_lines(path, name, cells, found)
        if i == found.unnamed:
            found.check_unnamed(path, cells)
        table.columns[name] = cells
        if column.remark:
            table.remarks[name] = column.remark
        elif column.sign == found.delimiter:  # a comma, perhaps of a list
            table.remarks[name] = f"{column.example!r} is a number with decimals"
        if column.sign == ",":
            table.notations[name] = Notation(",", "")
        if column.words:
            table.words[name] = dict(sorted(column.words.items()))
        if as_text(name):
            table.declared.add(name)
    if nameless:
        table.notes.append(f"dropped: {counted(nameless, 'empty column')} without a name")
    numbers.recognise(path, table, signs, options.numeric)
    table.dropped = _dropped(path, found, options)
    return table


def _dropped(path: Path, found: Layout, options: ReadOptions) -> dict[str, NDArray[np.uint64]]:
    """Return hashes of the columns that the user leaves out."""
    wanted = [i for i, name in enumerate(found.names) if name in options.drop]
    if not wanted:
        return {}
    parts = [[hashed(cells) for cells in batch.columns] for batch in _blocks(path, found, wanted)]
    if not parts:
        return {}
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return {found.names[i]: column for i, column in zip(wanted, columns, strict=True)}


def _signs(path: Path, found: Layout, columns: Mapping[int, CsvColumn]) -> Signs:
    """Return the decimal sign of a file's numbers.

    Raises
    ------
    TableError
        Its columns have different ones, so that 1,3 beside 0.5 may be a list.
    """
    shown: dict[str, tuple[int, str]] = {}
    for i, column in columns.items():
        if column.sign:
            shown.setdefault(column.sign, (i, column.example))
    if len(shown) > 1:
        (one, other) = ((repr(found.names[i]), repr(text)) for i, text in shown.values())
        raise TableError(
            f"{path}: column {one[0]} has {one[1]} and column {other[0]} has {other[1]}: write all "
            "numbers with one decimal sign, or keep a column as categories with --categorical"
        )
    usual = {",": "."}.get(found.delimiter, "")
    return Signs(next(iter(shown), usual), proven=bool(shown))


def _check_lines(path: Path, name: str, column: pa.ChunkedArray, found: Layout) -> None:
    """Raise an error if a cell contains whole rows, which two stray quotes cause."""
    from pyarrow import compute as pc

    if not is_text(column):
        return
    levels = levels_of(column)
    for level in levels.filter(pc.match_substring_regex(levels, "[\r\n]")).to_pylist():
        lines, between = level.splitlines(), len(found.names) - 1
        counts = [line.count(found.delimiter) for line in lines]
        # A whole row in the middle, or the end of one and the beginning of the next.
        if between in counts[1:-1] or (between and sum(counts) == between * (len(lines) - 1)):
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
