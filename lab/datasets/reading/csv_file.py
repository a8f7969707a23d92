"""Read a CSV file, block by block.

A column has the type of all its cells: booleans, numbers or dates, else text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.datasets.reading import numbers
from lab.datasets.reading.cells import text_cells
from lab.datasets.reading.columns import is_text, levels_of
from lab.datasets.reading.csv_blocks import blocks
from lab.datasets.reading.csv_column import TEXT, CsvColumn
from lab.datasets.reading.csv_dropped import read_dropped
from lab.datasets.reading.csv_layout import Layout, layout
from lab.datasets.reading.notation import Notation, Signs
from lab.datasets.reading.table import Table
from lab.errors import TableError
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

    from lab.read_options import ReadOptions


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
    for batch in blocks(path, found, positions):
        for i, cells in zip(positions, batch.columns, strict=True):
            if i not in again and not columns[i].add(
                text_cells(path, found.names[i], cells, missing, columns[i].words)
            ):
                # It is text after all, so blocks that were read as another kind are read again.
                again[i] = columns[i] = CsvColumn(TEXT)
    if again:
        for batch in blocks(path, found, list(again)):
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
    table.dropped = read_dropped(path, found, options, signs)
    return table


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
