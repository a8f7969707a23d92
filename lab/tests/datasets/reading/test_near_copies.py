"""Tests of which rows are nearly equal and of one class."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.datasets.reading.near_copies import near_copies
from lab.tests.helpers.small_tables import independent, visits


@pytest.mark.parametrize(("machines", "rows"), [(150, 12), (150, 3), (400, 4), (8_000, 5)])
def test_rows_of_one_machine_are_near_copies(machines, rows):
    """Visits are found by their features if no column names the machine."""
    X, y = visits(machines, rows, noise=0.02)
    assert near_copies(X.drop(columns="machine"), y) > 0.5 * y.sum()


def test_near_copies_of_both_classes_do_no_harm():
    """Nearly equal rows matter only if they share the class."""
    X, y = visits()
    assert near_copies(X, np.random.default_rng(0).permutation(y)) == 0


@pytest.mark.parametrize("columns", [3, 4, 8])
@pytest.mark.parametrize("rows", [300, 3000, 30_000])
def test_independent_rows_are_no_near_copies(rows, columns):
    """A feature that predicts the class is no near copy, nor are rounded numbers."""
    X, y = independent(rows, columns)
    assert near_copies(X, y) == 0
    assert near_copies(X.round(1), y) == 0


def test_a_class_in_a_region_of_its_own_is_no_near_copy():
    """Positives may all be in one place."""
    X, y = independent()
    y = (np.arange(len(y)) < 50).astype(np.int8)
    X[y == 1] = 5 + X[y == 1] / 100
    assert near_copies(X, y) == 0


def test_exact_copies_are_not_counted():
    """Equal rows count as one."""
    X, y = independent()
    rows = np.repeat(np.arange(len(y)), 3)
    assert near_copies(X.iloc[rows].reset_index(drop=True), y[rows]) == 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(seed):
    """The number is the same in any order of rows if all positive rows are looked at."""
    X, y = visits(100, 6, noise=0.02)
    order = np.random.default_rng(seed).permutation(len(y))
    assert near_copies(X.iloc[order].reset_index(drop=True), y[order]) == near_copies(X, y) > 0


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, np.nan]), st.booleans()), max_size=60))
def test_any_table_is_judged(rows):
    """Gaps and few rows raise no error."""
    X = pd.DataFrame({"x": [x for x, _ in rows], "t": pd.Categorical(["a"] * len(rows))})
    assert near_copies(X, np.array([y for _, y in rows], np.int8)) == 0
