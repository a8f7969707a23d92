"""Tests of the warnings that rows depend on each other, for tables as users have them."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from lab.datasets.user_files import read_file
from lab.read_options import ReadOptions
from lab.tests.helpers.small_tables import hourly, independent, visits

GROUP = (
    "WARNING: 'machine' has 150 values with about 12 rows each, nearly always of one class, so "
    "that rows of one value depend on each other: --group machine"
)


@pytest.fixture
def warnings(tmp_path):
    """Return a function that returns the warnings on a table, except those on single columns."""

    def warnings(X, y, kind="csv", **options):
        table = X.assign(failed=y)
        path = tmp_path / f"table.{kind}"
        if kind == "csv":
            table.to_csv(path, index=False)
        else:
            parquet.write_table(pa.Table.from_pandas(table), path)
        dataset = read_file(path, "failed", options=ReadOptions(**options))
        notes = [note for note in dataset.notes if note.startswith("WARNING: ")]
        return [note for note in notes if "may give failed away" not in note]

    return warnings


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("dropped", [False, True])
def test_a_group_is_named_even_if_it_is_left_out(warnings, kind, dropped):
    """The warning names the column and the option, whether the column is a feature or not."""
    options = {"drop": frozenset({"machine"})} if dropped else {}
    assert warnings(*visits(), kind, **options) == [GROUP]


def test_columns_that_cannot_be_read_may_be_left_out(warnings):
    """A column of lists is no group, and causes no error."""
    X, y = independent()
    X["lists"] = [[1, 2]] * len(y)
    assert warnings(X, y, "parquet", drop=frozenset({"lists"})) == []


def test_a_column_called_like_an_identifier_is_not_named_twice(tmp_path):
    """A group that is called like an identifier is in the warning, and in no other remark."""
    X, y = visits()
    table = X.rename(columns={"machine": "machine_id"}).assign(failed=y)
    table.to_csv(tmp_path / "table.csv", index=False)
    dataset = read_file(tmp_path / "table.csv", "failed")
    assert any("--group machine_id" in note for note in dataset.notes)
    assert not any("called like an identifier" in note for note in dataset.notes)
    remarks = {column.name: column.remark for column in dataset.schema}
    assert remarks["machine_id"] == "150 levels"


def test_visits_without_an_identifier_are_near_copies(warnings):
    """Nearly identical positive rows are counted."""
    X, y = visits()
    (warning,) = warnings(X.drop(columns="machine"), y)
    assert warning.startswith("WARNING: about 1")
    assert "positive rows are nearly identical to other positive rows: " in warning
    assert warning.endswith("with --group")


def test_the_time_is_named(warnings):
    """A date column in whose order rows depend on each other is named with the option."""
    X, y = hourly()
    X["time"] = np.datetime64("2024-03-01") + np.arange(len(y)) * np.timedelta64(1, "h")
    start = "WARNING: in the order of 'time', the class depends on that of the rows before: "
    assert warnings(X, y) == [f"{start}--time time"]


def test_neighbours_that_are_alike_are_reported_without_a_date(warnings):
    """Without a date column, the warning names features that change slowly."""
    X, y = hourly()
    (warning,) = warnings(X.drop(columns="time"), y)
    start = "WARNING: neighbouring rows of the file are alike, both in class and in 's1', 's2', "
    assert warning.startswith(start)


def test_a_group_of_dates_is_not_also_a_time(warnings):
    """A date that is the same for all rows of a machine is named once."""
    X, y = visits()
    bought = np.random.default_rng(0).permutation(150)[X["machine"].cat.codes]
    X["machine"] = np.datetime64("2024-03-01") + bought * np.timedelta64(1, "D")
    assert warnings(X, y) == [GROUP]


def test_copies_are_counted(warnings):
    """The warning names both ways of treating copies."""
    X, y = independent(1200)
    rows = np.append(np.arange(len(y)), np.repeat(np.flatnonzero(y), 5))
    (warning,) = warnings(X.round(3).iloc[rows], y[rows])
    start = f"WARNING: {5 * y.sum()} rows are exact copies of an earlier row, more than chance "
    assert warning.startswith(start)
    assert "--copies together" in warning
    assert "--copies drop" in warning


@pytest.mark.parametrize("seed", range(5))
def test_independent_rows_cause_no_warning(warnings, seed):
    """Mixed columns, a date of birth and a strong category are ordinary."""
    rng = np.random.default_rng(seed)
    X, y = independent(2000, seed=seed)
    X["born"] = np.datetime64("1990-01-01") + (1000 * X["b"]).astype(int) * np.timedelta64(1, "D")
    X["age"] = (40 + 10 * X["a"]).round().astype(int)
    X["city"] = pd.Categorical([f"city {number}" for number in rng.integers(0, 60, 2000)])
    X["level"] = np.where(X["c"] > 0, "high", "low")
    assert warnings(X, y) == []
