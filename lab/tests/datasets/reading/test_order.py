"""Tests of which rows depend on their neighbours."""

import numpy as np
import pandas as pd
import pytest

from lab.datasets.reading.order import find_time, smooth_features
from lab.tests.helpers.small_tables import hourly, independent


def shuffled(X, y, seed=0):
    """Return rows in random order."""
    order = np.random.default_rng(seed).permutation(len(y))
    return X.iloc[order].reset_index(drop=True), y[order]


@pytest.mark.parametrize("rows", [1000, 1800, 50_000])
def test_neighbours_in_time_are_alike(rows):
    """Slow signals are found in the order of the file, and not after shuffling."""
    X, y = hourly(rows)
    signals = X.drop(columns="time")
    assert len(smooth_features(signals, y)) >= 2
    assert not smooth_features(*shuffled(signals, y))


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_the_time_is_found_in_any_order_of_the_file(is_shuffled):
    """A date column is the time if the class depends on that of the rows before."""
    X, y = hourly()
    if is_shuffled:
        X, y = shuffled(X, y)
    assert find_time({"time": X["time"]}, y) == "time"


def test_a_date_of_birth_is_no_time():
    """A date is no time if rows of close dates are independent, even if it predicts the class."""
    rng = np.random.default_rng(0)
    born = pd.Series(rng.uniform(0, 20_000, 3000).round())
    y = (rng.random(3000) < 0.3 * born / 20_000).to_numpy(np.int8)
    assert find_time({"born": born}, y) == ""
    assert find_time({"born": born.sort_values(ignore_index=True)}, y) == ""


def test_a_file_in_the_order_of_dates_with_a_drift_is_in_time():
    """The share of positives moves in the order of the file and its dates."""
    rng = np.random.default_rng(0)
    days = pd.Series(np.arange(4000) // 10 * 1.0)
    y = (rng.random(4000) < 0.02 + 0.2 * days / 400).to_numpy(np.int8)
    assert find_time({"day": days}, y) == "day"
    assert find_time({"day": days}, rng.permutation(y)) == ""


def test_rows_of_one_day_may_be_sorted_by_the_target():
    """The order within a day says nothing about time."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"day": np.arange(3000) // 100 * 1.0, "y": rng.random(3000) < 0.2})
    table = table.sort_values(["day", "y"])
    assert find_time({"day": table["day"]}, table["y"].to_numpy(np.int8)) == ""


@pytest.mark.parametrize("by", ["y", "a", ["level", "b"], ["y", "a"], ["level", "y"]], ids=str)
def test_a_sorted_file_is_no_time_series(by):
    """Rows sorted by the target or by columns are no warning, even if columns are correlated."""
    for seed in range(10):
        X, y = independent(600, seed=seed)
        X["b"] += 2 * X["a"]
        X["level"] = X["a"].round()
        table = X.assign(y=y).sort_values(by)
        y = table.pop("y").to_numpy()
        assert not smooth_features(table.reset_index(drop=True), y)


@pytest.mark.parametrize("rows", [0, 1, 30, 300])
def test_short_or_constant_tables_are_judged(rows):
    """Few rows, gaps, one class and one date raise no error."""
    X = pd.DataFrame({"x": np.full(rows, np.nan), "one": np.ones(rows)})
    for y in (np.zeros(rows, np.int8), (np.arange(rows) % 2).astype(np.int8)):
        assert smooth_features(X, y) == []
        assert find_time({"x": X["x"], "one": X["one"]}, y) == ""
