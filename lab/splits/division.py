"""Division of rows into folds: repeats, copies, and groups that are new in the future."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lab.splits.error import ProtocolError
from lab.splits.rows import CLASSES, Rows
from lab.splits.split import SPLITS, Fold
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lab.splits.gap import Gap
    from lab.splits.split import Pair, Split

KEEP, TOGETHER, DROP = COPIES = ("keep", "together", "drop")


def divide(
    rows: Rows,
    split: str,
    number: int,
    *,
    repeats: int = 1,
    seed: int = 0,
    gap: Gap | None = None,
    copies: str = KEEP,
    new_groups: bool = False,
) -> list[Fold]:
    """Return the folds of all repeats.

    Parameters
    ----------
    rows : Rows
        The rows to divide.
    split : {"random", "group", "time"}
        Name of the split.
    number : int
        Number of folds.
    repeats : int
        Number of times that all rows are divided, with different seeds.
    seed : int
        Seed.
    gap : Gap, optional
        Amount to leave out between training and test, in time.
    copies : {"keep", "together", "drop"}
        Whether copies of a row may be on both sides. In time, ``together`` leaves out the test
        rows that copy a training row. ``drop`` keeps the first of each.
    new_groups : bool
        In time, leave out the test rows of groups that are in the training rows.

    Returns
    -------
    list of Fold
        Each has rows of both classes for training and for testing.

    Raises
    ------
    ProtocolError
        The rows cannot be divided so often.

    Examples
    --------
    >>> import numpy as np
    >>> rows = Rows(np.array([0, 1, 0, 1, 0, 1], np.int8), time=np.arange(6.0))
    >>> [(f.training_rows(6).tolist(), f.test.tolist()) for f in divide(rows, "time", 2)]
    [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]
    """
    kept = rows.first_copies() if copies == DROP else None
    used = rows if kept is None else rows.take(kept)
    if copies != TOGETHER:
        used = replace(used, copy=None)
    chosen = SPLITS[split]
    _check_classes(used, number)
    folds: list[Fold] = []
    for train, test in _pairs(chosen, used, number, repeats, seed, gap):
        tested = _left(used, split, train, test, new_groups=new_groups)
        if lack := _lack(used, (train, tested), len(folds), number):
            remedies = [chosen.remedy(used)]
            remedies += ["use a smaller --gap"] if gap else []
            remedies += ["leave --new-groups out"] if new_groups else []
            raise ProtocolError(f"{lack}: {', or '.join(remedies)}")
        is_rest = kept is None and len(train) + len(tested) == len(rows)
        if kept is not None:
            train, tested = kept[train], kept[tested]
        folds.append(Fold(tested.astype(np.int32), None if is_rest else train.astype(np.int32)))
    return folds


def _pairs(
    split: Split, rows: Rows, number: int, repeats: int, seed: int, gap: Gap | None
) -> Iterator[Pair]:
    if split.name == "random" and rows.copy is None:
        from sklearn.model_selection import RepeatedStratifiedKFold

        splitter = RepeatedStratifiedKFold(n_splits=number, n_repeats=repeats, random_state=seed)
        yield from splitter.split(np.zeros((len(rows), 1)), rows.y)
        return
    for repeat in range(repeats):
        yield from split.pairs(rows, number, seed + repeat, gap)


def _left(
    rows: Rows,
    split: str,
    train: NDArray[np.integer],
    test: NDArray[np.integer],
    *,
    new_groups: bool,
) -> NDArray[np.integer]:
    """Return the test rows that are not left out."""
    if split != "time":
        return test
    for codes in (rows.copy, rows.group if new_groups else None):
        if codes is not None:
            test = test[~np.isin(codes[test], codes[train])]
    return test


def _check_classes(rows: Rows, number: int) -> None:
    """Check that each class has a row for each fold; copies of a row count once.

    Raises
    ------
    ProtocolError
        A class has too few.
    """
    counts = rows.take(rows.first_copies()).class_counts
    fewest = min(counts)
    if fewest < number:
        name = CLASSES[counts.index(fewest)]
        what = f"{counted(fewest, f'{name} row')}{'' if rows.copy is None else ' without copies'}"
        remedy = f"use --folds {fewest} or fewer" if fewest > 1 else "it takes at least 2"
        raise ProtocolError(f"{what}, too few for {number} folds: {remedy}")


def _lack(rows: Rows, pair: Pair, position: int, number: int) -> str:
    """Return which class a fold lacks on either side; empty if it has rows of both."""
    where = f"fold {position % number + 1} of {number}"
    for part, index in zip(("training", "test"), pair, strict=True):
        if not len(index):
            return f"{where} has no {part} row"
        for label, name in enumerate(CLASSES):
            if not (rows.y[index] == label).any():
                return f"{part} rows of {where} have no {name} one"
    return ""


def seen_groups(rows: Rows, folds: Sequence[Fold]) -> tuple[int, int]:
    """Return how many test rows belong to groups in their training rows, and how many there are.

    Raises
    ------
    TypeError
        The rows have no groups.
    """
    if rows.group is None:
        raise TypeError("the rows have no groups")
    seen = sum(
        int(np.isin(rows.group[fold.test], rows.group[fold.training_rows(len(rows))]).sum())
        for fold in folds
    )
    return seen, sum(len(fold.test) for fold in folds)
