"""A protocol on a dataset: whether the folds are possible, what strategies meet, what to know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

from lab.splits import DROP, FEWEST_GROUPS, GROUP, KEEP, TIME, ProtocolError, seen_groups
from lab.strategies import Situation
from lab.wording import counted

if TYPE_CHECKING:
    from lab.cases.protocol import Protocol
    from lab.datasets.dataset import Dataset, Entry

MOST_SEEN = 0.9  # test rows of known groups: the others are too few to be tested alone


def check_folds(protocol: Protocol, known: Entry | Dataset) -> None:
    """Check that the folds have rows of each class.

    Parameters
    ----------
    protocol : Protocol
        Protocol of the dataset, see :meth:`lab.cases.Protocol.on`.
    known : Entry or Dataset
        The dataset; facts about it are enough unless the protocol ``needs_rows``.

    Raises
    ------
    ProtocolError
        The rows cannot be divided so often.
    """
    if protocol.needs_rows:
        protocol.folds_of(cast("Dataset", known))
        return
    fewest = min(known.minority_rows, known.rows - known.minority_rows)
    if fewest < protocol.folds:
        what = "row" if fewest == 1 else "rows"
        what = f"minority {what}" if fewest == known.minority_rows else f"{what} of one class"
        remedy = (
            f"use --folds {fewest} or fewer"
            if fewest > 1
            else "cross-validation needs at least 2 rows of each class"
        )
        raise ProtocolError(
            f"dataset {known.name!r} has {fewest} {what}, too few for {protocol.folds} folds: "
            f"{remedy}"
        )


def situation(protocol: Protocol, known: Entry | Dataset) -> Situation:
    """Return the situation of a strategy in the training folds; see :func:`check_folds`."""
    sizes = known.sizes
    numeric, categorical = sizes["columns"] - sizes["categorical"], sizes["categorical"]
    if not protocol.needs_rows:
        rows, minority = sizes["rows"], sizes["minority_rows"]
        fewest = min(minority, rows - minority)
        fewest -= math.ceil(fewest / protocol.folds)
        return Situation(fewest, numeric, categorical, rows - rows // protocol.folds)
    dataset = cast("Dataset", known)
    counts = [
        np.bincount(dataset.y[fold.training_rows(dataset.rows)], minlength=2)
        for fold in protocol.folds_of(dataset)
    ]
    fewest = min(int(count.min()) for count in counts)
    rows = max(int(count.sum()) for count in counts)
    return Situation(fewest, numeric, categorical, rows)


def fold_notes(protocol: Protocol, known: Entry | Dataset) -> list[str]:
    """Return how rows are divided, in words, unless at random; see :func:`check_folds`."""
    if not protocol.needs_rows:
        return []
    dataset = cast("Dataset", known)
    folds = protocol.folds_of(dataset)
    notes = []
    if protocol.split == GROUP:
        groups = protocol.groups_of(dataset)
        notes.append(
            f"split by {dataset.group_column!r}: {counted(groups, 'group')}, none on both sides"
        )
        if groups < dataset.number_of_groups:
            notes.append(f"copies join {dataset.number_of_groups:,} groups to {groups:,}")
        if groups < FEWEST_GROUPS:
            few = counted(groups, "group")
            notes.append(f"WARNING: only {few}, too few for conclusive verdicts")
        if (share := max(len(fold.test) for fold in folds) / dataset.rows) > 2 / protocol.folds:
            notes.append(
                f"WARNING: one fold tests {share:.0%} of the rows, since groups are too large for "
                "equal folds"
            )
    elif protocol.split == TIME:
        windows = counted(protocol.folds, "window")
        gap = f", with a gap of {protocol.gap}" if protocol.gap else ""
        notes.append(
            f"split in time by {dataset.time_column!r}: {windows}, each tested after a fit to "
            f"all rows before it{gap}"
        )
        if dataset.group_column:
            seen, tested = seen_groups(protocol.rows_of(dataset), folds)
            remedy = " (--new-groups leaves them out)" if 0 < seen < MOST_SEEN * tested else ""
            notes.append(
                f"{seen:,} of {counted(tested, 'test row')} have a {dataset.group_column!r} that "
                f"is also in their training rows{remedy}"
            )
    if protocol.copies != KEEP:
        rows = protocol.rows_of(dataset)
        copies = len(rows) - len(rows.first_copies())
        what = "dropped" if protocol.copies == DROP else "kept on one side of each split"
        notes.append(f"copies {what}: {counted(copies, 'row')} equal to an earlier one")
    return notes
