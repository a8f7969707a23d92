"""Read a Parquet file, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.datasets.reading.cells import text_cells
from lab.errors import TableError, first_sentence

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

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


def read(path: Path, names: list[str]) -> dict[str, pa.ChunkedArray]:
    """Return the columns of these names, typed as by ``read_table`` of ``tables.py``."""
    import pyarrow as pa
    from pyarrow import parquet

    parts: dict[str, list[pa.Array]] = {name: [] for name in names}
    try:
        with path.open("rb") as opened, parquet.ParquetFile(opened) as file:
            schema = file.schema_arrow
            positions = {name: schema.get_field_index(name) for name in names}
            for name, i in positions.items():
                # Checks types before reading anything, and gives a file without rows its columns.
                parts[name].append(_plain(path, name, pa.nulls(0, schema.types[i])))
            for batch in file.iter_batches(ROWS):
                for name, i in positions.items():
                    parts[name].append(_plain(path, name, batch.column(i)))
            codes = _categories(schema)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None
    columns = {}
    for name in names:
        column = pa.chunked_array(parts.pop(name))
        if name in codes and not pa.types.is_dictionary(column.type):
            column = column.cast(pa.large_string()).dictionary_encode()
        columns[name] = column.unify_dictionaries()
    return columns


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


def _plain(path: Path, name: str, cells: pa.Array) -> pa.Array:
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
            "columns, or leave the column out"
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
            plain = text_cells(path, name, cells.cast(pa.large_string()))
        except pa.ArrowInvalid:
            raise TableError(
                f"{path}: column {name!r} contains bytes that are not UTF-8 text: leave the column "
                "out"
            ) from None
    else:
        raise TableError(
            f"{path}: column {name!r} is of type {kind}, which cannot be a feature: leave it out"
        )
    return pc.dictionary_encode(plain) if types.is_large_string(plain.type) else plain
