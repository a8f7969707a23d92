"""Tests of reading CSV files."""

import datetime
import gzip

import pytest

from lab.datasets.reading import csv_blocks
from lab.read_options import MISSING
from lab.tests.helpers.table_files import no_id

PADDING = "p" * 500  # makes a file of few rows megabytes long


def moments(*texts):
    """Return dates and times as Python objects."""
    return [datetime.datetime.fromisoformat(text) for text in texts]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "T.CSV", "t.csv.gz", "t.tsv.gz"])
def test_delimiters_and_line_ends_are_detected(read, delimiter, end, name):
    """Comma, semicolon, tab and pipe separate cells, with any line end, gzipped or not."""
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
def test_cells_are_stripped(read, content):
    """A byte order mark, blank lines, surrounding spaces and quotes are not part of any cell."""
    assert read(content) == {"a": [1, 2], "b": ["x", "y"]}


def test_quoted_cells_may_contain_anything(read):
    """Delimiters, line ends and doubled quotes belong to the quoted cell or name they are in."""
    content = '"a;\r\nz",b\n"p\nq",1\n"r,s",2\n"say ""t""",3\n"5"" pipe\n",4\n'
    cells = ["p\nq", "r,s", 'say "t"', '5" pipe']
    assert read(content) == {"a;\r\nz": cells, "b": [1, 2, 3, 4]}


def test_the_last_cell_may_have_several_lines(read):
    """A quoted cell or name of several lines at the end of a file is not an unclosed quote."""
    assert read('a,b\n1,"x\ny"\n\n') == {"a": [1], "b": ["x\ny"]}
    assert read('a,"b\nc"\n1,c') == {"a": [1], "b\nc": ["c"]}


@pytest.mark.parametrize("cell", ["", " ", '""', *MISSING])
@pytest.mark.parametrize("other", ["2.5", "true", "2020-01-01", "x"])
def test_missing_cells_are_missing_in_columns_of_any_type(read, cell, other):
    """Blank cells, pandas' words for missing values, and a question mark are missing."""
    missing = read(f"a,b\n1,{other}\n2,{cell}\n3,{cell}  \n")["b"]
    assert missing[0] is not None
    assert missing[1:] == [None, None]


def test_an_empty_column_is_missing_throughout(read):
    """A column of missing cells only is read as such."""
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
def test_a_column_has_the_type_of_all_its_cells(read, cells, values):
    """Booleans, numbers, dates and instants are detected; any other cell makes a column text."""
    assert read("a;b\n" + "".join(f"{c};0\n" for c in cells.split())) == {
        "a": values or cells.split(),
        "b": [0] * len(cells.split()),
    }


@pytest.mark.parametrize("first", ["", "1.50", "true", "2020-01-01"])
def test_one_late_text_keeps_all_cells_as_written(read, first):
    """A text after megabytes of other cells makes the whole column text, exactly as written."""
    n = csv_blocks.BLOCK // len(PADDING)
    cells = read("a,b,c\n" + f"{first},12,{PADDING}\n" * n + "x,y,z\n")
    assert cells["a"] == [first or None] * n + ["x"]
    assert cells["b"] == ["12"] * n + ["y"]


def test_blocks_form_one_column(read):
    """Numbers after megabytes of missing cells are numbers; text has one set of levels."""
    n = csv_blocks.BLOCK // len(PADDING)
    many, few = f",x,{PADDING}\n" * n, "1,y,\n2,x,\n"
    cells = read("a,b,c\n" + many + few + many + few)
    assert cells["a"] == [*[None] * n, 1, 2] * 2
    assert cells["b"] == [*["x"] * n, "y", "x"] * 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("a,b\n", "has a header but no rows"),
        ("a,b", "has a header but no rows"),
        ("a,b\n\n \n", "has a header but no rows"),
        ("\n \n", "has no header: name the columns in the first line"),
        (",,\n1,2,3\n", "has no header"),
        ("a,b,a\n1,2,3\n", "2 columns are named 'a': give each its own name"),
        ("a,b, a \n1,2,3\n", "2 columns are named 'a'"),
        ("a,,\n1,2,3\n", "2 columns have no name: give each its own name"),
        ("é,b\n1,2\n".encode("latin-1"), "is not UTF-8 text: save it as UTF-8"),
        ("a,b\n1,é\n".encode("latin-1"), "is not UTF-8 text: save it as UTF-8"),
        (
            "a,b\n1,2\n".encode("utf-16"),
            "is named like a CSV file but is UTF-16 text: save it as UTF-8 CSV",
        ),
        ("a,b\n1,2\n".encode("utf-16-le"), "is not UTF-8 text"),
        (
            "a,b\n1,2\n3,4,5\n",
            "line 3, '3,4,5', has 3 cells for 2 columns: put quotes around a cell",
        ),
        ("a,b\n1,2\n3\n", "line 3, '3', at the end of the file is not a row of the table"),
        ("a,b\n1\n3,4\n", "line 2, '1', has 1 cell for 2 columns: complete or delete it"),
        ('a,b\n1,"x\n2,y\n', "has an unclosed quote before"),
        ('a,b\n"1,x\n2,y\n', "2,y', has an unclosed quote: close it"),
        ('a,"b\n1,x\n2,y\n', "has an unclosed quote before"),
        ('a,"b\n' + "1,x\n" * 50_000, "look for an unclosed quote"),
        ('a,b\n1,"x\n' + "2,y\n" * 1_000_000, "column 'b' has a cell of 4,000,"),
        ("a,b\n1," + "x" * 100_000, "column 'b' has a cell of 100,000 characters"),
        (b"\x80\x04\x95", "is named like a CSV file but is a pickle: save it as UTF-8 CSV"),
        (b"PK\x03\x04", "but is a spreadsheet or another zip archive: save it as UTF-8"),
        (b"PAR1....PAR1", "but is a Parquet file: name it table.parquet"),
        (gzip.compress(b"a\n1\n"), "but is a gzip file: name it table.csv.gz"),
    ],
    ids=no_id,
)
def test_an_invalid_csv_file_is_rejected(rejected, content, message):
    """A missing header, no rows, duplicate names, broken text and ragged rows are rejected."""
    assert message in rejected(content)


def test_an_endless_row_is_rejected(rejected, monkeypatch):
    """A row longer than a block is rejected, probably for an unclosed quote."""
    monkeypatch.setattr(csv_blocks, "BLOCK", 1 << 12)
    message = rejected('a,b\n"1,' + "x\n" * 10_000)
    assert message == "has a row of more than 4,096 bytes: look for an unclosed quote"


def test_decimal_commas_are_read(read):
    """The comma is a decimal sign whatever separates the cells."""
    assert read("a;b\n1,5;x\n2;y\n,25;z\n") == {"a": [1.5, 2.0, 0.25], "b": ["x", "y", "z"]}
    assert read('a,b\n"1,5",x\n2,y\n')["a"] == [1.5, 2.0]


def test_rows_between_two_stray_quotes_are_not_lost(rejected):
    """Two stray quotes far apart are rejected, since the cell between them contains whole rows."""
    rows = [f"{i},w{i}" for i in range(50)]
    rows[20], rows[30] = '20,"w20', '30,w30"'
    message = rejected("\n".join(["a,b", *rows, ""]))
    assert "column 'b' has a cell that contains whole rows" in message


def test_a_file_name_need_not_be_utf_8(read):
    """A file name that is not UTF-8, as on old disks, is opened like any other."""
    assert read("a,b\n1,2\n", "caf\udce9.csv") == {"a": [1.0], "b": [2.0]}
