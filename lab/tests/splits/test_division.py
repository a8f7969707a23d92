"""Tests that every split divides rows as it promises, whatever the rows."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.model_selection import RepeatedStratifiedKFold

from lab.splits import COPIES, SPLITS, Gap, ProtocolError, Rows, divide, seen_groups


@st.composite
def tables(draw, least=30):
    """Return rows with groups, times and copies of each other, all with ties."""
    number = draw(st.integers(least, 80))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    kinds = draw(st.integers(3, number))
    copy = rng.integers(0, kinds, number)
    return Rows(
        (copy % 3 == 0).astype(np.int8),  # copies have one target
        group=rng.integers(0, draw(st.integers(6, 40)), number),
        time=rng.integers(0, draw(st.integers(6, 200)), number).astype(np.float64),
        copy=copy,
    )


def divided(rows, split, number=3, **options):
    """Return training and test rows of each fold; skip rows that cannot be divided."""
    try:
        folds = divide(rows, split, number, **options)
    except ProtocolError:
        assume(False)
    return [(fold.training_rows(len(rows)), fold.test) for fold in folds]


@given(tables(), st.sampled_from(sorted(SPLITS)), st.sampled_from(COPIES), st.booleans())
def test_each_side_has_both_classes_and_no_row_is_on_both(rows, split, copies, new_groups):
    """Every fold has rows of both classes for training and for testing, and shares none."""
    for train, test in divided(rows, split, copies=copies, new_groups=new_groups):
        assert set(rows.y[train]) == set(rows.y[test]) == {0, 1}
        assert not set(train) & set(test)
        assert (np.diff(train) > 0).all()
        assert (np.diff(test) > 0).all()


@given(tables(), st.sampled_from(["random", "group"]), st.sampled_from(["keep", "together"]))
def test_each_row_is_tested_once_a_repeat(rows, split, copies):
    """Folds at random and by group test each row once in each repeat, and train on the rest."""
    pairs = divided(rows, split, repeats=2, copies=copies)
    for first in (0, 3):
        tested = np.concatenate([test for _, test in pairs[first : first + 3]])
        assert sorted(tested) == list(range(len(rows)))
    assert all(len(train) + len(test) == len(rows) for train, test in pairs)


@given(tables(), st.sampled_from(COPIES))
def test_no_group_is_on_both_sides(rows, copies):
    """Folds by group keep every group on one side."""
    for train, test in divided(rows, "group", copies=copies):
        assert not set(rows.group[train]) & set(rows.group[test])


@given(tables(), st.sampled_from(sorted(SPLITS)), st.sampled_from(["together", "drop"]))
def test_no_copy_is_on_both_sides(rows, split, copies):
    """With copies together or dropped, no test row equals a training row."""
    for train, test in divided(rows, split, copies=copies):
        assert not set(rows.copy[train]) & set(rows.copy[test])


@given(tables(), st.sampled_from(sorted(SPLITS)))
def test_dropped_copies_are_neither_trained_on_nor_tested(rows, split):
    """Without copies, the first row of each kind is left, in time the earliest."""
    order = np.argsort(rows.time, kind="stable")
    first = {}
    for row in order:
        first.setdefault(rows.copy[row], row)
    for train, test in divided(rows, split, copies="drop"):
        assert set(train) | set(test) <= set(first.values())


@given(tables(), st.integers(0, 12), st.booleans())
def test_the_future_is_tested_with_a_gap(rows, days, new_groups):
    """Every test time lies after every training time plus the gap, and windows follow in order."""
    gap = Gap.parse(f"{days}")
    pairs = divided(rows, "time", 2, gap=gap, new_groups=new_groups)
    ends = []
    for train, test in pairs:
        assert rows.time[test].min() > rows.time[train].max() + days
        ends.append((rows.time[test].min(), rows.time[test].max()))
        if new_groups:
            assert not set(rows.group[train]) & set(rows.group[test])
    assert all(end < start for (_, end), (start, _) in pairwise(ends))


@given(tables(), st.integers(1, 8))
def test_a_gap_of_rows_leaves_so_many_out(rows, number):
    """A gap in rows leaves out that many before each window, and those with equal times."""
    pairs = divided(rows, "time", 2, gap=Gap.parse(f"{number}rows"))
    for train, test in pairs:
        between = (rows.time < rows.time[test].min()).sum() - len(train)
        assert between >= number


@given(st.integers(0, 1000), st.integers(1, 6))
def test_windows_have_about_equal_numbers_of_rows(seed, number):
    """Without ties, k + 1 blocks differ by at most one row."""
    rng = np.random.default_rng(seed)
    rows = Rows((np.arange(60) % 2).astype(np.int8), time=rng.permutation(60).astype(np.float64))
    pairs = divided(rows, "time", number)
    sizes = [len(pairs[0][0]), *(len(test) for _, test in pairs)]
    assert sum(sizes) == 60
    assert max(sizes) - min(sizes) <= 1


@given(tables(), st.sampled_from(sorted(SPLITS)), st.integers(0, 3))
def test_folds_are_the_same_every_time(rows, split, seed):
    """The same rows and seed give the same folds."""
    one, other = (divided(rows, split, seed=seed) for _ in range(2))
    for (train, test), (train_again, test_again) in zip(one, other, strict=True):
        np.testing.assert_array_equal(train, train_again)
        np.testing.assert_array_equal(test, test_again)


@given(tables(), st.integers(1, 3), st.integers(0, 9))
def test_random_folds_are_those_of_scikit_learn(rows, repeats, seed):
    """Random folds are those of earlier versions: repeated, stratified, by scikit-learn."""
    splitter = RepeatedStratifiedKFold(n_splits=3, n_repeats=repeats, random_state=seed)
    expected = splitter.split(np.zeros((len(rows), 1)), rows.y)
    found = divided(rows, "random", repeats=repeats, seed=seed)
    for (train, test), (train_expected, test_expected) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(train, train_expected)
        np.testing.assert_array_equal(test, test_expected)


def test_many_small_groups_are_dealt_evenly():
    """Thousands of groups stay whole, and folds have nearly equal shares of either class."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, 5_000, 12_000)
    rows = Rows((rng.random(12_000) < 0.05).astype(np.int8), group=group)
    for fold in divide(rows, "group", 5):
        train = fold.training_rows(len(rows))
        assert not np.isin(group[train], group[fold.test]).any()
        assert abs(len(fold.test) - 2_400) < 100
        assert abs(rows.y[fold.test].mean() - rows.y.mean()) < 0.005


@pytest.mark.parametrize(
    ("rows", "split", "message"),
    [
        (
            Rows(np.array([0, 1] * 10, np.int8), time=np.repeat([0.0, 1.0, 2.0], [7, 6, 7])),
            "time",
            "3 distinct times, too few for 5 windows .* use --folds 2 or fewer",
        ),
        (
            Rows(np.r_[np.tile([0, 1], 10), np.zeros(40)].astype(np.int8), time=np.arange(60.0)),
            "time",
            "test rows of fold 2 of 5 have no positive one: use fewer --folds",
        ),
        (
            Rows((np.arange(60) >= 40).astype(np.int8), time=np.arange(60.0)),
            "time",
            "training rows of fold 1 of 5 have no positive one",
        ),
        (
            Rows(np.array([0, 1] * 10, np.int8), group=np.arange(20) // 5),
            "group",
            "4 groups, too few for 5 folds: use --folds 4 or fewer",
        ),
        (
            Rows((np.arange(60) < 12).astype(np.int8), group=np.arange(60) // 6),
            "group",
            "of 5 have no positive one: positive rows are in 2 groups: use fewer --folds",
        ),
    ],
)
def test_rows_that_cannot_be_divided_are_explained(rows, split, message):
    """A fold without a class, or too few groups or times, is an error with a remedy."""
    with pytest.raises(ProtocolError, match=message):
        divide(rows, split, 5)


def test_test_rows_of_groups_that_were_trained_on_are_counted():
    """In time, it is known how many test rows are of groups in their training rows."""
    y = np.array([0, 1] * 6, np.int8)
    rows = Rows(y, group=np.array([0, 1, 0, 1, 2, 3] * 2), time=np.arange(12.0))
    assert seen_groups(rows, divide(rows, "time", 2)) == (6, 8)
    assert seen_groups(rows, divide(rows, "group", 2)) == (0, 12)
