"""Tests that users' files are read as typed columns, or refused in a sentence."""

import contextlib
import datetime
import gzip
import os
import pickle
import subprocess
import sys
import uuid
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from lab.datasets import csv_file
from lab.datasets.tables import read_table, stem
from lab.errors import TableError


class Loaded:
    """An object that writes a file if a pickle of it is ever loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a file of some content, as a list of cells by column name."""

    def read(content, name="table.csv"):
        path = tmp_path / name
        if isinstance(content, pa.Table):
            parquet.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return {name: cells.to_pylist() for name, cells in read_table(path).items()}

    return read


@pytest.fixture
def refused(read, tmp_path):
    """Return a function that reads a file that is refused, and returns what is said of it."""

    def refused(content, name="table.csv"):
        with pytest.raises(TableError) as caught:
            read(content, name)
        said = str(caught.value)
        assert said.startswith(str(tmp_path / name))
        assert "\n" not in said
        assert len(said) < 500 + len(str(tmp_path))
        return said.removeprefix(str(tmp_path / name)).lstrip(": ")

    return refused


PADDING = "p" * 500  # makes a file of megabytes of few rows


def count(_value):
    """Return no part of a test's id: contents are long and binary."""
    return ""


def moments(*texts):
    """Return dates and times as Python has them."""
    return [datetime.datetime.fromisoformat(text) for text in texts]


def column(cells):
    """Return a Parquet table of one column."""
    return pa.table({"a": cells})


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "T.CSV", "t.csv.gz", "t.tsv.gz"])
def test_delimiters_and_line_ends_are_found_out(read, delimiter, end, name):
    """Comma, semicolon, tab and pipe separate cells, whatever ends a line and packs the file."""
    text = end.join(delimiter.join(row) for row in (("a", "b"), ("1", "x"), ("2", "y"))) + end
    content = gzip.compress(text.encode()) if name.endswith(".gz") else text
    assert read(content, name) == {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffa,b\n1,x\n2,y\n",
        '\ufeff"a","b"\n1,x\n2,y',
        "\n\n  \r\n\na,b\n1,x\n2,y\n",
        "a,b\n\n1,x\n   \n2,y\n\n \n",
        ' a , b\t\n 1 ,x \n2\t, "y"\n'.replace(' "y"', '"y"'),
        '"a","b"\n"1","x"\n"2","y"\n',
    ],
    ids=["BOM", "BOM and quotes", "blank first", "blank lines", "spaces", "quotes"],
)
def test_what_is_around_cells_is_not_part_of_them(read, content):
    """A byte order mark, blank lines, spaces and quotes are neither names nor cells."""
    assert read(content) == {"a": [1, 2], "b": ["x", "y"]}


def test_quoted_cells_hold_anything(read):
    """Delimiters, line ends and doubled quotes in a quoted cell or name belong to it."""
    content = '"a;\r\nz",b\n"p\nq",1\n"r,s",2\n"say ""t""",3\n"5"" pipe\n",4\n'
    cells = ["p\nq", "r,s", 'say "t"', '5" pipe']
    assert read(content) == {"a;\r\nz": cells, "b": [1, 2, 3, 4]}


def test_the_last_cell_may_have_lines(read):
    """A quoted cell of several lines at the end of a file is closed, and so is one as a name."""
    assert read('a,b\n1,"x\ny"\n\n') == {"a": [1], "b": ["x\ny"]}
    assert read('a,"b\nc"\n1,c') == {"a": [1], "b\nc": ["c"]}


@pytest.mark.parametrize("cell", ["", " ", '""', *csv_file.MISSING])
@pytest.mark.parametrize("other", ["2.5", "true", "2020-01-01", "x"])
def test_missing_cells_are_missing_whatever_the_others_are(read, cell, other):
    """Blank cells, what pandas takes as missing, and a question mark, are missing."""
    missing = read(f"a,b\n1,{other}\n2,{cell}\n3,{cell}  \n")["b"]
    assert missing[0] is not None
    assert missing[1:] == [None, None]


def test_a_column_without_a_cell_is_missing_throughout(read):
    """A column of missing cells alone is read, and nothing is in it."""
    assert read("a,b\n1,\n2,NA\n") == {"a": [1, 2], "b": [None, None]}


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ("true FALSE True", [True, False, True]),
        ("1 -2.5 +3e2", [1.0, -2.5, 300.0]),
        ("1 inf -Infinity", [1.0, float("inf"), float("-inf")]),
        ("1 1e400 5e-324", [1.0, float("inf"), 5e-324]),
        ("0001-01-01 9999-12-31", moments("0001-01-01", "9999-12-31")),
        (
            "2020-01-02T03:04:05.000006 2020-01-02",
            moments("2020-01-02T03:04:05.000006", "2020-01-02"),
        ),
        (
            "2020-01-02T03:00+02:00 2020-01-02T03:00Z",
            moments("2020-01-02T01:00Z", "2020-01-02T03:00Z"),
        ),
        ("2020-02-30 2020-01-01", None),
        ("2020-01-01 2020-01-01T00:00Z", None),
        ("true 1", None),
        ("1 x", None),
        ("0x10 1,5", None),
        ("10:30:00 11:00:00", None),
        ("é 🙂", None),
    ],
)
def test_a_column_is_what_all_its_cells_are(read, cells, values):
    """Truths, numbers, dates and instants are found out; one other cell makes a column text."""
    assert read("a;b\n" + "".join(f"{c};0\n" for c in cells.split())) == {
        "a": values or cells.split(),
        "b": [0] * len(cells.split()),
    }


@pytest.mark.parametrize("first", ["", "1.50", "true", "2020-01-01"])
def test_one_late_text_makes_all_text_as_it_stands(read, first):
    """A cell of text after megabytes of others makes the whole column text, none rewritten."""
    n = csv_file.BLOCK // len(PADDING)
    cells = read("a,b,c\n" + f"{first},12,{PADDING}\n" * n + "x,y,z\n")
    assert cells["a"] == [first or None] * n + ["x"]
    assert cells["b"] == ["12"] * n + ["y"]


def test_blocks_make_one_column(read):
    """Numbers after megabytes of missing cells are numbers; levels of text are one set."""
    n = csv_file.BLOCK // len(PADDING)
    many, few = f",x,{PADDING}\n" * n, "1,y,\n2,x,\n"
    cells = read("a,b,c\n" + many + few + many + few)
    assert cells["a"] == [*[None] * n, 1, 2] * 2
    assert cells["b"] == [*["x"] * n, "y", "x"] * 2


# Parquet


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


# What is no table


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("a,b\n", "has a header and no rows"),
        ("a,b", "has a header and no rows"),
        ("a,b\n\n \n", "has a header and no rows"),
        ("\n \n", "has no header: its first line has to name the columns"),
        (",,\n1,2,3\n", "has no header"),
        ("a,b,a\n1,2,3\n", "2 columns are called 'a': give each a name of its own"),
        ("a,b, a \n1,2,3\n", "2 columns are called 'a'"),
        ("a,,\n1,2,3\n", "2 columns have no name: give each a name of its own"),
        ("é,b\n1,2\n".encode("latin-1"), "is not UTF-8 text: save it as UTF-8"),
        ("a,b\n1,é\n".encode("latin-1"), "is not UTF-8 text: save it as UTF-8"),
        (
            "a,b\n1,2\n".encode("utf-16"),
            "is named as CSV, and it is UTF-16 text: save it as UTF-8 CSV",
        ),
        ("a,b\n1,2\n".encode("utf-16-le"), "is not UTF-8 text"),
        ("a,b\n1,2\n3,4,5\n", "has 2 names and a row of 3 cells, '3,4,5': put quotes around"),
        ("a,b\n1,2\n3\n", "has 2 names and a row of 1 cells"),
        ('a,b\n1,"x\n2,y\n', "has a quote that is not closed"),
        ('a,b\n"1,x\n2,y\n', "has 2 names and a row of 1 cells"),
        ('a,"b\n1,x\n2,y\n', "has a quote that is not closed"),
        ('a,"b\n' + "1,x\n" * 50_000, "look for a quote that is not closed"),
        ('a,b\n1,"x\n' + "2,y\n" * 1_000_000, "column 'b' has a cell of 4,000,"),
        ("a,b\n1," + "x" * 100_000, "column 'b' has a cell of 100,000 characters"),
        (b"\x80\x04\x95", "is named as CSV, and it is a pickle: save it as UTF-8 CSV"),
        (b"PK\x03\x04", "it is a spreadsheet or another zip archive: save it as UTF-8"),
        (b"PAR1....PAR1", "it is a Parquet file: name it table.parquet"),
        (gzip.compress(b"a\n1\n"), "it is compressed by gzip: name it table.csv.gz"),
    ],
    ids=count,
)
def test_a_csv_file_that_is_no_table_is_refused(refused, content, said):
    """A file with no header, no rows, names twice, broken text or rows, is refused by its name."""
    assert said in refused(content)


def test_a_row_that_never_ends_is_refused(refused, monkeypatch):
    """A row beyond the block that is read at a time is refused, as a quote that is not closed."""
    monkeypatch.setattr(csv_file, "BLOCK", 1 << 12)
    said = refused('a,b\n"1,' + "x\n" * 10_000)
    assert said == "has a row of more than 4,096 bytes: look for a quote that is not closed"


ZIPPED = gzip.compress(b"a\n%x\n" % 7**20_000)
WHOLE = "is not a whole Parquet file"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.xlsx", b"PK", "is of a kind that is not read; its name has to end in .csv, .csv.gz"),
        ("t.csv.gz", b"a\n1\n", "is named as compressed by gzip, and it is not"),
        ("t.csv.gz", ZIPPED[:20], "is not a whole file"),
        ("t.csv.gz", ZIPPED[:200] + bytes(99) + ZIPPED[299:], ""),
        ("t.csv.gz", ZIPPED[:-9], "cannot be read"),
        ("t.csv.gz", b"\x1f\x8bnothing", ""),
        ("t.csv.gz", gzip.compress(b""), "has no header"),
        ("t.csv.gz", gzip.compress("a,b\n".encode("utf-16")), "is not UTF-8 text"),
        ("t.parquet", b"a,b\n1,2\n", "is named as a Parquet file, and it is not: name it"),
        ("t.parquet", b"\x80\x04\x95", "it is a pickle: save it as UTF-8 CSV"),
        ("t.parquet", b"PAR1", WHOLE),
        ("t.parquet", b"PAR1" + bytes(100) + b"PAR1", "cannot be read"),
        ("t.parquet", pa.table({"a": pa.array([], pa.int8())}), "has a header and no rows"),
        ("t.parquet", pa.table({}), "has no columns"),
        (
            "t.parquet",
            pa.table({"a\0": [1]}),
            r"column 'a\x00' has a NUL in its name: give it another",
        ),
        (
            "t.parquet",
            pa.Table.from_arrays([pa.array([1])] * 2, ["a", "a"]),
            "2 columns are called 'a': give each a name of its own",
        ),
        (
            "t.parquet",
            pa.Table.from_arrays([pa.array([1])] * 2, ["", ""]),
            "2 columns have no name: give each a name of its own",
        ),
    ],
    ids=count,
)
def test_a_file_that_is_not_what_its_name_says_is_refused(refused, name, content, said):
    """A file of another kind, cut off or without rows is refused, and what to do is said."""
    assert said in refused(content, name)


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


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.csv.gz"])
@pytest.mark.parametrize("protocol", [0, 2, pickle.HIGHEST_PROTOCOL])
def test_no_pickle_is_ever_loaded(read, tmp_path, name, protocol):
    """A pickle by the name of a table is refused or read as text, and never loaded."""
    content = pickle.dumps(Loaded(tmp_path / "loaded"), protocol)
    with contextlib.suppress(TableError):
        read(gzip.compress(content) if name.endswith(".gz") else content, name)
    assert not (tmp_path / "loaded").exists()


def test_a_missing_file_offers_the_near_ones(tmp_path):
    """A file that does not exist is an error that names the near ones of its folder."""
    (tmp_path / "churn.csv").touch()
    with pytest.raises(TableError, match=r"chrun.csv does not exist: did you mean churn.csv\?$"):
        read_table(tmp_path / "chrun.csv")
    with pytest.raises(TableError, match=r"far.csv does not exist$"):
        read_table(tmp_path / "nowhere" / "far.csv")


def test_what_is_no_file_is_refused(tmp_path):
    """A folder, a pipe, what is below a file and a name too long are refused."""
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "file.csv").touch()
    for name, said in {
        "folder.csv": "is a folder: name a file",
        "pipe.csv": "is not a regular file",
        "file.csv/t.csv": "does not exist|cannot be read",
        f"{'x' * 300}.csv": "does not exist|cannot be read",
        "nul\0.csv": "does not exist|cannot be read",
    }.items():
        with pytest.raises(TableError, match=said):
            read_table(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    """A file without permission is an error that says so."""
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "t.csv").chmod(0)
    with pytest.raises(TableError, match=r"t.csv cannot be read \(Permission denied\)"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("change", ["append", "rename columns", "delete"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_that_changes_meanwhile_is_refused(monkeypatch, tmp_path, change, suffix):
    """A file that grows, is replaced or goes while it is read is an error, not half a table."""
    from lab.datasets import parquet_file

    path = tmp_path / f"t{suffix}"
    module = csv_file if suffix == ".csv" else parquet_file

    def write(names):
        table = pd.DataFrame({name: [1, 2] for name in names})
        table.to_csv(path, index=False) if module is csv_file else table.to_parquet(path)

    def changing(path, names):
        if change == "append":
            columns = read(path, names)
            with path.open("ab") as file:
                file.write(b"3,4\n")
            return columns
        path.unlink()
        if change == "rename columns":
            write(["c", "d"])
        return read(path, names)

    write(["a", "b"])
    read = module.read
    monkeypatch.setattr(module, "read", changing)
    with pytest.raises(TableError, match=r"changed while it was read|cannot be read"):
        read_table(path)


def test_the_stem_is_what_is_not_the_type():
    """A file's name less its type is its stem, with other dots in it."""
    names = ["a.csv", "a.CSV.GZ", "a.b.tsv.gz", "a.parquet", "a.pq", "a"]
    assert [stem(Path(name)) for name in names] == ["a", "a", "a.b", "a", "a", "a"]


MEMORY = """
import resource, sys
from pathlib import Path
import numpy, pandas, pyarrow.csv, pyarrow.compute
from lab.datasets.prepare import prepare
from lab.datasets.tables import read_table
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
dataset = prepare("large", read_table(Path(sys.argv[1])), "t")
assert dataset.rows == 200_000
print((peak() - before) / (8 * dataset.X.size))
"""


def test_a_large_table_is_not_held_three_times(tmp_path):
    """Reading and preparing 200,000 rows of 30 numbers takes less than 3 times their memory."""
    rng = np.random.default_rng(0)
    rows = [
        "%.6f," * 30 % tuple(row) + "01"[i % 9 == 0]
        for i, row in enumerate(rng.normal(size=(1000, 30)))
    ]
    with (tmp_path / "large.csv").open("w") as file:
        file.write(",".join(f"x{i}" for i in range(30)) + ",t\n")
        file.writelines(["\n".join(rows) + "\n"] * 200)
    command = [sys.executable, "-c", MEMORY, str(tmp_path / "large.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(f"at most {float(done.stdout):.2f} times the numbers' own memory")
    assert float(done.stdout) < 3


def test_a_pandas_category_of_numbers_is_a_category(tmp_path):
    """Codes that are categories in pandas come back as levels, though the file has numbers."""
    path = tmp_path / "codes.parquet"
    pd.DataFrame({"code": pd.Categorical([7, 3, None, 7]), "number": [7, 3, 1, 7]}).to_parquet(path)
    columns = read_table(path)
    assert columns["code"].to_pylist() == ["7", "3", None, "7"]
    assert columns["number"].to_pylist() == [7, 3, 1, 7]
