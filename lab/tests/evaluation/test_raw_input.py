"""Tests that rows as they are in a user's file become the rows that a model was fitted to."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from skops import io as skops_io

from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import read_table
from lab.datasets.user_files import read_file
from lab.errors import LabError
from lab.evaluation.raw_input import raw_examples, raw_rows
from lab.read_options import ReadOptions
from lab.tests.datasets.test_any_table import TARGET, examples, tables, write

N = 60  # rows


def assert_equal(found, expected):
    """Assert that two tables of features are equal: numbers to the last bit."""
    assert list(found) == list(expected)
    for name in expected:
        one, other = found[name], expected[name]
        assert one.dtype.kind == other.dtype.kind, name
        if other.dtype.kind == "f":
            assert np.array_equal(one.to_numpy(), other.to_numpy(), equal_nan=True), name
        else:
            assert one.astype(object).fillna("NONE").tolist() == (
                other.astype(object).fillna("NONE").tolist()
            ), name


def kept(rows, dataset):
    """Return the rows of a file that are in the dataset."""
    return rows if dataset.row_numbers is None else rows.iloc[dataset.row_numbers]


def read(columns, path):
    """Write columns to a file; return its dataset, unless the lab rejects it."""
    write(columns, path)
    try:
        return prepare("any", read_table(path), TARGET, source="made up", file=path)
    except LabError:
        assume(False)


@pytest.mark.parametrize("types", [None, str])
@examples(25)
@given(columns=tables())
def test_rows_of_any_csv_file_become_those_of_the_dataset(tmp_path, types, columns):
    """The rows of a CSV file are read as by the lab, with types that pandas guesses or as text."""
    dataset = read(columns, path := tmp_path / "any.csv")
    rows = pd.read_csv(path, dtype=types)
    assert_equal(raw_rows(dataset).transform(kept(rows, dataset)), dataset.X)


@examples(25)
@given(columns=tables())
def test_rows_of_any_parquet_file_become_those_of_the_dataset(tmp_path, columns):
    """The rows of a Parquet file, with the types of pandas, are read as by the lab."""
    dataset = read(columns, path := tmp_path / "any.parquet")
    rows = pd.read_parquet(path)
    assert_equal(raw_rows(dataset).transform(kept(rows, dataset)), dataset.X)


@examples(25)
@given(columns=tables())
def test_examples_are_read_as_the_rows_that_they_show(tmp_path, columns):
    """Example rows, which look like the file, become the rows of the dataset."""
    dataset = read(columns, tmp_path / "any.csv")
    shown = raw_examples(dataset.X.head(), dataset)
    assert_equal(raw_rows(dataset).transform(shown), dataset.X.head())


def messy():
    """Return the columns of a file in which nearly nothing is written plainly, with a target."""
    rng = np.random.default_rng(0)
    made = {
        "amount": [f"{i * 37 % 990 + 10}.{i % 7}00" if i % 5 else str(i) for i in range(N)],
        "share": [f"{i * 7 % 50} %" for i in range(N)],
        "ratio": [f"0,{i:03d}" for i in rng.permutation(N)],
        "balance": [f"({i % 9}.5)" if i % 3 else f"{i % 9}.5" for i in range(N)],
        "zip": [("01", "02", "10", "99")[i % 4] for i in range(N)],
        "flag": [("true", "false", "")[i % 3] for i in range(N)],
        "mood": [("NA", "good", "?")[i % 3] for i in range(N)],
        "since": [f"2024-{i % 12 + 1:02d}-11T0{i % 8}:00:00+02:00" for i in range(N)],
        "code": [("-9", "4", "5")[i % 3] for i in range(N)],
        "comment": [f"text {i}" if i % 2 else "" for i in range(N)],
        "nothing": ["same"] * N,
    }
    return made | {TARGET: [int(i % 4 == 0) for i in range(N)]}


OPTIONS = ReadOptions(
    categorical=frozenset({"zip"}),
    numeric=frozenset({"share"}),
    missing=frozenset({"-9"}),
    not_missing=frozenset({"NA"}),
)


@pytest.fixture
def dataset(tmp_path):
    """Write a messy file, and return its dataset."""
    path = tmp_path / "messy.csv"
    pd.DataFrame(messy()).to_csv(path, index=False)
    return read_file(path, TARGET, options=OPTIONS)


def test_what_was_decided_about_a_column_holds_for_further_rows(dataset):
    """Notation, units, codes, offsets and words of a file are read alike in further rows."""
    rows = pd.DataFrame(messy())
    assert {c.name: c.treatment for c in dataset.schema if c.treatment != "number"} == {
        "zip": "categories",
        "mood": "categories",
        "comment": "filled in or not",
        "nothing": "dropped",
        TARGET: "target",
    }
    assert dataset.X["amount"].max() > 900_000
    step = raw_rows(dataset)
    assert_equal(step.transform(rows), dataset.X)
    # pandas reads "01" as 1 and "true" as True. Amounts would lose their dots.
    text = rows.to_csv(index=False)
    guessed = pd.read_csv(io.StringIO(text), dtype={"amount": str}, keep_default_na=False)
    assert guessed["zip"].dtype == np.int64
    assert_equal(step.transform(guessed), dataset.X)
    plain = pd.read_csv(io.StringIO(text))
    with pytest.raises(ValueError, match=r"^column 'amount' has .*, where a dot may separate"):
        step.transform(plain)


def test_examples_look_like_the_file(dataset):
    """Example rows have integers, booleans, ISO dates, text and None."""
    shown = raw_examples(dataset.X.iloc[:3], dataset)
    assert shown.to_dict("list") == {
        "amount": ["0", "47100", "84200"],
        "share": [0, 7, 14],
        "ratio": shown["ratio"].tolist(),
        "balance": [0.5, -1.5, -2.5],
        "zip": ["01", "02", "10"],
        "flag": [True, False, None],
        "mood": ["NA", "good", None],
        "since": ["2024-01-10 22:00:00", "2024-02-10 23:00:00", "2024-03-11"],
        "code": [None, 4, 5],
        "comment": [None, "filled in", None],
    }
    assert all(text.startswith("0,") for text in shown["ratio"])
    assert_equal(raw_rows(dataset).transform(shown), dataset.X.iloc[:3])


def test_the_step_is_safe_to_load(dataset):
    """Written with skops, the step is read again with one class to trust: its own."""
    content = skops_io.dumps(raw_rows(dataset))
    types = skops_io.get_untrusted_types(data=content)
    assert types == ["lab.estimators.raw_rows.RawRows"]
    again = skops_io.loads(content, trusted=types)
    assert_equal(again.transform(pd.DataFrame(messy())), dataset.X)
