"""Tests of the lines on a session's datasets."""

from lab import datasets
from lab.cases import Protocol
from lab.report import data_lines


def test_splits_other_than_random_ones_are_said():
    """A dataset that is split in time says so before anything is fitted; others say nothing."""
    entries = [datasets.entry("nursery"), datasets.entry("car_crash")]
    assert data_lines(entries, Protocol()) == [
        "car_crash: 26,217 rows, 10 features, 6 categorical, 1 missing value",
        "  split in time by 'yearacc': 5 windows, each tested after a fit to all rows before it",
        "  0 of 22,242 test rows have a 'crash' that is also in their training rows",
    ]
    lines = data_lines(entries, Protocol(folds=10, repeats=3))
    assert lines[-1] == "  6 distinct times allow 5 windows, which cannot be repeated"
    assert data_lines(entries, Protocol(split="random")) == []
