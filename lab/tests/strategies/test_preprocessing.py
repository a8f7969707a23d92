"""Tests of the limits of preprocessing."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import OneHotEncoder

from lab.datasets.dataset import Dataset
from lab.strategies.preprocessing import FARTHEST, MAX_LEVELS, preprocessor


def test_scaled_numbers_are_clipped():
    """A row far from nearly equal training rows is clipped to what a 32-bit float can hold."""
    X = pd.DataFrame({"x": np.r_[1e-150, -1e-150, np.zeros(8)]})
    train = Dataset("d", X, np.zeros(10, np.int8), "made up")
    steps = preprocessor(train).fit(train.X)
    assert steps.transform(pd.DataFrame({"x": [1e90, -1e90, 0.0]})).ravel().tolist() == [
        FARTHEST,
        -FARTHEST,
        0.0,
    ]


def test_levels_per_column_are_limited():
    """Of thousands of levels the most frequent get a column each, and all others share one."""
    rows = [f"level {i}" for i in range(3000) for _ in range(10 + (i < 5))]
    data = Dataset("d", pd.DataFrame({"x": pd.Categorical(rows)}), np.zeros(len(rows)), "made up")
    wide = preprocessor(data).fit_transform(data.X)
    assert wide.shape == (len(rows), MAX_LEVELS)
    assert (wide.sum(axis=1) == 1).all()


def test_levels_within_the_limit_are_kept():
    """Up to the limit, every level that is not rare has a column, as without a limit."""
    rows = pd.DataFrame({"x": pd.Categorical([f"{i % (MAX_LEVELS - 1)}" for i in range(2000)])})
    data = Dataset("d", rows, np.zeros(2000), "made up")
    unlimited = OneHotEncoder(sparse_output=False).fit_transform(rows)
    assert (preprocessor(data).fit_transform(rows) == unlimited).all()
