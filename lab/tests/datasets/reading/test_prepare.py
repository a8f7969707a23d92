"""Tests of turning a table into a dataset."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.table import Table
from lab.datasets.reading.tables import read_table
from lab.errors import TableError
from lab.read_options import ReadOptions
from lab.tests.helpers.small_tables import NOISE, N, T, prepared, rejected, table_cells


def test_the_rarer_value_is_the_positive_class():
    """The rarer of two values is 1, and the notes name it."""
    data = prepared()
    assert data.y.tolist() == [1] * 15 + [0] * 45
    assert data.y.dtype == np.int8
    assert data.notes == ("positive class: t = 'yes', 15 of 60 rows (25.00%)",)
    assert (data.name, data.source, list(data.X.columns)) == ("mine", "somewhere", ["noise"])


@pytest.mark.parametrize(
    ("values", "positive", "label"),
    [
        ([True, False], "True", "True"),
        ([True, False], "TRUE", "True"),
        ([True, False], "true", "True"),
        ([True, False], "1", "True"),
        ([1, 0], "true", "1"),
        ([1, 0], "1", "1"),
        ([1, 0], "1.0", "1"),
        ([1.0, 0.0], "1", "1"),
        ([1.0, 0.0], "1.0", "1"),
        ([1.5, 0.5], "1.50", "1.5"),
        (["yes", "no"], "yes", "yes"),
        (["yes", "no"], " YES ", "yes"),
        (["a", "A"], "A", "A"),
        (["1", "0"], "1.0", "1"),
        (["1", "1.0"], "1.0", "1.0"),
        ([1e300, 2.0], "1e300", "1e+300"),
        ([np.inf, 0.0], "inf", "inf"),
        ([datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)], "2020-01-02", "2020-01-02"),
    ],
    ids=str,
)
def test_the_positive_value_may_be_spelled_differently(values, positive, label):
    """A positive value is matched exactly, else in any case, else as a number."""
    data = prepared(t=[values[i % 3 == 0] for i in range(N)], positive=positive)
    assert data.notes[0].startswith(f"positive class: t = {label!r}, ")
    assert data.minority_rows == data.y.sum() in (20, 40)


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.float16(), pa.float32(), pa.int8(), pa.uint64(), pa.bool_(), pa.string()),
        *(pa.date32(), pa.timestamp("ns"), pa.timestamp("us", "Europe/Berlin")),
        *(pa.duration("ms"), pa.time32("s"), pa.time64("ns")),
    ],
    ids=str,
)
def test_a_target_may_have_any_type(kind):
    """Two values of any type can be a target; rows without one are dropped."""
    numbers = pa.array([None if i < 6 else int(i % 4 == 0) for i in range(N)])
    if kind in (pa.date32(), pa.time32("s")):
        numbers = numbers.cast(pa.int32())
    cells = (numbers.cast(pa.float32()) if kind == pa.float16() else numbers).cast(kind)
    data = prepared(t=cells)
    assert data.y.tolist() == [int(i % 4 == 0) for i in range(6, N)]
    assert data.X["noise"].tolist() == NOISE[6:].tolist()
    assert data.notes[1:] == ("dropped: 6 rows without a value of t",)


def test_whole_numbers_are_labelled_without_decimals():
    """The label of 1.0 is 1 in floats of any width."""
    for kind in (np.float16, np.float32, np.float64):
        assert "t = '1'" in prepared(t=(np.arange(N) % 3 == 0).astype(kind)).notes[0]


def test_one_row_without_a_target_is_dropped():
    """A single dropped row is counted in the singular."""
    assert "dropped: 1 row without a value of t" in prepared(t=[None, *T[1:]]).notes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "Tt"}, "has no column 'Tt': did you mean t?"),
        ({"target": "NOISE"}, "has no column 'NOISE': did you mean noise?"),
        ({"target": "xyz"}, "has no column 'xyz': choose from t, noise"),
        ({"t": ["a"] * N}, "target 't' has only one value, 'a': choose a column with two"),
        (
            {"t": ["a"] * 9 + [None] * 51},
            "target 't' has only one value, 'a' besides 51 empty cells: write the other value",
        ),
        ({"t": [None] * N}, "target 't' has no value in any row: choose another column"),
        ({"t": [np.nan] * N}, "target 't' has no value in any row: choose another column"),
        (
            {"t": ["a", "b", "b"] * 19 + ["c"] * 3},
            "target 't' has 3 values, 'b' (38), 'a' (19), 'c' (3): choose a column with two",
        ),
        ({"t": NOISE}, "and 55 more: choose a column with two"),
        (
            {"t": [0, 1] * 30},
            "'0' and '1' of target 't' are equally frequent: choose the positive class with",
        ),
        ({"positive": "maybe"}, "target 't' has no value 'maybe': choose 'yes' or 'no'"),
        ({"t": [True, False, False] * 20, "positive": "2"}, "has no value '2'"),
        ({"t": ["a", "A"] * 30, "positive": "á"}, "has no value 'á': choose 'a' or 'A'"),
    ],
)
def test_an_invalid_target_is_rejected(arguments, message):
    """A target that is missing or does not have two values is rejected by name."""
    assert rejected(**arguments).endswith(message) or message in rejected(**arguments)


def test_a_tie_is_resolved_by_the_positive_value():
    """If both values are equally frequent, the chosen one is positive."""
    assert prepared(t=[0, 1] * 30, positive="0").y.tolist() == [1, 0] * 30


def test_a_long_label_does_not_fill_the_screen():
    """A value of thousands of characters is cut in messages and notes."""
    long = ["x" * 9000] * 30 + ["y" * 9000] * 30
    assert len(rejected(t=long)) < 500
    assert len(rejected(t=long, positive="z")) < 500
    assert len(prepared(t=long, positive="x" * 9000).notes[0]) < 500


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([7] * N, "constant"),
        ([None] * N, "empty"),
        (["a"] * N, "constant"),
        ([f"id {i}" for i in range(N)], "identifier"),
        ([f"id {max(3, i)}" for i in range(N)], "identifier"),
        (list(range(N)), "identifier"),
        (np.arange(1.0, N + 1), "identifier"),
        (list(range(2000, 2000 + N)), "identifier"),
        (list(range(N, 0, -1)), "identifier"),
    ],
)
def test_unusable_columns_are_dropped_with_a_note(values, why):
    """Constant columns, identifiers and row numbers are dropped and named in the notes."""
    data = prepared(x=values)
    assert list(data.X.columns) == ["noise"]
    assert data.notes[1:] == (f"dropped as {why}: 'x'",)


@pytest.mark.parametrize("values", [range(0, 2 * N, 2), [*range(N - 1), 2 * N]])
def test_numbers_that_do_not_count_rows_are_kept(values):
    """Different whole numbers with many gaps are a feature."""
    assert "x" in prepared(x=list(values)).X


@pytest.mark.parametrize("value", [7, 7.5, True, "a"])
def test_one_value_or_missing_becomes_an_indicator(value):
    """A column of one value and gaps becomes 1 or 0, and the notes say so."""
    data = prepared(x=[value, None] * (N // 2))
    assert data.X["x"].tolist() == [1.0, 0.0] * (N // 2)
    assert data.notes[1:] == ("one value or missing, encoded as 1 or 0: 'x'",)


def test_classes_that_differ_only_in_case_are_reported():
    """More than two spellings of two values are an error that explains it."""
    message = rejected(t=[("Yes", "yes", "No")[i % 3] for i in range(N)])
    assert message.endswith("some differ in upper and lower case only: spell them alike")


def test_missing_values_and_few_positives_are_noted():
    """The notes count the missing values of each column and warn of very few positive rows."""
    data = prepared(x=[None, 1.5, 2.5, 3.0] * (N // 4), t=["a"] * 4 + ["b"] * (N - 4))
    assert f"missing values: 'x' ({N // 4})" in data.notes
    assert "WARNING: only 4 positive rows, too few for conclusive verdicts" in data.notes


def test_a_frequent_positive_class_causes_a_warning():
    """The notes warn if the more frequent value is chosen as positive."""
    data = prepared(t=["a", "b", "b"] * (N // 3), positive="b")
    assert data.notes[-1].startswith("WARNING: the positive class is the more frequent one")


def test_rows_are_numbered_as_in_the_file():
    """If rows without a target are dropped, the others keep their numbers in the table as read."""
    assert prepared().row_numbers is None
    data = prepared(t=[None, "yes", None, *T[3:]])
    assert data.row_numbers.tolist() == [1, *range(3, N)]
    assert data.digest != prepared(t=["yes", None, None, *T[3:]]).digest


def test_equal_rows_of_both_classes_are_counted():
    """Rows that equal one of the other class in all features are counted."""
    data = prepared(noise=[0.5] * 16 + [1.5, 2.5] + list(range(4, 46)), t=T)
    assert (
        "equal in all features to a row of the other class: 16 rows, which no model can tell apart"
        in data.notes
    )


def test_the_schema_tells_how_each_column_was_read():
    """Each column of the table has a kind, a treatment and a remark, in the order of the file."""
    gaps = ["a", None, "b"] * 20
    data = prepared(x=gaps, i=list(range(N)), n=[1] * N, options=ReadOptions(drop=frozenset("z")))
    facts = [(one.name, one.kind, one.treatment, one.missing) for one in data.schema]
    assert facts == [
        ("t", "text", "target", 0),
        ("noise", "numbers", "number", 0),
        ("x", "text", "categories", 20),
        ("i", "numbers", "dropped", 0),
        ("n", "numbers", "dropped", 0),
        ("z", "", "dropped", 0),
    ]
    remarks = {one.name: one.remark for one in data.schema}
    assert remarks["x"] == "2 levels; with an indicator of missing values"
    assert (remarks["i"], remarks["n"], remarks["z"]) == ("identifier", "constant", "--drop")


def test_words_read_as_missing_are_counted(tmp_path):
    """Words that were read as missing values are counted by column, with the option for them."""
    (tmp_path / "t.csv").write_text("a,b,t\n" + "NA,None,0\nx,y,1\nz,NA,0\n" * 9)
    data = prepare("mine", read_table(tmp_path / "t.csv"), "t")
    assert (
        "words read as missing values: 'NA' (18), 'None' (9) in 'a', 'b' (or --not-missing NA)"
        in data.notes
    )
    kept = ReadOptions(not_missing=frozenset(["NA"]), missing=frozenset("z"))
    data = prepare("mine", read_table(tmp_path / "t.csv", kept), "t", options=kept)
    assert set(data.X["a"].cat.categories) == {"NA", "x"}
    assert "words read as missing values: 'None' (9), 'z' (9) in 'a', 'b' (or --" in str(data.notes)


def test_an_index_without_a_name_is_dropped():
    """A first column without a name that counts the rows, as pandas writes it, is dropped."""
    cells = {name: pa.chunked_array([values]) for name, values in table_cells().items()}
    data = prepare("mine", Table({"": pa.chunked_array([range(100, 100 + N)]), **cells}), "t")
    assert data.notes[1:] == ("dropped as identifier: the column without a name",)


def test_a_column_that_is_constant_in_rows_with_a_target_is_dropped():
    """Columns are judged by the rows that have a target."""
    data = prepared(t=[None] * 5 + T[5:], x=[1.0] * 5 + [2.0] * 55, c=["a"] * 5 + ["b"] * 55)
    assert "dropped as constant: 'x', 'c'" in data.notes


def test_a_table_without_features_is_rejected():
    """A table of a target and constants only is rejected."""
    message = rejected(noise=[1] * N)
    assert message.startswith("has no features: besides 't', every column is constant")
    with pytest.raises(TableError, match="has no features"):
        prepare("mine", Table({"t": pa.chunked_array([T]).dictionary_encode()}), "t")


def test_a_table_is_emptied():
    """The dictionary of columns is emptied, so that a large table is not in memory twice."""
    cells = {name: pa.chunked_array([values]) for name, values in table_cells().items()}
    prepare("mine", Table(cells), "t")
    assert not cells


def test_a_file_becomes_a_dataset(tmp_path):
    """CSV and Parquet files of the same table give datasets with the same digest."""
    table = pd.DataFrame(
        {
            "when": pd.date_range("2020-01-01", periods=N, freq="7h"),
            "size": np.where(np.arange(N) % 5, NOISE, np.nan),
            "kind": ["a", None, "b"] * 20,
            "ok": [True, False] * 30,
            "t": T,
        }
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_csv(tmp_path / "t.csv.gz", index=False, sep=";")
    table.to_parquet(tmp_path / "t.parquet")
    names = ("t.csv", "t.csv.gz", "t.parquet")
    found = [prepare("mine", read_table(tmp_path / name), "t") for name in names]
    assert len({data.digest for data in found}) == 1
    assert len({data.notes for data in found}) == 1
