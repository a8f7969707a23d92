"""What few minority rows limit: neighbours, and folds within a training fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.splits import INNER_FOLDS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lab.options import Value
    from lab.strategies.situation import Situation


def minority(y: NDArray[np.int8]) -> int:
    """Return the number of rows of the rarer class."""
    positive = int((y == 1).sum())
    return min(positive, len(y) - positive)


def others(y: NDArray[np.int8]) -> int:
    """Return how many minority rows are left as neighbours of one of them."""
    return minority(y) - 1


def within(limit: int, wanted: int) -> int:
    """Return a number of neighbours, or the limit where there are fewer; at least 1."""
    return max(1, min(wanted, limit))


def fewer(wanted: int | str, what: str, less: int = 0) -> Callable[..., str]:
    """Return the remark of a strategy that makes do with fewer of something.

    Parameters
    ----------
    wanted : int or str
        The usual number, or the name of the option that sets it.
    what : str
        Things that are counted, such as "neighbours".
    less : int
        How far the number available is below the number of minority rows.

    Examples
    --------
    >>> from lab.strategies import Situation
    >>> remark = fewer("k_neighbors", "neighbours", less=1)
    >>> remark(Situation(fewest=4, numeric=3, categorical=0), k_neighbors=5)
    '3 of 5 neighbours where a training fold has 4 minority rows'
    """

    def remark(situation: Situation, **options: Value) -> str:
        usual = int(options[wanted]) if isinstance(wanted, str) else wanted
        available = situation.fewest - less
        if available >= usual:
            return ""
        rows = f"where a training fold has {situation.fewest} minority rows"
        return f"{available} of {usual} {what} {rows}"

    return remark


fewer_folds = fewer(INNER_FOLDS, "inner folds")
