"""Tests of what is said of a protocol on a dataset."""

import numpy as np
import pandas as pd

from lab.cases import Protocol, fold_notes
from lab.datasets.dataset import Dataset


def grouped(groups, x=None):
    """Return a dataset with these groups, of which every third row is positive."""
    rows = np.arange(len(groups))
    X = pd.DataFrame({"x": rows * 1.0 if x is None else x})
    group = pd.Series(groups, name="who", dtype=float)
    return Dataset("mine", X, (rows % 3 == 0).astype(np.int8), "made up", group=group)


def notes(data, **options):
    """Return the notes on the folds of a dataset."""
    return fold_notes(Protocol(**options).on(data), data)


def test_few_groups_are_warned_of_where_they_are_the_split():
    """Fewer than 20 groups settle no verdict; with random folds that does not matter."""
    data = grouped(np.arange(66) % 11)
    assert notes(data, folds=3) == [
        "split by 'who': 11 groups, none on both sides",
        "WARNING: only 11 groups, too few for conclusive verdicts",
    ]
    assert notes(data, split="random") == []


def test_groups_that_copies_join_are_counted():
    """Groups that share copies of a row are one group: the number of those left is said."""
    x = np.arange(180.0)
    x[3::6] = x[::6]  # the first rows of two groups equal each other
    assert notes(grouped(np.arange(180) // 3, x), copies="together") == [
        "split by 'who': 30 groups, none on both sides",
        "copies join 60 groups to 30",
        "copies kept on one side of each split: 30 rows equal to an earlier one",
    ]


def test_a_group_that_is_most_of_a_table_is_warned_of():
    """Where one group has most rows, folds are unequal, and a warning says so."""
    data = grouped(np.r_[np.zeros(150), np.arange(60)])
    assert any("one fold tests 7" in note for note in notes(data))
