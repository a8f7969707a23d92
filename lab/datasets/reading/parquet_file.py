"""Read a Parquet file, batch by batch."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.reading import numbers
from lab.datasets.reading.cells import text_cells
from lab.datasets.reading.columns import NUMERIC, is_text, kind_of, levels_of, with_levels
from lab.datasets.reading.dropped import NAMELESS, DroppedColumn, hashed, no_numbers
from lab.datasets.reading.notation import Signs
from lab.datasets.reading.table import Table
from lab.errors import TableError, first_sentence
from lab.read_options import option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.read_options import ReadOptions

ROWS = 1 << 16  # per batch


def header(path: Path) -> list[str]:
    """Return the names of the columns."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with path.open("rb") as file:  # Arrow itself opens only names in UTF-8
            schema = parquet.read_schema(file)
    except (pa.ArrowException, UnicodeDecodeError, ValueError) as error:
        raise _unreadable(path, error) from None
    # pandas stores an index without a name in such columns.
    return [name for name in schema.names if not name.startswith("__index_level_")]


def read(path: Path, options: ReadOptions) -> Table:
    """Return the columns of a file, typed as by ``read_table`` of ``tables.py``."""
    import pyarrow as pa
    from pyarrow import parquet

    missing = options.missing_words(usual=False)
    names = [name for name in header(path) if name not in options.drop]
    parts: dict[str, list[pa.Array]] = {name: [] for name in names}
    if len(parts) < len(names):
        count = names.count("")
        raise TableError(f"{path}: {count} columns have no name: give each its own name")
    words = {name: Counter[str]() for name in names}
    try:
        with path.open("rb") as opened, parquet.ParquetFile(opened) as file:
            schema = file.schema_arrow
            kinds = dict(zip(schema.names, schema.types, strict=True))
            for name in names:
                # Checks types before reading anything, and gives a file without rows its columns.
                parts[name].append(_plain(path, name, pa.nulls(0, kinds[name])))
            for batch in file.iter_batches(ROWS, columns=names if options.drop else None):
                for name, cells in zip(batch.schema.names, batch.columns, strict=True):
                    if name in parts:
                        parts[name].append(_plain(path, name, cells, missing, words[name]))
            declared = _categories(schema) | options.categorical
            declared |= {name for name in names if pa.types.is_dictionary(kinds[name])}
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None
    table = Table({}, declared & set(names), missing=missing)
    for name in names:
        column = pa.chunked_array(parts.pop(name))
        if not is_text(column):
            table.typed.add(name)
            if name in declared:
                column = column.cast(pa.large_string()).dictionary_encode()
        column = column.unify_dictionaries()
        table.columns[name] = column if name in declared else _dates(column)
        if words[name]:
            table.words[name] = dict(sorted(words[name].items()))
    # Text may be codes, so that only the user knows whether its digits are numbers.
    numbers.recognise(path, table, Signs(), options.numeric, only_wanted=True)
    left_out = sorted(options.drop.intersection(header(path)))
    table.dropped = {name: _dropped(path, name, kinds[name], declared) for name in left_out}
    return table


def _dropped(path: Path, name: str, kind: pa.DataType, declared: set[str]) -> DroppedColumn:
    """Return a column that is left out."""
    import pyarrow as pa

    parts: list[pa.Array] = []
    if not name:
        problem = NAMELESS
    elif pa.types.is_dictionary(kind) or name in declared:
        problem = no_numbers("categories")
    else:
        try:
            parts = [_plain(path, name, pa.nulls(0, kind))]
            found = kind_of(pa.chunked_array(parts), Table({}), name)
            problem = "" if found in NUMERIC else no_numbers(found)
        except TableError:
            problem = no_numbers(f"values of type {str(kind)[:60]}")
    column = DroppedColumn(_hashes(path, name), problem=problem)
    if not problem:
        parts += [_plain(path, name, cells) for cells in _batches(path, name)]
        column.cells = pa.chunked_array(parts)
    return column


def _hashes(path: Path, name: str) -> NDArray[np.uint64] | None:
    """Return hashes of a column's cells; None if these cannot be written as text."""
    import pyarrow as pa

    try:
        return np.concatenate([hashed(cells) for cells in _batches(path, name)])
    except (pa.ArrowException, IndexError, ValueError):  # nested, or of a type without text
        return None


def _batches(path: Path, name: str) -> Iterator[pa.Array]:
    """Yield the cells of a column, batch by batch."""
    from pyarrow import parquet

    with path.open("rb") as opened, parquet.ParquetFile(opened) as file:
        for batch in file.iter_batches(ROWS, columns=[name]):
            yield batch.column(0)


def _dates(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text that is all ISO dates as dates, as in a CSV file; any other column as it is."""
    import pyarrow as pa

    if not is_text(column) or not len(levels := levels_of(column)):
        return column
    for zone in (None, "UTC"):
        try:
            dates = levels.cast(pa.timestamp("us", zone))
        except pa.ArrowInvalid:
            continue
        return with_levels(column, dates)
    return column


def _categories(schema: pa.Schema) -> set[str]:
    """Return the columns that were categories in pandas; the file may store them as numbers."""
    try:
        columns = (schema.pandas_metadata or {})["columns"]
        return {column["name"] for column in columns if column["pandas_type"] == "categorical"}
    except (AttributeError, KeyError, TypeError, ValueError):
        return set()  # not written by pandas


def _unreadable(path: Path, error: Exception) -> TableError:
    return TableError(
        f"{path} is not a complete Parquet file ({first_sentence(error)}): export it again"
    )


def _plain(
    path: Path,
    name: str,
    cells: pa.Array,
    missing: tuple[str, ...] = (),
    found: Counter[str] | None = None,
) -> pa.Array:
    """Return booleans, numbers, dates and times as they are, and text as categories."""
    import pyarrow as pa
    from pyarrow import compute as pc
    from pyarrow import types

    if isinstance(cells, pa.ExtensionArray):
        cells = cells.storage
    if types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    kind = cells.type
    if types.is_nested(kind):
        raise TableError(
            f"{path}: column {name!r} contains nested values ({str(kind)[:60]}): split them into "
            f"columns, or leave them out with {option('drop', name)}"
        )
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    is_bytes = types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)
    if types.is_null(kind) or types.is_boolean(kind) or types.is_floating(kind):
        plain = cells
    elif types.is_integer(kind) or types.is_decimal(kind):
        plain = cells if types.is_integer(kind) else cells.cast(pa.float64())
    elif types.is_temporal(kind) and not types.is_interval(kind):
        plain = cells
    elif is_text or is_bytes:
        try:
            plain = text_cells(path, name, cells.cast(pa.large_string()), missing, found)
        except pa.ArrowInvalid:
            raise TableError(
                f"{path}: column {name!r} contains bytes that are not UTF-8 text: leave them out "
                f"with {option('drop', name)}"
            ) from None
    else:
        raise TableError(
            f"{path}: column {name!r} is of type {kind}, which cannot be a feature: leave it out "
            f"with {option('drop', name)}"
        )
    return pc.dictionary_encode(plain) if types.is_large_string(plain.type) else plain
