"""Tests of the limits of what a pipeline is given."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import OneHotEncoder

from lab.datasets.dataset import Dataset
from lab.strategies.preprocessing import FARTHEST, MAX_LEVELS, preprocessor


def test_scaled_numbers_stay_within_reach():
    """A row that is far from nearly equal training rows is cut off, within 32-bit floats."""
    X = pd.DataFrame({"x": np.r_[1e-150, -1e-150, np.zeros(8)]})
    train = Dataset("d", X, np.zeros(10, np.int8), "made up")
    steps = preprocessor(train).fit(train.X)
    assert steps.transform(pd.DataFrame({"x": [1e90, -1e90, 0.0]})).ravel().tolist() == [
        FARTHEST,
        -FARTHEST,
        0.0,
    ]


def test_no_column_has_more_than_so_many_levels():
    """Of a column of thousands of levels the most frequent get a column, all others share one."""
    rows = [f"level {i}" for i in range(3000) for _ in range(10 + (i < 5))]
    data = Dataset("d", pd.DataFrame({"x": pd.Categorical(rows)}), np.zeros(len(rows)), "made up")
    wide = preprocessor(data).fit_transform(data.X)
    assert wide.shape == (len(rows), MAX_LEVELS)
    assert (wide.sum(axis=1) == 1).all()


def test_a_column_of_as_many_levels_keeps_them():
    """Up to the limit every level that is not rare has a column, as without the limit."""
    rows = pd.DataFrame({"x": pd.Categorical([f"{i % (MAX_LEVELS - 1)}" for i in range(2000)])})
    data = Dataset("d", rows, np.zeros(2000), "made up")
    unlimited = OneHotEncoder(sparse_output=False).fit_transform(rows)
    assert (preprocessor(data).fit_transform(rows) == unlimited).all()
