"""Tests of how a table becomes a dataset."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import read_table
from lab.errors import TableError
from lab.tests.helpers.small_tables import NOISE, N, T, made, made_cells, refused


def test_the_rarer_value_is_the_positive_class():
    """Of two values the rarer is 1, and the notes say which that is."""
    data = made()
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
def test_the_positive_value_is_meant_whatever_its_spelling(values, positive, label):
    """A positive value is found exactly, else in any case, else as a number."""
    data = made(t=[values[i % 3 == 0] for i in range(N)], positive=positive)
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
def test_a_target_is_of_any_type(kind):
    """Two values of any type are a target; rows without one are dropped."""
    numbers = pa.array([None if i < 6 else int(i % 4 == 0) for i in range(N)])
    if kind in (pa.date32(), pa.time32("s")):
        numbers = numbers.cast(pa.int32())
    cells = (numbers.cast(pa.float32()) if kind == pa.float16() else numbers).cast(kind)
    data = made(t=cells)
    assert data.y.tolist() == [int(i % 4 == 0) for i in range(6, N)]
    assert data.X["noise"].tolist() == NOISE[6:].tolist()
    assert data.notes[1:] == ("dropped: 6 rows without a value of t",)


def test_whole_numbers_are_called_so_whatever_holds_them():
    """The label of 1.0 is 1, of any width of float."""
    for kind in (np.float16, np.float32, np.float64):
        assert "t = '1'" in made(t=(np.arange(N) % 3 == 0).astype(kind)).notes[0]


def test_one_row_without_a_target_is_dropped():
    """One row is a row, not rows."""
    assert "dropped: 1 row without a value of t" in made(t=[None, *T[1:]]).notes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"target": "Tt"}, "has no column 'Tt': did you mean t?"),
        ({"target": "NOISE"}, "has no column 'NOISE': did you mean noise?"),
        ({"target": "xyz"}, "has no column 'xyz': choose from t, noise"),
        ({"t": ["a"] * N}, "target 't' has one value only, 'a': it needs two"),
        ({"t": ["a"] * 9 + [None] * 51}, "target 't' has one value only, 'a': it needs two"),
        ({"t": [None] * N}, "target 't' has no value in any row"),
        ({"t": [np.nan] * N}, "target 't' has no value in any row"),
        (
            {"t": ["a", "b", "b"] * 19 + ["c"] * 3},
            "target 't' has 3 values, 'b' (38), 'a' (19), 'c' (3): predict a column that has two",
        ),
        ({"t": NOISE}, "and 55 more: predict a column that has two"),
        (
            {"t": [0, 1] * 30},
            "'0' and '1' of target 't' are equally frequent: say with --positive which",
        ),
        ({"positive": "maybe"}, "target 't' has no value 'maybe': it is 'yes' or 'no'"),
        ({"t": [True, False, False] * 20, "positive": "2"}, "has no value '2'"),
        ({"t": ["a", "A"] * 30, "positive": "á"}, "has no value 'á': it is 'a' or 'A'"),
    ],
)
def test_a_target_that_is_none_is_refused(arguments, said):
    """A target that is not there, or has not two values, is refused by name."""
    assert refused(**arguments).endswith(said) or said in refused(**arguments)


def test_a_tie_is_settled_by_the_positive_value():
    """Of two equally frequent values the one that is said is positive."""
    assert made(t=[0, 1] * 30, positive="0").y.tolist() == [1, 0] * 30


def test_a_long_label_does_not_fill_the_screen():
    """A value of thousands of characters is cut in what is said of it."""
    long = ["x" * 9000] * 30 + ["y" * 9000] * 30
    assert len(refused(t=long)) < 500
    assert len(refused(t=long, positive="z")) < 500
    assert len(made(t=long, positive="x" * 9000).notes[0]) < 500


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([7] * N, "one value only"),
        ([None] * N, "one value only"),
        (["a"] * N, "one value only"),
        ([f"id {i}" for i in range(N)], "identifies rows"),
        ([f"id {max(3, i)}" for i in range(N)], "identifies rows"),
        (list(range(N)), "identifies rows"),
        (np.arange(1.0, N + 1), "identifies rows"),
        (list(range(2000, 2000 + N)), "identifies rows"),
        (list(range(N, 0, -1)), "identifies rows"),
        ([f"id {i}" for i in range(N - 20)] + [None] * 20, "identifies rows"),
    ],
)
def test_what_is_no_feature_is_dropped_and_noted(values, why):
    """Constant columns, identifiers and row numbers are dropped, and the notes name them."""
    data = made(x=values)
    assert list(data.X.columns) == ["noise"]
    assert data.notes[1:] == (f"dropped, {why}: 'x'",)


@pytest.mark.parametrize("values", [range(0, 2 * N, 2), [*range(N - 1), N]])
def test_what_counts_otherwise_is_kept(values):
    """Numbers that rise otherwise than row numbers are a feature."""
    assert "x" in made(x=list(values)).X


@pytest.mark.parametrize("value", [7, 7.5, True, "a"])
def test_one_value_or_missing_says_where_it_is(value):
    """A column of one value, or none, tells by its presence: it is 1 or 0, and noted."""
    data = made(x=[value, None] * (N // 2))
    assert data.X["x"].tolist() == [1.0, 0.0] * (N // 2)
    assert data.notes[1:] == ("one value or missing, taken as 1 or 0: 'x'",)


def test_classes_that_differ_in_case_only_are_said_to():
    """More than two spellings of two values are an error that says so."""
    said = refused(t=[("Yes", "yes", "No")[i % 3] for i in range(N)])
    assert said.endswith("write each of the two in one way, small or capital")


def test_missing_values_and_few_positives_are_noted():
    """The notes count the missing values of each column, and warn of very few positive rows."""
    data = made(x=[None, 1.5, 2.5, 3.0] * (N // 4), t=["a"] * 4 + ["b"] * (N - 4))
    assert f"missing values: 'x' ({N // 4})" in data.notes
    assert "WARNING: with 4 positive rows a verdict says little" in data.notes


def test_a_positive_class_that_is_not_rare_is_a_warning():
    """If the more frequent value is said to be positive, the notes warn."""
    data = made(t=["a", "b", "b"] * (N // 3), positive="b")
    assert data.notes[-1].startswith("WARNING: the positive class is the more frequent one")


def test_a_first_column_without_a_name_counts_rows_from_anywhere():
    """A first column without a name, as pandas writes its index, is a row number."""
    cells = {name: pa.chunked_array([values]) for name, values in made_cells().items()}
    data = prepare("mine", {"": pa.chunked_array([range(100, 100 + N)]), **cells}, "t")
    assert data.notes[1:] == ("dropped, identifies rows: the one without a name",)


def test_a_column_that_is_constant_where_the_target_is_known_is_dropped():
    """What a column is, is seen in the rows that have a target."""
    data = made(t=[None] * 5 + T[5:], x=[1.0] * 5 + [2.0] * 55, c=["a"] * 5 + ["b"] * 55)
    assert "dropped, one value only: 'x', 'c'" in data.notes


def test_a_table_without_a_feature_is_refused():
    """A table of a target and constants alone is refused."""
    said = refused(noise=[1] * N)
    assert said.startswith("has no feature: besides 't' every column has one value only")
    with pytest.raises(TableError, match="has no feature"):
        prepare("mine", {"t": pa.chunked_array([T]).dictionary_encode()}, "t")


def test_a_table_is_emptied_and_not_changed():
    """The table is emptied while the dataset is made."""
    cells = {name: pa.chunked_array([values]) for name, values in made_cells().items()}
    prepare("mine", cells, "t")
    assert not cells


def test_a_file_becomes_a_dataset(tmp_path):
    """A CSV file and a Parquet file of the same table give datasets of one digest."""
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
