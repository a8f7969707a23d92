"""Layout of a CSV file: its delimiter, its names of columns, and the lines before its rows."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from lab.datasets.reading.notation import DATES, KINDS, NUMBERS
from lab.errors import TableError, first_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

DELIMITERS = ",;\t|"
LINE_ENDS = {"\n", "\r"}
# Excel writes the delimiter into such a line before the names.
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
SAMPLE_ROWS = 100  # rows that the names are compared with
MANY_ROWS = 30  # numbers that differ in so many rows are those of rows
FEW_ROWS = 10  # too few to tell names of text columns from a row of them
SHOWN = 80  # characters of a line in a message
EQUAL_STEPS = 5  # numbers in sequence that are names, such as wavelengths
YEARS = range(1900, 2101)
VALUE = re.compile(f"{KINDS[NUMBERS]}|{KINDS[DATES]}")


@dataclass(frozen=True)
class Layout:
    """How the rows of a CSV file are laid out.

    Attributes
    ----------
    names : list of str
        Names of the columns, one per cell of a row; empty for columns without a name.
    delimiter : str
        One character.
    lines : int
        Number of lines before the first row: that of the names, and those before it.
    unnamed : int or None
        Position of a column that the first line does not name: that of row names, which R writes
        first, or of an empty one at the end.
    """

    names: list[str]
    delimiter: str
    lines: int
    unnamed: int | None = None

    def check_unnamed(self, path: Path, cells: pa.ChunkedArray) -> None:
        """Check that the column without a name has different cells, or none if it is the last.

        Raises
        ------
        TableError
            It is a column of values, so that all names may be those of its neighbours.
        """
        is_last = self.unnamed == len(self.names) - 1
        if cells.null_count < len(cells) if is_last else len(cells.unique()) < len(cells):
            count = len(self.names)
            raise TableError(
                f"{path}: the rows have {count} cells for {count - 1} names: name each column"
            )


def layout(path: Path) -> Layout:
    """Return the layout of a file.

    Raises
    ------
    TableError
        The file is not UTF-8 text, or its first line does not name its columns.
    """
    try:
        with open_csv(path, "rt", encoding="utf-8-sig", newline="") as file:
            lines = enumerate(file)
            before, first = next(((i, line) for i, line in lines if line.strip()), (0, ""))
            delimiter = ""
            if separator := SEPARATOR_LINE.fullmatch(first):
                delimiter = separator[1]
                before, first = next(((i, line) for i, line in lines if line.strip()), (0, ""))
            delimiter = delimiter or _delimiter(first)
            reader = csv.reader(chain([first], file), delimiter=delimiter)
            names = [name.strip() for name in next(reader, [])]
            read = reader.line_num
            rows = list(_sample(reader))
            is_all = not rows and not next(file, "")
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
    if not any(names):
        raise TableError(f"{path} has no header: name the columns in the first line")
    if is_all:
        check_closed(path, names[-1])
    _check_title(path, before + 1, names, delimiter, rows)
    names, unnamed = _fitted(path, names, rows)
    _check_names(path, names, rows)
    return Layout(names, delimiter, before + read, unnamed)


def open_csv(path: Path, mode: str, **options: Any) -> Any:
    """Open a file, gzipped or not."""
    return gzip.open(path, mode, **options) if is_zipped(path) else path.open(mode, **options)


def is_zipped(path: Path) -> bool:
    """Return whether a file is gzipped, by its name."""
    return path.name.lower().endswith(".gz")


def check_closed(path: Path, last: str | None) -> None:
    """Raise an error if the last cell of a file contains the rest of it after an unclosed quote."""
    if not last or not LINE_ENDS & set(last):
        return
    with open_csv(path, "rb") as file:
        end = b""
        for line in file:
            end = line.strip() or end
    if not end.endswith(b'"'):
        raise TableError(f"{path} has an unclosed quote before {last[:40]!r}: close it")


def _delimiter(line: str) -> str:
    """Return the delimiter that is most frequent in a line, outside quotes."""
    outside_quotes = "".join(line.split('"')[::2])
    counts = Counter(character for character in outside_quotes if character in DELIMITERS)
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _sample(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield the first rows that are not blank, up to a malformed one, which Arrow reports."""
    try:
        filled = (row for row in reader if any(cell.strip() for cell in row))
        for row in islice(filled, SAMPLE_ROWS):
            yield [cell.strip() for cell in row]
    except csv.Error:
        return


def _check_title(
    path: Path, line: int, names: list[str], delimiter: str, rows: list[list[str]]
) -> None:
    """Raise an error if the first line is a title: one cell above rows of several."""
    if len(names) > 1 or not rows:
        return
    for sign in DELIMITERS:
        widths = {
            len(row) if sign == delimiter else delimiter.join(row).count(sign) + 1 for row in rows
        }
        width = widths.pop()
        if width > 1 and not widths:
            raise TableError(
                f"{path}: line {line}, {names[0][:SHOWN]!r}, is a title and not the names of "
                f"{width} columns: delete it"
            )


def _fitted(path: Path, names: list[str], rows: list[list[str]]) -> tuple[list[str], int | None]:
    """Return a name for each cell of the rows, and the position of the one that was added.

    R writes names of rows without a name for their column; other programs end the line of the
    names or all other lines with a delimiter.
    """
    widths = {len(row) for row in rows}
    if len(rows) < 2 or len(widths) > 1:
        return names, None
    difference = widths.pop() - len(names)
    if difference == -1 and not names[-1]:
        return names[:-1], None
    if difference != 1:
        return names, None
    if all(not row[-1] for row in rows):
        return [*names, ""], len(names)
    first = [row[0] for row in rows]
    numbers = [str(i + 1) for i in range(len(rows))]
    is_text = not any(VALUE.fullmatch(cell) for cell in first)
    if len(set(first)) == len(rows) and (is_text or first == numbers or len(rows) >= MANY_ROWS):
        return ["", *names], 0
    raise TableError(
        f"{path}: the rows have {len(names) + 1} cells for {len(names)} names: name each column"
    )


def _check_names(path: Path, names: list[str], rows: list[list[str]]) -> None:
    """Raise an error if the first line looks like a row of values."""
    if len(rows) < 2 or any(len(row) != len(names) for row in rows):
        return
    shown = ", ".join(names)[:SHOWN]
    if len(names) > 1 and names in rows:
        raise TableError(
            f"{path}: the first line ({shown}) appears again as row {rows.index(names) + 1}: "
            "delete it there, or add a line of names above it if it is data"
        )
    columns = list(zip(names, zip(*rows, strict=True), strict=True))
    numeric = []
    for name, cells in columns:
        if _are_values(cells):
            if name and not VALUE.fullmatch(name):
                return
            numeric.append(name)
        elif name and name not in cells and 2 * len(set(cells)) <= len(cells):
            return  # a value would be one of the few that the column has
    if numeric:
        looks = not _are_counted([name for name in numeric if name])
    else:
        looks = len(names) > 1 and len(rows) >= FEW_ROWS
        looks = looks and all(name in cells for name, cells in columns)
    if looks:
        raise TableError(
            f"{path}: the first line looks like data ({shown}): add a line of names above it"
        )


def _are_values(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(VALUE.fullmatch(cell) for cell in filled)


def _are_counted(names: list[str]) -> bool:
    """Return whether names are numbers in sequence, as pandas makes them, or years."""
    if not names:
        return True
    if not all(name.isdecimal() for name in names):
        return False
    numbers = [int(name) for name in names]
    first = numbers[0]
    if len(numbers) >= EQUAL_STEPS:
        step = numbers[1] - first
        return step > 0 and numbers == list(range(first, numbers[-1] + 1, step))
    is_usual = first == 0 or (len(numbers) > 1 and (first == 1 or first in YEARS))
    return is_usual and numbers == list(range(first, first + len(numbers)))
