"""Make a dataset of a table as it is: find the target, drop what is no feature, and say so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.datasets.dataset import Dataset
from lab.errors import TableError
from lab.names import near

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

SHOWN = 5  # values or columns that a message lists
LONGEST = 40  # characters of a value in it
# Beyond this the square of a number, which a variance takes, is beyond a double.
LARGEST = 1e100
IDENTIFIER = 0.95  # distinct values a row from which a column of text identifies rows
GIVEAWAY = 0.995  # area under the ROC curve of one column alone
SAMPLE = 100_000  # rows of the majority that a giveaway is looked for in
# Text in a column of numbers is a slip if it has few levels while the numbers have many.
SLIPS = 20
MANY_DIGITS = 1e15  # whole numbers from which on the exponent is written
UNITS = {"D": 1, "s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # a second, of times


@dataclass(frozen=True)
class Target:
    """Which column is the target, and which of its two values is the positive class."""

    y: NDArray[np.int8]
    keep: NDArray[np.bool_] | None  # the rows that have a target, if not all
    positive: str


def prepare(
    name: str,
    columns: dict[str, pa.ChunkedArray],
    target: str,
    positive: str | None = None,
    source: str = "",
    file: object = "",
) -> Dataset:
    """Return the dataset that a table holds.

    Parameters
    ----------
    name : str
        The dataset's name.
    columns : dict of str to ChunkedArray
        See :func:`lab.datasets.tables.read_table`. It is emptied: a large table is not held twice.
    target : str
        The column to predict; it must have two values.
    positive : str, optional
        The value of it that is the positive class, by default the rarer one.
    source : str
        Where the table comes from, in words.
    file : object
        What messages name, by default the dataset.

    Raises
    ------
    TableError
        The target is none, or a column can be no feature.
    """
    file = file or name
    found = _target(file, columns, target, positive)
    notes = [f"positive class: {target} = {found.positive}"]
    if found.keep is not None:
        lacking = int((~found.keep).sum())
        notes.append(f"dropped: {_rows(lacking)} without a value of {target}")
    features: dict[str, pd.Series] = {}
    constant, identifiers, giveaways = [], [], []
    for position, column in enumerate(list(columns)):
        cells = columns.pop(column)
        is_text = _is_text(cells)
        values = _categories(file, column, cells) if is_text else _numbers(file, column, cells)
        del cells
        counts_rows = not is_text and _counts_rows(values, is_nameless=not (column or position))
        if found.keep is not None:
            values = values[found.keep].reset_index(drop=True)
        if _is_constant(values):
            constant.append(column)
        elif counts_rows or (is_text and values.nunique() >= IDENTIFIER * len(values)):
            identifiers.append(column)
        else:
            features[column] = values
            if (area := _area(values, found.y)) > GIVEAWAY:
                giveaways.append(f"{column!r} (AUC {area:.4f})")
    for what, dropped in (("one value only", constant), ("identifies rows", identifiers)):
        if dropped:
            notes.append(f"dropped, {what}: {', '.join(map(repr, dropped))}")
    if not features:
        raise TableError(
            f"{file} has no feature: besides {target!r} every column has one value only or "
            "identifies rows"
        )
    if giveaways:
        notes.append(f"WARNING: alone gives {target} away: {', '.join(giveaways)}")
    return Dataset(name, pd.DataFrame(features, copy=False), found.y, source, tuple(notes))


def _target(
    file: object, columns: dict[str, pa.ChunkedArray], name: str, positive: str | None
) -> Target:
    """Take the target out of the columns."""
    if name not in columns:
        raise TableError(f"{file} has no column {name!r}: {near(name, list(columns))}")
    cells = columns.pop(name)
    if _is_text(cells):
        codes, levels = pd.factorize(_categories(file, name, cells))
        labels = [str(level) for level in levels]
    else:
        codes, levels = pd.factorize(_values(cells))
        labels = [_label(level) for level in levels]
    counts = np.bincount(codes[codes >= 0], minlength=len(labels)).tolist()
    if len(labels) != 2:
        raise TableError(f"{file}: target {name!r} {_wrong_classes(labels, counts)}")
    shown = [repr(label[:LONGEST]) for label in labels]
    if positive is None:
        if counts[0] == counts[1]:
            raise TableError(
                f"{file}: {' and '.join(shown)} of target {name!r} are equally frequent: say with "
                "--positive which is the positive class"
            )
        code = counts.index(min(counts))
    else:
        code = _match(positive, labels)
        if code < 0:
            raise TableError(
                f"{file}: target {name!r} has no value {positive!r}: it is " + " or ".join(shown)
            )
    keep = codes >= 0
    all_there = bool(keep.all())
    y = (codes if all_there else codes[keep]) == code
    share = counts[code] / sum(counts)
    label = f"{shown[code]}, {counts[code]:,} of {_rows(sum(counts))} ({share:.2%})"
    return Target(y.astype(np.int8), None if all_there else keep, label)


def _values(cells: pa.ChunkedArray) -> NDArray[Any]:
    import pyarrow as pa

    # Python's times, which would stand in the array, have no nanoseconds.
    if pa.types.is_time(cells.type):
        cells = cells.cast(pa.string())
    values: NDArray[Any] = cells.to_numpy()
    return values


def _wrong_classes(labels: list[str], counts: list[int]) -> str:
    if not labels:
        return "has no value in any row"
    if len(labels) == 1:
        return f"has one value only, {labels[0][:LONGEST]!r}: it needs two"
    order = sorted(range(len(labels)), key=lambda i: -counts[i])
    shown = ", ".join(f"{labels[i][:LONGEST]!r} ({counts[i]:,})" for i in order[:SHOWN])
    more = f" and {len(labels) - SHOWN:,} more" if len(labels) > SHOWN else ""
    return f"has {len(labels):,} values, {shown}{more}: make a column with two of it"


def _label(value: Any) -> str:
    """Return a value as one would write it."""
    if isinstance(value, np.floating):
        number = float(value)
        if number.is_integer() and abs(number) < MANY_DIGITS:
            return str(int(number))
    return str(value)


def _match(text: str, labels: list[str]) -> int:
    """Return which label a text means: exactly, else whatever its case, else as a number; or -1."""
    ways: tuple[Callable[[str], object], ...] = (str, _folded, _as_number)
    for way in ways:
        meant = way(text)
        alike = [i for i, label in enumerate(labels) if way(label) == meant]
        if len(alike) == 1 and meant is not None:
            return alike[0]
    return -1


def _folded(text: str) -> str:
    return text.strip().casefold()


def _as_number(text: str) -> float | None:
    truths = {"true": 1.0, "false": 0.0}
    if (folded := _folded(text)) in truths:
        return truths[folded]
    return float(text) if _is_number(text) else None


def _is_text(cells: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(cells.type))


def _categories(file: object, name: str, cells: pa.ChunkedArray) -> pd.Series:
    """Return text as categories."""
    import pyarrow as pa

    cells = pa.concat_arrays(cells.chunks)  # their dictionaries are one
    codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    levels = cells.dictionary.to_pylist()
    series = pd.Series(pd.Categorical.from_codes(codes, pd.Index(levels, dtype=object)))
    slips = [level for level in levels if not _is_number(level)]
    if 0 < len(slips) <= SLIPS < len(levels) - len(slips):
        row = int(np.flatnonzero(codes == levels.index(slips[0]))[0])
        shown = ", ".join(repr(slip[:LONGEST]) for slip in slips[:SHOWN])
        raise TableError(
            f"{file}: column {name!r} mixes numbers and text ({shown}, first in row {row + 1}): "
            "leave such cells empty if they are missing, else write codes that all have a letter"
        )
    return series


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _numbers(file: object, name: str, cells: pa.ChunkedArray) -> pd.Series:
    """Return truths as 0 and 1, dates as days since 1970, times and durations as seconds."""
    import pyarrow as pa
    from pyarrow import types

    kind, unit = cells.type, 1
    if types.is_temporal(kind):
        unit = UNITS["ms" if types.is_date64(kind) else getattr(kind, "unit", "D")]
        unit *= 1 if types.is_duration(kind) or types.is_time(kind) else 86_400
        cells = cells.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
    if types.is_date32(kind):
        unit = 1  # days already
    if types.is_boolean(kind):
        cells = cells.cast(pa.int8())
    values = np.empty(len(cells))
    start = 0
    for chunk in cells.chunks:  # one after the other: a large column is not held twice
        part = chunk.to_numpy(zero_copy_only=False)
        values[start : start + len(part)] = part.astype(np.float64)
        start += len(part)
    values /= unit
    with np.errstate(invalid="ignore"):
        bad = np.abs(values) > LARGEST
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        what = "an infinite value" if math.isinf(values[row]) else f"{values[row]:.3g}"
        raise TableError(
            f"{file}: column {name!r} holds {what} in row {row + 1} ({_rows(int(bad.sum()))} in "
            f"all): numbers must lie within {LARGEST:g}; leave a cell empty if it is missing"
        )
    return pd.Series(values, copy=False)


def _is_constant(values: pd.Series) -> bool:
    """Return whether a column has at most one value, besides missing ones."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return len(values.cat.remove_unused_categories().cat.categories) <= 1
    return bool(values.min() == values.max() or values.isna().all())


def _counts_rows(values: pd.Series, *, is_nameless: bool) -> bool:
    """Return whether a column is a row number: each value is the one before it plus one."""
    numbers = values.to_numpy()
    starts = is_nameless or (len(numbers) > SLIPS and numbers[0] in (0.0, 1.0))
    return bool(starts and (np.diff(numbers) == 1.0).all())


def _area(values: pd.Series, y: NDArray[np.int8]) -> float:
    """Return how well a column alone ranks the positive rows: the area under the ROC curve.

    In whichever direction is better, and with missing values below or above all others, since what
    is filled in for one class only gives it away, too.
    """
    rng = np.random.default_rng(0)
    rows = [np.flatnonzero(y == label) for label in (0, 1)]
    rows = [rng.choice(r, SAMPLE, replace=False) if len(r) > SAMPLE else r for r in rows]
    if isinstance(values.dtype, pd.CategoricalDtype):
        numbers = _rates(values, y, rng)
        return _auc(numbers[rows[0]], numbers[rows[1]])
    best = 0.0
    numbers = values.to_numpy()
    negative, positive = numbers[rows[0]], numbers[rows[1]]
    missing = [np.isnan(negative), np.isnan(positive)]
    extremes = (-np.inf, np.inf) if any(part.any() for part in missing) else (0.0,)
    for extreme in extremes:
        filled = [
            np.where(gaps, extreme, part)
            for gaps, part in zip(missing, (negative, positive), strict=True)
        ]
        area = _auc(*filled)
        best = max(best, area, 1 - area)
    return best


def _rates(values: pd.Series, y: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return for each row the share of positives of its level in the other half of the rows.

    Its own half would give every rare level away.
    """
    codes = values.cat.codes.to_numpy().astype(np.intp) + 1  # 0 is missing
    half = rng.permutation(len(y)) % 2
    rates = np.empty(len(y))
    for part in (0, 1):
        other = half != part
        size = int(codes.max()) + 1
        positive = np.bincount(codes[other], weights=y[other], minlength=size)
        total = np.bincount(codes[other], minlength=size)
        share = np.divide(positive, total, out=np.full(size, y[other].mean()), where=total > 0)
        rates[half == part] = share[codes[half == part]]
    return rates


def _auc(negative: NDArray[np.float64], positive: NDArray[np.float64]) -> float:
    """Return the chance that a positive row lies above a negative one; ties count half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    not_above = np.searchsorted(ordered, positive, "right")
    return float((below + not_above).mean() / 2 / len(ordered))


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
