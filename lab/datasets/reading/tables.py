"""Read a user's file as typed columns: CSV, optionally gzipped, or Parquet.

Pickles are never loaded.
"""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING

from lab.datasets.reading import csv_file, parquet_file
from lab.errors import TableError, first_sentence
from lab.read_options import ReadOptions

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from lab.datasets.reading.table import Table

CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
PARQUET = (".parquet", ".pq")
# File formats by their first bytes.
GZIP, PARQUET_FILE, UTF_16 = "a gzip file", "a Parquet file", "UTF-16 text"
STARTS = {
    b"\x1f\x8b": GZIP,
    b"PAR1": PARQUET_FILE,
    b"\xff\xfe": UTF_16,
    b"\xfe\xff": UTF_16,
    b"PK\x03\x04": "a spreadsheet or another zip archive",
    b"\x80": "a pickle",
    b"ARROW1": "an Arrow file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
}


AS_USUAL = ReadOptions()


def read_table(path: Path, options: ReadOptions = AS_USUAL) -> Table:
    """Read a file as typed columns.

    Parameters
    ----------
    path : Path
        A file with one of the extensions in ``CSV`` and ``PARQUET``.
    options : ReadOptions
        What the user says of its columns; columns that the file does not have are ignored.

    Raises
    ------
    TableError
        The file is missing, unreadable, malformed or empty, or a column cannot be used.
    """
    reader = _reader(path)
    try:
        before = _state(path)
        header(path)
        table: Table = reader.read(path, options)
        if _state(path) != before:
            raise TableError(
                f"{path} changed while it was read: run the command again when it is complete"
            )
    except OSError as error:
        raise _unreadable(path, error) from None
    if not any(map(len, table.columns.values())):
        raise TableError(f"{path} has a header but no rows")
    return table


def header(path: Path) -> list[str]:
    """Return the names of a file's columns, with the errors of :func:`read_table`."""
    try:
        names: list[str] = _reader(path).header(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    if not names:
        raise TableError(f"{path} has no columns")
    for name, count in Counter(names).items():
        if name and count > 1:
            raise TableError(f"{path}: {count} columns are named {name!r}: give each its own name")
        if "\0" in name:  # NumPy cuts names there, which could confuse two of them
            raise TableError(f"{path}: column {name!r} has a NUL character in its name: rename it")
    return names


def stem(path: Path) -> str:
    """Return a file's name without its extension."""
    for suffix in sorted(CSV + PARQUET, key=len, reverse=True):
        if path.name.lower().endswith(suffix):
            return path.name[: -len(suffix)]
    return path.name


def _state(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns


def _reader(path: Path) -> ModuleType:
    """Return the module that reads a file, by its extension, which its first bytes must match."""
    try:
        if path.is_dir():
            raise TableError(f"{path} is a folder: name a file")
        if not path.exists():
            raise TableError(f"{path} does not exist{_near_files(path)}")
        if not path.is_file():
            raise TableError(f"{path} is not a regular file: copy its content to one")
        with path.open("rb") as file:
            start = file.read(8)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not start:
        raise TableError(f"{path} is empty")
    name = path.name.lower()
    if not name.endswith(CSV + PARQUET):
        known = ", ".join(CSV + PARQUET)
        raise TableError(f"{path} has an unsupported extension: use one of {known}")
    found = next((kind for magic, kind in STARTS.items() if start.startswith(magic)), "")
    wanted = PARQUET_FILE if name.endswith(PARQUET) else GZIP if name.endswith(".gz") else ""
    if found == wanted:
        return parquet_file if wanted == PARQUET_FILE else csv_file
    if found == GZIP and not wanted:
        remedy = f"name it {path.name}.gz"
    elif found == PARQUET_FILE:
        remedy = f"name it {stem(path)}.parquet"
    else:
        remedy = "save it as UTF-8 CSV" if found else "give it the extension of its format"
    named = wanted or "a CSV file"
    raise TableError(f"{path} is named like {named} but is {found or 'not one'}: {remedy}")


def _unreadable(path: Path, error: Exception) -> TableError:
    reason = first_sentence(error)
    return TableError(
        f"{path} cannot be read ({reason}): check that it is complete and that you may read it"
    )


def _near_files(path: Path) -> str:
    try:
        names = [found.name for found in path.parent.iterdir() if found.is_file()]
    except OSError:
        return ""
    near = difflib.get_close_matches(path.name, names, n=3)
    return f": did you mean {' or '.join(near)}?" if near else ""
