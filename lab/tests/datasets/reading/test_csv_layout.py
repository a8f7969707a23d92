"""Tests of the first and last lines of CSV files, and of columns without a name."""

import pytest

from lab.datasets.reading.tables import read_table

ROWS = "".join(f"{i}.5,a{i % 3},{i % 2}\n" for i in range(30))


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;  "])
def test_a_separator_line_is_skipped(read, line):
    """The line with which Excel names the delimiter is not the header."""
    assert read(f"{line}\na;b\n1,5;x\n2,25;y\n") == {"a": [1.5, 2.25], "b": ["x", "y"]}
    assert read("sep=:\na:b\n1:x\n") == {"a": [1], "b": ["x"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Visits of 2020\na,b\n1,2\n", "line 1, 'Visits of 2020', is a title and not the names"),
        ("\nVisits\n\na;b;c\n1;2;3\n", "line 2, 'Visits', is a title and not the names of 3"),
        ("a,b\n1,2\n\n(1 row affected)\n", "line 4, '(1 row affected)', at the end of the file"),
        ("a,b\n1,2\nTotal\n3,4\n", "line 3, 'Total', has 1 cell for 2 columns: complete"),
        ("a,b\n1,2\n3,4,5\n", "line 3, '3,4,5', has 3 cells for 2 columns: put quotes"),
        ("1.5,a2,0\n" + ROWS, "the first line looks like data (1.5, a2, 0): add a line of names"),
        ("age,t\n" + "31,yes,0\n31,no,1\n" * 9, "the rows have 3 cells for 2 names: name each"),
        ("age,t\n" + "".join(f"{i * 7},yes,0\n" for i in range(9)), "3 cells for 2 names"),
        ("x,g\n" + "r1,1,\n" * 120 + "r2,1,5\n", "the rows have 3 cells for 2 names: name"),
        ("7,a1,0\n" + ROWS.replace(".5", ""), "the first line looks like data (7, a1, 0)"),
        ("2020-01-01,0.5\n2020-01-02,1.5\n2020-01-03,1\n", "the first line looks like data"),
        ("a,b\n" + "a,c\nc,b\n" * 9, "the first line looks like data (a, b)"),
        ("a,b\n1,x\na,b\n2,y\n", "the first line (a, b) appears again as row 2: delete it"),
    ],
)
def test_a_line_in_the_wrong_place_is_named(rejected, content, message):
    """A title, a footer, a short row and a missing header each have their own sentence."""
    assert message in rejected(content)


@pytest.mark.parametrize(
    "names", ["x,y,z", "0,1,t", "0,1,2", "2019,2020,2021", ",0,1", "1,2,3", "x,2019,z", "a1,y,0"]
)
def test_names_may_be_numbers(read, names):
    """Years, and the numbers with which pandas names columns, are names."""
    rows = "".join(f"{i}.5,{i},{i % 2}\n" for i in range(30))
    assert list(read(f"{names}\n{rows}")) == names.split(",")


def test_names_of_rows_are_a_column(read):
    """R writes no name for the names of rows, which become a column without a name."""
    assert read('"a","b"\n"r1",1,x\n"r2",2,y\n') == {
        "": ["r1", "r2"],
        "a": [1, 2],
        "b": ["x", "y"],
    }


@pytest.mark.parametrize("content", ["a,b,\n1,x\n2,y\n", "a,b\n1,x,\n2,y,\n", "a,b,\n1,x,\n2,y,\n"])
def test_a_delimiter_may_end_the_lines(read, content):
    """A delimiter at the end of the header, of the rows or of both adds no column."""
    assert read(content) == {"a": [1, 2], "b": ["x", "y"]}


def test_empty_columns_and_rows_are_dropped(tmp_path):
    """Empty columns without a name are dropped and counted; one with values needs a name."""
    (tmp_path / "t.csv").write_text("a,b,,,\n1,x,,,\n2,y,,,\n,,,,\n")
    table = read_table(tmp_path / "t.csv")
    assert table.notes == ["dropped: 3 empty columns without a name"]
    assert {name: cells.to_pylist() for name, cells in table.columns.items()} == {
        "a": [1, 2, None],
        "b": ["x", "y", None],
    }


def test_one_of_several_columns_without_a_name_may_have_values(read):
    """An index without a name is kept beside empty columns without one."""
    assert read(",a,\n5,1,\n6,2,\n") == {"": [5, 6], "a": [1, 2]}
