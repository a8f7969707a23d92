"""Folds within a training fold, of the same kind as those around it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.errors import NotApplicableError
from lab.splits.division import KEEP, divide
from lab.splits.error import ProtocolError
from lab.splits.split import GROUP, RANDOM, TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lab.splits.gap import Gap
    from lab.splits.rows import Rows
    from lab.splits.split import Pair

INNER_FOLDS = 5


def stratified_folds(y: NDArray[np.int8], seed: int) -> Any:
    """Return scikit-learn's splitter at random, with a row of the rarer class in each fold.

    With fewer than two such rows there is no splitter; that of two folds stands in for it.
    """
    from sklearn.model_selection import StratifiedKFold

    positives = int((y == 1).sum())
    fewest = min(positives, len(y) - positives)
    return StratifiedKFold(max(2, min(INNER_FOLDS, fewest)), shuffle=True, random_state=seed)


class InnerFolds:
    """Cross-validation splitter of one training fold by group or time, as scikit-learn calls it.

    There are five folds, or fewer so that each has rows of both classes; in time a single window is
    enough. Rows that all have one time are split by group or at random.

    Parameters
    ----------
    rows : Rows
        The training rows, in the order in which estimators get them.
    split : {"group", "time"}
        Name of the split.
    seed : int
        Seed.
    gap : Gap, optional
        Amount to leave out between training and test, in time.
    copies, new_groups
        See :func:`lab.splits.divide`.

    Examples
    --------
    >>> import numpy as np
    >>> from lab.splits import Rows
    >>> y = np.array([0, 1] * 6, np.int8)
    >>> folds = InnerFolds(Rows(y, time=np.arange(12.0)), "time")
    >>> folds.get_n_splits()
    5
    >>> folds
    InnerFolds('time')
    """

    def __init__(
        self,
        rows: Rows,
        split: str,
        seed: int = 0,
        gap: Gap | None = None,
        copies: str = KEEP,
        *,
        new_groups: bool = False,
    ) -> None:
        self.rows, self.kind, self.seed, self.gap = rows, split, seed, gap
        self.copies, self.new_groups = copies, new_groups
        self._pairs: list[Pair] = []

    def __repr__(self) -> str:
        """Return the kind of split, since the rows would fill the definition of a case."""
        return f"InnerFolds({self.kind!r})"

    def get_n_splits(self, _X: Any = None, _y: Any = None, _groups: Any = None) -> int:
        """Return the number of folds."""
        return len(self._divide())

    def fewest(self) -> int:
        """Return the number of rows of the rarer class in the smallest training part."""
        return min(min(self.rows.take(train).class_counts) for train, _ in self._divide())

    def split(
        self, X: Any, _y: NDArray[np.int8] | None = None, _groups: Any = None
    ) -> Iterator[Pair]:
        """Yield numbers of training and test rows.

        Parameters
        ----------
        X : array-like of shape (n_training_rows, n_features)
            The training rows.

        Raises
        ------
        ValueError
            There are more or fewer rows: something has resampled them.
        NotApplicableError
            No number of folds has rows of both classes in each.
        """
        if (found := X.shape[0]) != len(self.rows):
            raise ValueError(f"inner folds are of {len(self.rows)} rows, not of {found}")
        yield from self._divide()

    def _divide(self) -> list[Pair]:
        if not self._pairs:
            self._pairs, note = self._folds()
            if note:
                warnings.warn(note, stacklevel=2)
        return self._pairs

    def _folds(self) -> tuple[list[Pair], str]:
        """Return the folds, and a note if they are fewer than five or of another kind."""
        kind, instead = self.kind, ""
        if kind == TIME and self.rows.time is not None and len(np.unique(self.rows.time)) == 1:
            # Rows of one time have neither past nor future.
            kind = RANDOM if self.rows.group is None else GROUP
            instead = f"inner folds {'at random' if kind == RANDOM else 'by group'}: all rows of a "
            instead += "training fold have one time"
        why = ""
        # One window, from the past to the future, is enough.
        for number in range(INNER_FOLDS, 0 if kind == TIME else 1, -1):
            try:
                folds = divide(
                    self.rows,
                    kind,
                    number,
                    seed=self.seed,
                    gap=self.gap if kind == TIME else None,
                    copies=self.copies,
                    new_groups=self.new_groups,
                )
            except ProtocolError as error:
                why = str(error).partition(":")[0]
                continue
            fewer = f"{number} of {INNER_FOLDS} inner folds ({why})" if why else ""
            pairs: list[Pair] = [(fold.training_rows(len(self.rows)), fold.test) for fold in folds]
            return pairs, "; ".join(filter(None, [fewer, instead]))
        raise NotApplicableError(f"a training fold cannot be split again by {kind}: {why}")
