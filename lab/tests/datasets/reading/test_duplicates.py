"""Tests of rows that equal each other."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.datasets.reading.duplicates import unexpected_copies
from lab.tests.helpers.small_tables import independent


def with_copies(X, y, rows):
    """Return a table with these rows once more."""
    rows = np.append(np.arange(len(y)), rows)
    return X.iloc[rows].reset_index(drop=True), y[rows]


def test_copied_positives_are_counted():
    """Each positive row six times makes five copies of each."""
    X, y = independent(1200)
    copied = np.repeat(np.flatnonzero(y), 5)
    assert unexpected_copies(*with_copies(X.round(3), y, copied)) == len(copied)
    assert unexpected_copies(X.round(3), y) == 0


@pytest.mark.parametrize("rows", [1000, 60_000])
def test_copies_among_mixed_columns_are_counted(rows):
    """Categories and gaps do not hide copies of rows with continuous numbers."""
    X, y = independent(rows)
    X["level"] = pd.Categorical(np.where(X["b"] > 0, "high", "low"))
    X.loc[X["c"] > 0, "c"] = np.nan
    assert unexpected_copies(*with_copies(X, y, np.arange(rows // 20))) == rows // 20


@pytest.mark.parametrize("columns", [2, 4, 8])
def test_chance_explains_equal_rows_of_few_values(columns):
    """Equal rows are natural among categories and rounded numbers."""
    X, y = independent(3000, columns)
    assert unexpected_copies(X.round(), y) == 0
    levels = X.round().astype(str).astype("category")
    assert unexpected_copies(levels, y) == 0


def test_equal_rows_of_correlated_columns_are_natural():
    """Columns that repeat each other make equal rows no less likely."""
    X, y = independent(3000, 1)
    X["a"] = X["a"].round(1)
    X["b"], X["c"] = 2 * X["a"], X["a"] ** 3
    assert unexpected_copies(X, y) == 0


def test_few_copies_do_not_matter():
    """Less than one copy in two hundred rows is no warning."""
    X, y = independent(2000)
    assert unexpected_copies(*with_copies(X, y, np.arange(9))) == 0
    assert unexpected_copies(*with_copies(X, y, np.arange(11))) == 11


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(seed):
    """The number of copies is the same in any order of rows."""
    X, y = with_copies(*independent(300), np.arange(20))
    order = np.random.default_rng(seed).permutation(len(y))
    assert unexpected_copies(X.iloc[order], y[order]) == 20


@given(st.lists(st.tuples(st.sampled_from([0.0, -0.0, np.nan]), st.booleans()), max_size=60))
def test_any_table_is_judged(rows):
    """Gaps, one column and few rows raise no error."""
    X = pd.DataFrame({"x": np.array([x for x, _ in rows], float)})
    assert unexpected_copies(X, np.array([y for _, y in rows], np.int8)) >= 0
