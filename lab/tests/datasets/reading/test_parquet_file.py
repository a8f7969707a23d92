"""Tests of reading Parquet files."""

import datetime
import uuid
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from lab.datasets.reading.tables import read_table
from lab.errors import TableError
from lab.tests.helpers.table_files import column


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64()),
        *(pa.uint64(), pa.float32(), pa.float64(), pa.decimal128(9, 2), pa.decimal256(50, 2)),
    ],
    ids=str,
)
def test_numbers_of_every_type_are_numbers(read, kind):
    """Integers, floats and decimals are read as numbers, with missing ones missing."""
    cells = pa.array([Decimal(1), None, Decimal(3)], pa.decimal128(22, 2)).cast(kind)
    assert read(column(cells), "t.parquet") == {"a": [1, None, 3]}


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us")),
        *(pa.time64("ns"), *(pa.duration(unit) for unit in ("s", "ms", "us", "ns"))),
        *(
            pa.timestamp(unit, zone)
            for unit in ("s", "ms", "us", "ns")
            for zone in (None, "UTC", "Europe/Berlin", "+02:00")
        ),
    ],
    ids=str,
)
def test_dates_and_times_of_every_type_keep_their_order(tmp_path, kind):
    """Dates, times, instants and durations of any unit are read as such, in order."""
    numbers = pa.array([86_400_000, None, 0], pa.int64())
    numbers = numbers.cast(pa.int32()) if kind.bit_width == 32 else numbers
    if kind == pa.time32("s") or kind == pa.date32():
        numbers = pa.array([40_000, None, 0], pa.int32())
    elif pa.types.is_time(kind):
        numbers = pa.array([40_000_000, None, 0], numbers.type)
    parquet.write_table(column(numbers.cast(kind)), tmp_path / "t.parquet")
    cells = read_table(tmp_path / "t.parquet").columns["a"]
    assert pa.types.is_temporal(cells.type)
    assert cells.is_null().to_pylist() == [False, True, False]
    assert cells[0].value > cells[2].value == 0


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.string(), pa.large_string(), pa.string_view()),
        *(pa.binary(), pa.large_binary(), pa.binary_view()),
    ],
    ids=str,
)
def test_text_of_every_type_is_text(read, kind):
    """Strings and bytes in UTF-8 are read as text; blank ones are missing."""
    cells = [" é ", None, "", "NA", "x"]
    if "binary" in str(kind):
        cells = [cell and cell.encode() for cell in cells]
    found = read(column(pa.array(cells, kind)), "t.parquet")
    assert found == {"a": ["é", None, None, "NA", "x"]}


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array(np.array([1.5, np.inf], np.float16)), [1.5, float("inf")]),
        (pa.array(["x", None, "y"]).dictionary_encode(), ["x", None, "y"]),
        (pa.array([1, None, 2]).dictionary_encode(), [1, None, 2]),
        (
            pa.DictionaryArray.from_arrays(pa.array([1, None, 0]), pa.array([True, False])),
            [False, None, True],
        ),
        (
            pa.array([datetime.date(2020, 1, 1), None]).dictionary_encode(),
            [datetime.date(2020, 1, 1), None],
        ),
        (pa.nulls(2), [None, None]),
        (pa.array(['{"k": 1}', "{}"], pa.json_()), ['{"k": 1}', "{}"]),
        (pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0], pa.int8())), [1, 0]),
    ],
    ids=["bool", "half", "texts", "ints", "booleans", "dates", "null", "json", "bool8"],
)
def test_nested_encodings_are_decoded(read, cells, values):
    """Dictionaries and extension types are read as the values that they contain."""
    assert read(column(cells), "t.parquet") == {"a": values}


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1, None], "Int64", [1, None]),
        ([1.5, None], "Float32", [1.5, None]),
        ([True, None], "boolean", [True, None]),
        (["x", None], "string", ["x", None]),
        (["x", None], "category", ["x", None]),
        ([2, None], pd.CategoricalDtype([1, 2, 3]), ["2", None]),
        (["x", None], object, ["x", None]),
        ([1, None], pd.ArrowDtype(pa.int8()), [1, None]),
    ],
    ids=str,
)
def test_files_of_pandas_are_read(tmp_path, values, dtype, expected):
    """Nullable types and categories of pandas are read; an index without a name is not."""
    table = pd.DataFrame({"a": pd.Series(values, dtype=dtype)}).set_axis(["p", "q"])
    table.to_parquet(tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet").columns
    assert {name: cells.to_pylist() for name, cells in found.items()} == {"a": expected}


def test_a_named_index_is_a_column(tmp_path):
    """An index with a name is a column, and names may be any text."""
    table = pd.DataFrame({"": [1], "a.b": [2], "🙂": [3]}, index=pd.Index([4], name="id"))
    table.to_parquet(tmp_path / "t.pq")
    found = {
        name: cells.to_pylist() for name, cells in read_table(tmp_path / "t.pq").columns.items()
    }
    assert found == {"": [1], "a.b": [2], "🙂": [3], "id": [4]}


def test_row_groups_form_one_column(tmp_path):
    """Row groups with different dictionaries are read as one column."""
    cells = pa.chunked_array([["x", "y"], ["z", "x"]]).dictionary_encode()
    parquet.write_table(pa.table({"a": cells}), tmp_path / "t.parquet", row_group_size=1)
    assert read_table(tmp_path / "t.parquet").columns["a"].to_pylist() == ["x", "y", "z", "x"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (pa.array([[1]]), "contains nested values (list<element: int64>): split them into columns"),
        (pa.array([{"k": 1}]), "contains nested values"),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int8())), "contains nested values"),
        (
            pa.array([b"\xff"]),
            "contains bytes that are not UTF-8 text: leave them out with --drop a",
        ),
        (pa.array([b"\xff"]).dictionary_encode(), "contains bytes that are not UTF-8"),
        (pa.array([uuid.UUID(int=1).bytes], pa.uuid()), "which cannot be a feature: leave it out"),
        (pa.array(["x" * 100_000]), "has a cell of 100,000 characters: look for an unclosed quote"),
    ],
    ids=["list", "struct", "map", "bytes", "dictionary of bytes", "uuid", "long"],
)
@pytest.mark.parametrize("other", [[], [1]])
def test_columns_that_cannot_be_features_are_rejected(rejected, cells, message, other):
    """Nested values, bytes, identifiers and long text are rejected by the column's name."""
    found = rejected(pa.table({"b": [1], "a": cells}), "t.parquet")
    assert found.startswith("column 'a' ")
    assert message in found


def test_a_damaged_parquet_file_is_rejected_or_read(read):
    """A truncated Parquet file is rejected; a changed byte never raises any other error."""
    table = pa.table({"n": range(500), "t": ["x", "y"] * 250})
    read(table, "whole.parquet")
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    whole = sink.getvalue().to_pybytes()
    for end in range(4, len(whole), 400):
        with pytest.raises(TableError):
            read(whole[:end], "t.parquet")
    for i in range(0, len(whole), 29):
        changed = bytearray(whole)
        changed[i] ^= 0xFF
        try:
            read(bytes(changed), "t.parquet")
        except TableError:
            continue


def test_categories_of_numbers_in_pandas_are_categories(tmp_path):
    """Numeric codes that are categories in pandas are read as text, though stored as numbers."""
    path = tmp_path / "codes.parquet"
    pd.DataFrame({"code": pd.Categorical([7, 3, None, 7]), "number": [7, 3, 1, 7]}).to_parquet(path)
    columns = read_table(path).columns
    assert columns["code"].to_pylist() == ["7", "3", None, "7"]
    assert columns["number"].to_pylist() == [7, 3, 1, 7]


@pytest.mark.parametrize("metadata", [b"{", b"[]", b'{"columns": [1]}', b"\xff", b"{}"])
def test_broken_pandas_metadata_is_ignored(read, metadata):
    """A file with invalid metadata of pandas is read without it."""
    table = pa.table({"a": [1, 2]}).replace_schema_metadata({b"pandas": metadata})
    assert read(table, "t.parquet") == {"a": [1, 2]}


@pytest.mark.parametrize("zone", ["", "+02:00"])
def test_iso_dates_as_text_are_dates(read, zone):
    """Text that is all ISO dates is read as dates, as in a CSV file."""
    texts = [f"2020-01-0{i}T10:00:00{zone}" for i in (1, 2)]
    assert read(column([*texts, None]), "t.parquet")["a"] == [
        *map(datetime.datetime.fromisoformat, texts),
        None,
    ]
    assert read(column(["2020-01-01", "soon"]), "t.parquet")["a"] == ["2020-01-01", "soon"]
