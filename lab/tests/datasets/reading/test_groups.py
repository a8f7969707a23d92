"""Tests of which columns group rows that depend on each other."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.datasets.reading.groups import find_group
from lab.tests.helpers.small_tables import independent, visits


def group_of(X, y, dates=()):
    """Return the column that groups the rows of a table, if any of its columns does."""
    found = find_group({name: X[name] for name in X.columns}, X, y, dates)
    return found.column if found else None


def as_kind(machine, kind):
    """Return the machine of each row in another kind."""
    numbers = machine.cat.codes.to_numpy()
    shuffled = np.random.default_rng(1).permutation(150)[numbers]
    values = {"text": machine, "numbers": shuffled * 7.0, "dates": 19_000.25 + shuffled}
    return pd.Series(values[kind])


@pytest.mark.parametrize("kind", ["text", "numbers", "dates"])
@pytest.mark.parametrize("rows", [2, 3, 12, 200])
def test_a_machine_groups_its_visits(kind, rows):
    """A column of machines is found in any kind, with few rows of each or many."""
    X, y = visits(rows=rows)
    X["machine"] = as_kind(X["machine"], kind)
    found = find_group({"machine": X["machine"]}, X, y, {"machine"})
    assert (found.column, found.levels, found.rows) == ("machine", 150, rows)
    assert found.one_target == 1
    assert found.alike > 0.9


def test_numbers_of_machines_that_are_sorted_by_class_group_their_visits():
    """Neighbouring numbers may share the target if their rows differ in other features."""
    X, y = visits()
    failed = pd.Series(y).groupby(X["machine"], observed=True).max()
    rank = failed.rank(method="first")
    X["machine"] = X["machine"].map(rank).astype(float)
    assert group_of(X, y) == "machine"


def test_a_machine_groups_its_visits_if_it_only_raises_the_rate():
    """Rows of one value that are alike need not all have one target."""
    X, y = visits()
    noisy = np.where(np.random.default_rng(0).random(len(y)) < 0.1, 1 - y, y).astype(np.int8)
    found = find_group({"machine": X["machine"]}, X, noisy)
    assert 0.1 < found.one_target < 0.8


def test_a_column_that_is_left_out_groups_rows_that_are_alike():
    """A column that is no feature groups rows if other features are alike, not by the target."""
    X, y = visits()
    machine = {"machine": X.pop("machine")}
    assert find_group(machine, X, y).column == "machine"
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=X.shape))
    assert find_group(machine, noise, y) is None


def test_rows_that_share_no_target_are_no_group():
    """Repeated values matter only if rows of one value share the target."""
    X, y = visits()
    assert group_of(X, np.random.default_rng(0).permutation(y)) is None


@pytest.mark.parametrize("levels", [30, 60])
def test_a_strong_category_is_no_group(levels):
    """Levels may have different rates of positives."""
    rng = np.random.default_rng(0)
    X, y = independent(2000)
    country = rng.integers(0, levels, len(y))
    y = (rng.random(len(y)) < 0.6 * rng.random(levels)[country]).astype(np.int8)
    X["country"] = pd.Categorical([f"country {number}" for number in country])
    assert group_of(X, y) is None


def test_a_rounded_number_is_no_group():
    """A number whose neighbouring values share the target is an ordinary feature."""
    X, _ = independent(2000)
    X["age"] = (50 + 15 * X["a"]).round()
    assert group_of(X, (X["age"] > 65).to_numpy(np.int8)) is None


def test_groups_of_a_large_table_are_found_in_a_sample():
    """Of many values some are looked at, of few values some rows of each."""
    for machines, rows in ((20_000, 3), (30, 2_000)):
        X, y = visits(machines, rows)
        assert group_of(X, y) == "machine"


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_does_not_matter(seed):
    """A group is found in any order of the rows, and the same one again."""
    X, y = visits(40, 4)
    order = np.random.default_rng(seed).permutation(len(y))
    assert group_of(X.iloc[order].reset_index(drop=True), y[order]) == "machine"


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 2.5, np.nan]), st.sampled_from("ab"), st.booleans()),
        min_size=1,
        max_size=60,
    )
)
@settings(deadline=None)
def test_any_table_is_judged(rows):
    """Gaps, few rows and constant columns raise no error."""
    numbers, texts, target = zip(*rows, strict=True)
    X = pd.DataFrame({"x": numbers, "t": pd.Categorical(texts)})
    assert group_of(X, np.array(target, np.int8)) is None


def test_bins_of_another_feature_are_no_group():
    """Rows of one bin are alike in the feature that was cut into bins."""
    X, y = independent(2000, 1)
    X["bin"] = pd.qcut(X["a"], 30, labels=[f"bin {number}" for number in range(30)])
    assert group_of(X, (X["a"] > 1).to_numpy(np.int8)) is None
    assert group_of(X, y) is None
