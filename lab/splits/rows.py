"""Rows of a dataset as a split sees them: their target, group, time and copies, no features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = ("negative", "positive")


@dataclass(frozen=True, eq=False)
class Rows:
    """Facts about rows that decide how they may be divided.

    Attributes
    ----------
    y : ndarray of shape (n_rows,), dtype int8
        The target, 0 or 1.
    group : ndarray of shape (n_rows,), dtype int64, or None
        A number for each group of rows that depend on each other.
    time : ndarray of shape (n_rows,), dtype float64, or None
        When each row was observed.
    unit : {"days", "seconds", ""}
        Unit of time; empty for numbers whose unit is unknown.
    copy : ndarray of shape (n_rows,), dtype int64, or None
        Rows with the same number equal each other in all features and the target.

    Examples
    --------
    >>> import numpy as np
    >>> rows = Rows(np.array([0, 0, 1], np.int8), time=np.array([3.0, 1.0, 2.0]))
    >>> rows.take(np.array([0, 2])).time.tolist()
    [3.0, 2.0]
    """

    y: NDArray[np.int8]
    group: NDArray[np.int64] | None = None
    time: NDArray[np.float64] | None = None
    unit: str = ""
    copy: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.y)

    def take(self, index: NDArray[np.integer]) -> Rows:
        """Return some of the rows."""
        group, time, copy = (
            None if values is None else values[index]
            for values in (self.group, self.time, self.copy)
        )
        return Rows(self.y[index], group, time, self.unit, copy)

    @property
    def class_counts(self) -> tuple[int, int]:
        """Number of negative and of positive rows."""
        positives = int(self.y.sum())
        return len(self.y) - positives, positives

    def first_copies(self) -> NDArray[np.int64]:
        """Return the numbers of the rows that copy no row before them, in ascending order.

        With times, "before" refers to time.
        """
        if self.copy is None:
            return np.arange(len(self))
        order = np.arange(len(self)) if self.time is None else np.argsort(self.time, kind="stable")
        return np.sort(order[np.unique(self.copy[order], return_index=True)[1]])
