"""Group and time columns of a table: they decide how rows are split, and are never features."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.datasets.column import GROUP, TIME, Column
from lab.datasets.reading.columns import categories, coded, is_text, kind_of, numbers, quoted
from lab.datasets.reading.drift import drift
from lab.errors import TableError
from lab.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.datasets.reading.table import Table
    from lab.read_options import ReadOptions

UNITS = {"dates": "days", "times": "seconds", "durations": "seconds"}
EPOCH = pd.Timestamp("1970-01-01")
DAY = pd.Timedelta(days=1)


def take_group(
    file: object, table: Table, names: frozenset[str], keep: NDArray[np.bool_] | None
) -> tuple[pd.Series, Column] | None:
    """Remove the column that groups the rows from a table and return it; None if there is none.

    Parameters
    ----------
    file : object
        The file to name in error messages.
    table : Table
        The table.
    names : frozenset of str
        Columns that the user names, perhaps of other tables.
    keep : ndarray of bool or None
        Rows that have a target.

    Raises
    ------
    TableError
        The table has two of the columns, or the column has one value.
    """
    if not (name := _named(file, table, names, "--group")):
        return None
    kind, cells = kind_of(table.columns[name], table, name), table.columns.pop(name)
    values = categories(*coded(cells)) if is_text(cells) else numbers(file, name, cells)
    values = _kept(values, keep)
    if (found := int(values.nunique())) < 2:
        raise TableError(f"{file}: --group {name!r} has one value only: leave the option out")
    missing = int(values.isna().sum())
    groups = found + missing
    remark = counted(groups, "group")
    if missing:
        remark += f", of which {counted(missing, 'row')} without a value"
    return values.rename(name), Column(name, kind, GROUP, remark, missing)


def take_time(
    file: object, table: Table, names: frozenset[str], keep: NDArray[np.bool_] | None
) -> tuple[pd.Series, str, Column] | None:
    """Remove the column of times from a table; return it with its unit. None if there is none.

    Parameters are those of :func:`take_group`.

    Raises
    ------
    TableError
        The table has two of the columns, or the column does not order the rows: it is text, has
        gaps or a single value.
    """
    if not (name := _named(file, table, names, "--time")):
        return None
    kind, cells = kind_of(table.columns[name], table, name), table.columns.pop(name)
    if is_text(cells):
        kind, values = "dates", _dates(file, name, cells)
    elif kind == "booleans":
        raise TableError(f"{file}: --time {name!r} has booleans: name dates, times or numbers")
    else:
        values = numbers(file, name, cells)
    gaps = values.isna() if keep is None else values.isna() & keep
    if gaps.any():
        row = int(np.flatnonzero(gaps)[0]) + 1
        raise TableError(
            f"{file}: --time {name!r} has no value in {counted(int(gaps.sum()), 'row')}, for "
            f"example row {row:,}: fill them in, or remove these rows"
        )
    values = _kept(values, keep)
    low, high = float(values.min()), float(values.max())
    if low == high:
        raise TableError(f"{file}: --time {name!r} has one value only: leave the option out")
    unit = UNITS.get(kind, "")
    remark = f"from {moment(low, unit)} to {moment(high, unit)}"
    return values.rename(name), unit, Column(name, kind, TIME, remark)


def with_groups_as_text(options: ReadOptions) -> ReadOptions:
    """Return options by which groups are read as text: large or padded numbers keep their digits.

    Examples
    --------
    >>> from lab.read_options import ReadOptions
    >>> sorted(with_groups_as_text(ReadOptions(group=frozenset(["who"]))).categorical)
    ['who']
    """
    return replace(options, categorical=options.categorical | options.group)


def is_key(column: Column) -> bool:
    """Return whether a column decides how rows are split."""
    return column.treatment in (GROUP, TIME)


def key_warnings(y: NDArray[np.int8], group: pd.Series | None, time: pd.Series | None) -> list[str]:
    """Return warnings of groups and times that say little, or of a world that moves.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.
    group, time : Series of shape (n_rows,) or None
        Group and time of each row.
    """
    warnings = []
    if group is not None:
        groups = int(group.nunique()) + int(group.isna().sum())
        if groups == len(group):
            warnings.append(f"WARNING: each row has its own {group.name!r}: it groups nothing")
    if time is not None and (moved := drift(y, time.to_numpy())):
        warnings.append(moved)
    return warnings


def moment(value: float, unit: str) -> str:
    """Return a time as a person writes it.

    Examples
    --------
    >>> moment(20000.5, "days"), moment(17.0, "")
    ('2024-10-04 12:00:00', '17')
    """
    if unit != "days":
        return f"{value:.12g}"
    try:
        text = str((EPOCH + value * DAY).round("s"))
    except (OverflowError, ValueError):  # beyond the years that pandas knows
        return f"{value:.12g} days since 1970"
    return text.removesuffix(" 00:00:00")


def _named(file: object, table: Table, names: frozenset[str], option: str) -> str:
    found = sorted(names & table.columns.keys())
    if len(found) > 1:
        raise TableError(
            f"{file}: {option} names {' and '.join(map(repr, found))}: leave all but one out"
        )
    return found[0] if found else ""


def _dates(file: object, name: str, cells: pa.ChunkedArray) -> pd.Series:
    """Return text that is dates in the ISO format, such as 2026-11, as days since 1970."""
    codes, levels = coded(cells)
    texts = levels.to_pylist()
    try:
        moments = pd.to_datetime(pd.Series(texts, dtype=object), format="ISO8601", utc=True)
    except (ValueError, OverflowError):
        series = pd.Series(texts, dtype=object)
        read = pd.to_datetime(series, format="ISO8601", utc=True, errors="coerce")
        odd = series[read.isna()].iloc[0]
        raise TableError(
            f"{file}: --time {name!r} has text that is no date, for example {quoted(odd)}: write "
            "dates as 2026-11-28, or name a column of numbers"
        ) from None
    days = ((moments.dt.tz_localize(None) - EPOCH) / DAY).to_numpy(np.float64)
    return pd.Series(np.where(codes < 0, np.nan, days[codes]))


def _kept(values: pd.Series, keep: NDArray[np.bool_] | None) -> pd.Series:
    return values if keep is None else values[keep].reset_index(drop=True)
