"""Tests of how a Parquet file is read."""

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
    """Integers, floats and decimals are numbers, missing ones missing."""
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
    """Dates, times, instants and durations of any unit are read as such."""
    numbers = pa.array([86_400_000, None, 0], pa.int64())
    numbers = numbers.cast(pa.int32()) if kind.bit_width == 32 else numbers
    if kind == pa.time32("s") or kind == pa.date32():
        numbers = pa.array([40_000, None, 0], pa.int32())
    elif pa.types.is_time(kind):
        numbers = pa.array([40_000_000, None, 0], numbers.type)
    parquet.write_table(column(numbers.cast(kind)), tmp_path / "t.parquet")
    cells = read_table(tmp_path / "t.parquet")["a"]
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
    """Strings, and bytes that are UTF-8, are text; blank ones are missing."""
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
    ids=["bool", "half", "texts", "ints", "truths", "dates", "null", "json", "bool8"],
)
def test_other_types_are_what_they_hold(read, cells, values):
    """Dictionaries and extension types are read as what they hold."""
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
def test_columns_of_pandas_are_read(tmp_path, values, dtype, expected):
    """What pandas writes is read: nullable types, categories and an index that is no column."""
    table = pd.DataFrame({"a": pd.Series(values, dtype=dtype)}).set_axis(["p", "q"])
    table.to_parquet(tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet")
    assert {name: cells.to_pylist() for name, cells in found.items()} == {"a": expected}


def test_a_named_index_is_a_column(tmp_path):
    """An index that has a name is a column of that name, and names are any text."""
    table = pd.DataFrame({"": [1], "a.b": [2], "🙂": [3]}, index=pd.Index([4], name="id"))
    table.to_parquet(tmp_path / "t.pq")
    found = {name: cells.to_pylist() for name, cells in read_table(tmp_path / "t.pq").items()}
    assert found == {"": [1], "a.b": [2], "🙂": [3], "id": [4]}


def test_row_groups_make_one_column(tmp_path):
    """Row groups with dictionaries of their own are one column."""
    cells = pa.chunked_array([["x", "y"], ["z", "x"]]).dictionary_encode()
    parquet.write_table(pa.table({"a": cells}), tmp_path / "t.parquet", row_group_size=1)
    assert read_table(tmp_path / "t.parquet")["a"].to_pylist() == ["x", "y", "z", "x"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (pa.array([[1]]), "holds nested values (list<element: int64>): make each of their parts"),
        (pa.array([{"k": 1}]), "holds nested values"),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int8())), "holds nested values"),
        (pa.array([b"\xff"]), "holds bytes that are not UTF-8 text: leave it out"),
        (pa.array([b"\xff"]).dictionary_encode(), "holds bytes that are not UTF-8"),
        (pa.array([uuid.UUID(int=1).bytes], pa.uuid()), "which is no feature: leave it out"),
        (pa.array(["x" * 100_000]), "has a cell of 100,000 characters: look for a quote"),
    ],
    ids=["list", "struct", "map", "bytes", "dictionary of bytes", "uuid", "long"],
)
@pytest.mark.parametrize("other", [[], [1]])
def test_what_can_be_no_feature_is_refused(refused, cells, said, other):
    """Nested values, bytes, identifiers and long text are refused by the column's name."""
    found = refused(pa.table({"b": [1], "a": cells}), "t.parquet")
    assert found.startswith("column 'a' ")
    assert said in found


def test_a_damaged_parquet_file_is_refused_or_read(read):
    """A Parquet file that is cut off is refused; one byte changed is never another error."""
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


def test_a_pandas_category_of_numbers_is_a_category(tmp_path):
    """Codes that are categories in pandas come back as levels, though the file has numbers."""
    path = tmp_path / "codes.parquet"
    pd.DataFrame({"code": pd.Categorical([7, 3, None, 7]), "number": [7, 3, 1, 7]}).to_parquet(path)
    columns = read_table(path)
    assert columns["code"].to_pylist() == ["7", "3", None, "7"]
    assert columns["number"].to_pylist() == [7, 3, 1, 7]


@pytest.mark.parametrize("metadata", [b"{", b"[]", b'{"columns": [1]}', b"\xff", b"{}"])
def test_broken_metadata_of_pandas_does_not_matter(read, metadata):
    """What pandas is said to have written is a hint, not needed to read the columns."""
    table = pa.table({"a": [1, 2]}).replace_schema_metadata({b"pandas": metadata})
    assert read(table, "t.parquet") == {"a": [1, 2]}
