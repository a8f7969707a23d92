"""Read a CSV file, block by block.

A column has the type of all its cells: booleans, numbers or dates, else text.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from lab.datasets.reading.cells import text_cells
from lab.errors import TableError, first_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

BLOCK = 1 << 21  # bytes read at a time; no row may be longer
DELIMITERS = ",;\t|"
LINE_ENDS = {"\n", "\r"}
# Missing values of pandas.read_csv, and the question mark of the UCI repository's files.
MISSING = (
    *("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?"),
)
TEXT = "text"
# Kinds of cells, in the order in which they are tried, with their Arrow types.
KINDS = {
    "boolean": ("bool_",),
    "number": ("float64",),
    "date": ("timestamp", "us"),
    "instant": ("timestamp", "us", "UTC"),  # a date with its offset from UTC
}


class _Column:
    """Cells of a column read so far, all of one kind."""

    def __init__(self, decimal: str = ".", kind: str = "") -> None:
        self.decimal, self.kind = decimal, kind
        self._parts: list[pa.Array | int] = []  # a number stands for that many missing cells

    def add(self, cells: pa.Array) -> bool:
        """Add cells if they are of the same kind as those before; return whether they are."""
        import pyarrow as pa

        if cells.null_count == len(cells):
            self._parts.append(len(cells))
            return True
        for kind in [self.kind] if self.kind else [*KINDS, TEXT]:
            try:
                self._parts.append(_read_as(kind, cells, self.decimal))
            except pa.ArrowInvalid:
                continue
            self.kind = kind
            return True
        return False

    def joined(self) -> pa.ChunkedArray:
        """Return all cells as one column."""
        import pyarrow as pa

        kind = next((part.type for part in self._parts if not isinstance(part, int)), pa.null())
        parts = [pa.nulls(p, kind) if isinstance(p, int) else p for p in self._parts]
        joined = pa.chunked_array(parts, kind)
        return joined.unify_dictionaries() if self.kind == TEXT else joined


def _read_as(kind: str, cells: pa.Array, decimal: str) -> pa.Array:
    import pyarrow as pa
    from pyarrow import compute as pc

    if kind == TEXT:
        return cells.dictionary_encode()
    if kind == "boolean":
        cells = pc.utf8_lower(cells)
        if not pc.all(pc.is_in(cells, value_set=pa.array(["true", "false", None]))).as_py():
            raise pa.ArrowInvalid("neither true nor false")
        return pc.equal(cells, "true")
    if kind == "number" and decimal != ".":
        cells = pc.replace_substring(cells, decimal, ".")
    name, *arguments = KINDS[kind]
    return cells.cast(getattr(pa, name)(*arguments))


def read(path: Path, names: list[str]) -> dict[str, pa.ChunkedArray]:
    """Return the columns of these names, typed as by ``read_table`` of ``tables.py``."""
    first = _first_row(path)
    # Spreadsheets separate cells by semicolons where the decimal mark is a comma.
    decimal = "," if first.delimiter == ";" else "."
    columns = {name: _Column(decimal) for name in names}
    again: dict[str, _Column] = {}
    for batch in _blocks(path, first, names):
        for name in [name for name in columns if name not in again]:
            cells = text_cells(path, name, batch.column(name), MISSING)
            if not columns[name].add(cells):
                # It is text after all, so blocks that were read as another kind are read again.
                again[name] = columns[name] = _Column(decimal, TEXT)
    if again:
        for batch in _blocks(path, first, list(again)):
            for name, column in again.items():
                column.add(text_cells(path, name, batch.column(name), MISSING))
    joined = {name: columns.pop(name).joined() for name in names}
    for name, column in joined.items():
        _check_lines(path, name, column, first)
    return joined


def _check_lines(path: Path, name: str, column: pa.ChunkedArray, first: _FirstRow) -> None:
    """Raise an error if a cell contains whole rows, which two stray quotes cause."""
    import pyarrow as pa
    from pyarrow import compute as pc

    if not pa.types.is_dictionary(column.type) or not column.num_chunks:
        return
    levels = column.chunk(0).dictionary
    for level in levels.filter(pc.match_substring_regex(levels, "[\r\n]")).to_pylist():
        inner = level.splitlines()[1:-1]
        if any(line.count(first.delimiter) == len(first.names) - 1 for line in inner):
            raise TableError(
                f"{path}: column {name!r} has a cell that contains whole rows and starts with "
                f"{level[:40]!r}: look for an unclosed quote"
            )


def header(path: Path) -> list[str]:
    """Return the names of the columns."""
    return _first_row(path).names


@dataclass(frozen=True)
class _FirstRow:
    """The row that names the columns."""

    names: list[str]
    delimiter: str
    lines: int  # of this row, and blank ones before it


def _first_row(path: Path) -> _FirstRow:
    try:
        with _open(path, "rt", encoding="utf-8-sig", newline="") as file:
            blank, first = next(((i, line) for i, line in enumerate(file) if line.strip()), (0, ""))
            delimiter = _delimiter(first)
            reader = csv.reader(chain([first], file), delimiter=delimiter)
            names = next(reader, [])
            is_all = not next(file, "")
    except UnicodeDecodeError:
        raise TableError(f"{path} is not UTF-8 text: save it as UTF-8") from None
    except csv.Error as error:
        raise TableError(
            f"{path}: the header cannot be read ({first_sentence(error)}): look for an unclosed "
            "quote"
        ) from None
    except (EOFError, zlib.error) as error:
        raise TableError(
            f"{path} is truncated or corrupted ({first_sentence(error)}): compress it again"
        ) from None
    if any("\0" in name for name in names):
        raise TableError(f"{path} is not UTF-8 text: save it as UTF-8")
    if not any(name.strip() for name in names):
        raise TableError(f"{path} has no header: name the columns in the first line")
    if is_all:
        _check_closed(path, names[-1])
    return _FirstRow([name.strip() for name in names], delimiter, blank + reader.line_num)


def _open(path: Path, mode: str, **options: Any) -> Any:
    return gzip.open(path, mode, **options) if _is_zipped(path) else path.open(mode, **options)


def _is_zipped(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _delimiter(line: str) -> str:
    """Return the delimiter that is most frequent in a line, outside quotes."""
    outside_quotes = "".join(line.split('"')[::2])
    counts = Counter(character for character in outside_quotes if character in DELIMITERS)
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _check_closed(path: Path, last: str | None) -> None:
    """Raise an error if the last cell of a file contains the rest of it after an unclosed quote."""
    if not last or not LINE_ENDS & set(last):
        return
    with _open(path, "rb") as file:
        end = b""
        for line in file:
            end = line.strip() or end
    if not end.endswith(b'"'):
        raise TableError(f"{path} has an unclosed quote before {last[:40]!r}: close it")


def _blocks(path: Path, first: _FirstRow, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the wanted columns as text, block by block."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    def skip_blank(row: arrow_csv.InvalidRow) -> str:
        return "error" if row.text.strip() else "skip"

    try:
        with (
            path.open("rb") as file,  # Arrow itself opens only names in UTF-8
            pa.input_stream(file, compression="gzip" if _is_zipped(path) else None) as stream,
            arrow_csv.open_csv(
                stream,
                arrow_csv.ReadOptions(
                    block_size=BLOCK, column_names=first.names, skip_rows=first.lines
                ),
                arrow_csv.ParseOptions(
                    delimiter=first.delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=skip_blank,
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(first.names, pa.string()), include_columns=wanted
                ),
            ) as reader,
        ):
            batch = None
            for batch in reader:
                yield batch
            if batch and first.names[-1] in wanted:
                _check_closed(path, batch.column(first.names[-1])[-1].as_py())
    except pa.ArrowException as error:
        reason = first_sentence(error)
        if reason == "Empty CSV file" or reason.startswith("Could not skip"):
            return  # nothing follows the header
        raise TableError(f"{path} {_explained(reason)}") from None


def _explained(reason: str) -> str:
    """Return Arrow's message about a CSV file in terms of the file, with a remedy."""
    if "UTF8" in reason:
        return "is not UTF-8 text: save it as UTF-8"
    if "straddling" in reason:
        return f"has a row of more than {BLOCK:,} bytes: look for an unclosed quote"
    if found := re.search(r"Expected (\d+) columns, got (\d+): (.*)", reason):
        names, cells, row = found.groups()
        return (
            f"has {names} columns and a row of {cells} cells, {row[:80]!r}: quote cells that "
            f"contain the delimiter, and give every row {names} cells"
        )
    return f"cannot be read as CSV: {reason}"
