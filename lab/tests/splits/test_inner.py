"""Tests of the folds within a training fold."""

import warnings

import numpy as np
import pytest

from lab.errors import NotApplicableError
from lab.splits import Gap, InnerFolds, Rows

Y = np.array([0, 0, 1] * 20, np.int8)


def pairs(folds):
    """Return training and test rows, without the warning that there are fewer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(folds.split(np.zeros((len(folds.rows), 1))))


def test_inner_folds_keep_groups_together():
    """Groups are on one side within a training fold, too."""
    rows = Rows(Y, group=np.arange(60) // 4)
    for train, test in pairs(InnerFolds(rows, "group")):
        assert not set(rows.group[train]) & set(rows.group[test])


def test_inner_folds_test_the_future_with_the_gap():
    """The past comes before the future within a training fold, too, with the same gap."""
    rows = Rows(Y, time=np.arange(60.0)[::-1])
    for train, test in pairs(InnerFolds(rows, "time", gap=Gap.parse("3"))):
        assert rows.time[test].min() > rows.time[train].max() + 3


def test_fewer_folds_are_used_and_reported():
    """Where five folds would lack a class there are fewer, and a warning says why."""
    rows = Rows(Y, group=np.where(Y == 1, np.arange(60) // 3 % 3, 3 + np.arange(60) // 4))
    folds = InnerFolds(rows, "group")
    with pytest.warns(UserWarning, match="3 of 5 inner folds"):
        assert folds.get_n_splits() == 3


def test_two_times_make_one_window():
    """With two distinct times the past is trained on, and the future tested, once."""
    rows = Rows(Y, time=(np.arange(60) >= 40) * 1.0)
    ((train, test),) = pairs(InnerFolds(rows, "time"))
    assert train.tolist() == list(range(40))
    assert test.tolist() == list(range(40, 60))


@pytest.mark.parametrize("group", [None, np.arange(60) // 4])
def test_rows_of_one_time_are_split_by_group_or_at_random(group):
    """Without past and future, groups are kept together if there are any; a warning says so."""
    rows = Rows(Y, group=group, time=np.ones(60))
    folds = InnerFolds(rows, "time")
    kind = "at random" if group is None else "by group"
    with pytest.warns(UserWarning, match=f"inner folds {kind}: all rows .* have one time"):
        assert folds.get_n_splits() == 5
    for train, test in pairs(folds):
        assert group is None or not set(group[train]) & set(group[test])


def test_positives_in_one_group_are_refused():
    """Positives of a single group cannot be on both sides of a fold."""
    folds = InnerFolds(Rows(Y, group=np.where(Y == 1, 0, 1 + np.arange(60) // 4)), "group")
    with pytest.raises(NotApplicableError, match="cannot be split again by group"):
        list(folds.split(np.zeros((60, 1))))


def test_resampled_rows_are_refused():
    """Folds of some rows are not used for others."""
    with pytest.raises(ValueError, match="inner folds are of 60 rows, not of 59"):
        list(InnerFolds(Rows(Y, time=np.arange(60.0)), "time").split(np.zeros((59, 1))))
