"""Tests of a second file with further rows of a user's table."""

import shutil

import numpy as np
import pandas as pd
import pytest

from lab import datasets
from lab.datasets.dataset import DatasetError
from lab.datasets.user_files import register_copies, register_files
from lab.errors import TableError
from lab.read_options import ReadOptions


def rows(number=60, start=0):
    """Return rows with a number, a code, text that is often missing, a customer and a day."""
    index = np.arange(start, start + number)
    return pd.DataFrame(
        {
            "x": index * 0.37 % 5,
            "code": [f"{'A' if i % 3 else ''}{i % 3}" for i in index],
            "note": [f"note {i}" if i % 4 == 0 else None for i in index],
            "who": [f"c{i % 25}" for i in index],
            "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(index, "D"),
            "late": ["yes" if i % 5 == 0 else "no" for i in index],
        }
    )


OPTIONS = ReadOptions(group=frozenset(["who"]), time=frozenset(["day"]))


@pytest.fixture
def registered(tmp_path):
    """Return a function that registers a table with a holdout, and loads it as a worker does."""

    def register(later, options=OPTIONS, files=1):
        paths = [tmp_path / f"past{i}.csv" for i in range(files)]
        for path in paths:
            rows().to_csv(path, index=False)
        later.to_csv(tmp_path / "next.csv", index=False)
        target = (["late"], [])
        folder = tmp_path / "copies"
        register_files(paths, *target, folder, options, holdout=tmp_path / "next.csv")
        register_copies(folder, 1)
        return datasets.load("past0")

    yield register
    datasets.set_own([])


def test_a_holdout_has_the_columns_of_its_table(registered):
    """Columns are in the table's order and of its kinds, whatever their order in the file."""
    later = rows(40, start=60)[["late", "note", "day", "code", "x", "who"]]
    data = registered(later)
    held_out = data.holdout
    assert list(held_out.X.columns) == list(data.X.columns) == ["x", "code", "note"]
    assert held_out.X["code"].tolist() == later["code"].tolist()
    assert held_out.X["note"].tolist() == later["note"].notna().astype(float).tolist()
    assert held_out.y.tolist() == (later["late"] == "yes").astype(int).tolist()
    assert held_out.group.tolist() == later["who"].tolist()
    assert any("holdout: next.csv, 40 rows, 8 positive rows" in note for note in data.notes)
    shared = "40 of 40 rows of the holdout have a 'who' that is in past0"
    assert any(shared in note for note in data.notes)


def test_codes_and_gaps_are_read_as_in_the_table(registered):
    """Categories of digits only stay categories, and a column may be empty in the holdout."""
    later = rows(40, start=60)
    data = registered(later.assign(code="7", x=None))
    assert data.holdout.X["code"].tolist() == ["7"] * 40
    assert data.holdout.X["x"].isna().all()


def test_a_copy_that_lost_its_holdout_is_damaged(registered, tmp_path):
    """A table whose holdout is gone is an error, never a table without one."""
    registered(rows(40, start=60))
    shutil.rmtree(tmp_path / "copies" / "holdout")
    register_copies(tmp_path / "copies", 1)
    with pytest.raises(DatasetError, match="'past0', is missing or corrupted"):
        datasets.load("past0")


def test_the_holdout_is_part_of_the_identity(registered):
    """Another holdout is another dataset for stored results; the digest is of the table alone."""
    one, other = registered(rows(40, start=60)), registered(rows(41, start=60))
    assert one.digest == other.digest
    assert one.identity != other.identity


def test_a_holdout_of_rows_that_are_trained_on_is_warned_of(registered):
    """Scores on the training file itself prove nothing."""
    notes = registered(rows(60)).notes
    assert (
        "WARNING: 60 of 60 rows of the holdout equal a row of past0, which is trained on" in notes
    )


def test_rows_that_are_not_later_are_warned_of(registered):
    """In time a holdout is expected to be later than the rows that are trained on."""
    notes = registered(rows(40, start=50)).notes
    assert any(
        "10 rows of the holdout are not later than the last row of past0" in n for n in notes
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": "much"}, "column 'x' is text, and numbers in past0"),
        ({"late": "no"}, "next.csv: target 'late' needs both values that it has in past0"),
        ({"late": None}, "next.csv: target 'late' needs both values that it has in past0"),
        ({"day": range(40)}, "column 'day' has plain numbers, and days in past0"),
    ],
)
def test_a_holdout_of_another_kind_is_refused(registered, change, message):
    """A column of another kind, or a target without both classes, is an error with the file."""
    with pytest.raises(TableError, match=message):
        registered(rows(40, start=60).assign(**change))


def test_a_holdout_needs_every_column_and_one_table(registered):
    """A missing column, or a second table to train on, is an error that names it."""
    with pytest.raises(TableError, match=r"next.csv has no column 'who', which past0 has"):
        registered(rows(40, start=60).drop(columns="who"))
    with pytest.raises(TableError, match=r"next.csv has no column 'x', which past0 has"):
        registered(rows(40, start=60).drop(columns="x"))
    with pytest.raises(TableError, match="--holdout takes one file of --data"):
        registered(rows(40, start=60), files=2)
