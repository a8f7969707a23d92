"""Rows of a CSV file, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.datasets.reading.csv_layout import SHOWN, check_closed, is_zipped, open_csv
from lab.errors import TableError, first_sentence
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from lab.datasets.reading.csv_layout import Layout

# Bytes read at a time; no row may be longer. Each column of a block takes time, whatever its size,
# so that blocks of wide files are larger.
BLOCK = 1 << 21
COLUMNS, MOST_BLOCKS = 100, 64  # columns a ``BLOCK``, and its largest multiple


def blocks(path: Path, found: Layout, wanted: list[int]) -> Iterator[pa.RecordBatch]:
    """Yield the columns at these positions as text, block by block.

    Raises
    ------
    TableError
        A row has too few or too many cells, or the file is not UTF-8 text.
    """
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
