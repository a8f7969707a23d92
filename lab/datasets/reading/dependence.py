"""Warnings about rows that depend on each other, so that random folds would mislead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.datasets.reading.duplicates import unexpected_copies
from lab.datasets.reading.groups import ONE_TARGET
from lab.datasets.reading.near_copies import near_copies
from lab.datasets.reading.order import find_time, smooth_features
from lab.read_options import option
from lab.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from lab.datasets.reading.groups import Group

FEATURES_SHOWN = 3


def dependence_warnings(
    X: pd.DataFrame,
    y: NDArray[np.int8],
    group: Group | None,
    dates: Collection[str] = (),
    known: Collection[str] = (),
) -> list[str]:
    """Return a warning for each way in which rows depend on each other, with the option to use.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_columns)
        The features, in the order of the file.
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.
    group : Group or None
        A column that groups rows. It explains why rows are nearly identical and why neighbours are
        alike, so that neither is said besides.
    dates : collection of str
        Features that are dates. The group is not also named as the time.
    known : collection of {"group", "time", "copies"}
        What the user has taken care of.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> X = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 2)), columns=["a", "b"])
    >>> X = pd.concat([X, X[:10]], ignore_index=True)
    >>> dependence_warnings(X, (X["a"] > 1).to_numpy(np.int8), None)[0][:51]
    'WARNING: 10 rows are exact copies of an earlier row'
    """
    grouped, time = (group.column if group else None), ""
    if "time" not in known:
        time = find_time({name: X[name] for name in dates if name != grouped}, y)
    found = [_group(group) if group else "", _time(time) if time else ""]
    if "copies" not in known:
        found.append(_copies(X, y))
    if not group and "group" not in known:
        near = _near_copies(X, y)
        found.append(near or ("" if time or "time" in known else _neighbours(X, y)))
    return [warning for warning in found if warning]


def _group(group: Group) -> str:
    if group.one_target >= ONE_TARGET:
        share = "nearly always of one class"
    else:
        share = "alike and more often of one class than by chance"
    return (
        f"WARNING: {group.column!r} has {group.levels:,} values with about {group.rows:,.0f} rows "
        f"each, {share}, so that rows of one value depend on each other: "
        f"{option('group', group.column)}"
    )


def _time(column: str) -> str:
    return (
        f"WARNING: in the order of {column!r}, the class depends on that of the rows before: "
        f"{option('time', column)}"
    )


def _copies(X: pd.DataFrame, y: NDArray[np.int8]) -> str:
    if not (copies := unexpected_copies(X, y)):
        return ""
    return (
        f"WARNING: {counted(copies, 'row')} are exact copies of an earlier row, more than chance "
        "explains: --copies together keeps them on one side of each split, --copies drop leaves "
        "them out"
    )


def _near_copies(X: pd.DataFrame, y: NDArray[np.int8]) -> str:
    if not (rows := near_copies(X, y)):
        return ""
    return (
        f"WARNING: about {counted(rows, 'positive row')} are nearly identical to other positive "
        "rows: if they belong to one customer or machine, name its column with --group"
    )


def _neighbours(X: pd.DataFrame, y: NDArray[np.int8]) -> str:
    if not (smooth := smooth_features(X, y)):
        return ""
    return (
        "WARNING: neighbouring rows of the file are alike, both in class and in "
        f"{listed(map(repr, smooth), FEATURES_SHOWN)}: if it is in the order of time, name a "
        "column for it with --time, or if they belong to one customer or machine, with --group"
    )
