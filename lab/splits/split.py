"""Splits: how rows are divided into training and test rows."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lab.splits.error import ProtocolError
from lab.splits.rows import CLASSES, Rows
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lab.splits.gap import Gap

    Pair = tuple[NDArray[np.integer], NDArray[np.integer]]  # training and test rows


@dataclass(frozen=True, eq=False)
class Fold:
    """Training and test rows of one fold, by number in ascending order.

    Attributes
    ----------
    test : ndarray of shape (n_test_rows,), dtype int32
        The test rows.
    train : ndarray of shape (n_training_rows,), dtype int32, or None
        The training rows; None for all others. With many repeats, training rows would take as
        much memory as the data.
    """

    test: NDArray[np.int32]
    train: NDArray[np.int32] | None = None

    def training_rows(self, rows: int) -> NDArray[np.integer]:
        """Return the training rows of a table with so many rows."""
        return np.delete(np.arange(rows), self.test) if self.train is None else self.train


MOST_GROUPS = 1000  # that are dealt to folds one by one
# With fewer, scores hang on single groups, and even large differences are seldom detected.
FEWEST_GROUPS = 20


class Split(ABC):
    """A way to divide rows.

    Attributes
    ----------
    name : str
        Value of ``--split``.
    needs : {"", "group", "time"}
        The column that it needs.
    """

    name: ClassVar[str]
    needs: ClassVar[str] = ""

    @abstractmethod
    def pairs(self, rows: Rows, number: int, seed: int, gap: Gap | None = None) -> Iterator[Pair]:
        """Yield training and test rows.

        Parameters
        ----------
        rows : Rows
            The rows to divide.
        number : int
            Number of folds.
        seed : int
            Seed of the random part, if there is one.
        gap : Gap, optional
            Amount to leave out between training and test.

        Raises
        ------
        ProtocolError
            The rows cannot be divided so often.
        """

    def test_to_train(self, number: int) -> float:
        """Return the ratio of test rows to training rows that intervals use.

        Of k parts one is for testing, and k - 1 for training. It serves for windows in time, too:
        see :func:`lab.observations.statistics.corrected_t_interval`.
        """
        return 1 / (number - 1)

    def freedom(self, _number: int, _repeats: int) -> int | None:
        """Return the degrees of freedom of intervals; None for one less than all folds."""
        return None

    @abstractmethod
    def remedy(self, rows: Rows) -> str:
        """Return what to do where a fold lacks a class."""


class RandomSplit(Split):
    """Stratified folds at random; with copies, those of a row are in one fold."""

    name = "random"

    def pairs(self, rows: Rows, number: int, seed: int, _gap: Gap | None = None) -> Iterator[Pair]:
        """Yield the folds; see :class:`Split`."""
        from sklearn.model_selection import StratifiedKFold

        splitter = StratifiedKFold(number, shuffle=True, random_state=seed)
        first = rows.first_copies()
        pairs = splitter.split(np.zeros((len(first), 1)), rows.y[first])
        if len(first) == len(rows) or rows.copy is None:
            yield from pairs
            return
        # A row is where its first copy is.
        codes = np.unique(rows.copy, return_inverse=True)[1]
        place = np.empty(len(first), dtype=np.int64)
        place[codes[first]] = np.arange(len(first))
        for _, test in pairs:
            is_test = np.isin(place[codes], test)
            yield np.flatnonzero(~is_test), np.flatnonzero(is_test)

    def remedy(self, rows: Rows) -> str:
        """Return what to do; see :class:`Split`."""
        return f"use --folds {max(2, min(rows.class_counts))} or fewer"


class GroupSplit(Split):
    """Stratified folds of whole groups."""

    name = "group"
    needs = "group"

    def pairs(self, rows: Rows, number: int, seed: int, _gap: Gap | None = None) -> Iterator[Pair]:
        """Yield the folds; see :class:`Split`."""
        from sklearn.model_selection import StratifiedGroupKFold

        groups = self.together(rows)
        if (found := len(np.unique(groups))) < number:
            raise ProtocolError(
                f"{counted(found, 'group')}, too few for {number} folds: use --folds {found} or "
                "fewer"
            )
        splitter = StratifiedGroupKFold(number, shuffle=True, random_state=seed)
        groups = _bundled(groups, rows.y, seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fold without positives is an error below
            pairs = list(splitter.split(np.zeros((len(rows), 1)), rows.y, groups))
        yield from pairs

    def together(self, rows: Rows) -> NDArray[np.int64]:
        """Return the number of each row's group, where copies join the groups that they are in."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        if rows.group is None:
            raise TypeError("the rows have no groups")
        if rows.copy is None:
            return rows.group
        group, copy = (
            np.unique(codes, return_inverse=True)[1] for codes in (rows.group, rows.copy)
        )
        groups, nodes = group.max() + 1, group.max() + copy.max() + 2
        edges = coo_array((np.ones(len(group)), (group, groups + copy)), shape=(nodes, nodes))
        joined: NDArray[np.int64] = connected_components(edges, directed=False)[1][group]
        return joined.astype(np.int64)

    def freedom(self, number: int, repeats: int) -> int | None:
        """Return the degrees of freedom: repeats test the same groups again."""
        return number - 1 if repeats > 1 else None

    def remedy(self, rows: Rows) -> str:
        """Return what to do; see :class:`Split`."""
        groups = self.together(rows)
        having = [len(np.unique(groups[rows.y == label])) for label in (0, 1)]
        label = CLASSES[having.index(min(having))]
        return (
            f"{label} rows are in {counted(min(having), 'group')}: use fewer --folds, or another "
            "--seed"
        )


class TimeSplit(Split):
    """Windows in time: train on the past, test on what comes next.

    Rows in order of time form k + 1 blocks of about equal numbers of rows for k folds. Each block
    but the first is tested once, by a model of all blocks before it. Rows with equal times are in
    one block.
    """

    name = "time"
    needs = "time"

    def pairs(self, rows: Rows, number: int, _seed: int, gap: Gap | None = None) -> Iterator[Pair]:
        """Yield the windows, earliest first; see :class:`Split`."""
        if rows.time is None:
            raise TypeError("the rows have no time")
        order = np.argsort(rows.time, kind="stable")
        time = rows.time[order]
        for start, end in pairwise([*_starts(time, number), len(time)]):
            known = start if gap is None else gap.known(time, start, rows.unit)
            # In the order of the file, which for some models decides the last bits.
            yield np.sort(order[:known]), np.sort(order[start:end])

    def remedy(self, _rows: Rows) -> str:
        """Return what to do; see :class:`Split`."""
        return "use fewer --folds, which makes windows longer"


def _bundled(groups: NDArray[np.int64], y: NDArray[np.int8], seed: int) -> NDArray[np.int64]:
    """Return fewer groups, of which each has several with equal class counts, drawn at random.

    StratifiedGroupKFold takes 0.2 ms a group, which for many small groups is longer than a fit.
    """
    codes = np.unique(groups, return_inverse=True)[1]
    number = codes.max() + 1
    if number <= MOST_GROUPS:
        return groups
    counts = np.column_stack([np.bincount(codes[y == label], minlength=number) for label in (0, 1)])
    kinds = np.unique(counts, axis=0, return_inverse=True)[1].ravel()
    order = np.random.RandomState(seed).permutation(number)
    order = order[np.argsort(kinds[order], kind="stable")]
    ranked = kinds[order]
    place = np.arange(number) - np.searchsorted(ranked, ranked)  # among those of its kind
    size = -(-number // MOST_GROUPS)
    bundles = np.empty(number, dtype=np.int64)
    bundles[order] = ranked * number + place // size
    return bundles[codes]


def _starts(time: NDArray[np.float64], number: int) -> Sequence[int]:
    """Return the first row of each test window, given ascending times."""
    possible = np.flatnonzero(np.diff(time)) + 1
    if len(possible) < number:
        found = len(possible) + 1
        remedy = f"use --folds {len(possible)} or fewer" if found > 2 else "use --split random"
        raise ProtocolError(
            f"{counted(found, 'distinct time')}, too few for {number} windows and a first block to "
            f"train on: {remedy}"
        )
    starts: list[int] = []
    first = 0
    for i in range(number):
        wanted = (i + 1) * len(time) / (number + 1)
        last = len(possible) - number + i  # leaves a place for each of the windows after it
        choices = possible[first : last + 1]
        best = int(np.argmin(np.abs(choices - wanted)))
        first += best + 1
        starts.append(int(choices[best]))
    return starts


SPLITS: dict[str, Split] = {
    split.name: split for split in (RandomSplit(), GroupSplit(), TimeSplit())
}
RANDOM, GROUP, TIME = SPLITS  # their names
