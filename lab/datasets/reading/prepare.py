"""Make a dataset of a table as it is: find the target, drop what is no feature, and say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.datasets.dataset import Dataset
from lab.datasets.reading.columns import (
    LONGEST,
    SHOWN,
    categories,
    identifies_rows,
    is_constant,
    is_number,
    is_text,
    numbers,
    numbers_rows,
)
from lab.datasets.reading.giveaway import area
from lab.errors import TableError
from lab.names import near
from lab.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

FEW = 10  # positive rows: two a fold
GIVEAWAY = 0.995  # area under the ROC curve of one column alone
MANY_DIGITS = 1e15  # whole numbers from which on the exponent is written


@dataclass(frozen=True)
class Target:
    """Which column is the target, and which of its two values is the positive class.

    Attributes
    ----------
    label, positive : str
        The positive value, and what is to be said of it.
    """

    y: NDArray[np.int8]
    keep: NDArray[np.bool_] | None  # the rows that have a target, if not all
    label: str
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
        As :func:`~lab.datasets.reading.tables.read_table` returns them. The dictionary is emptied,
        so that a large table is not in memory twice.
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
        notes.append(f"dropped: {counted(lacking, 'row')} without a value of {target}")
    features: dict[str, pd.Series] = {}
    said: dict[str, list[str]] = {}
    giveaways = []
    for position, column in enumerate(list(columns)):
        cells = columns.pop(column)
        as_text = is_text(cells)
        values = categories(file, column, cells) if as_text else numbers(file, column, cells)
        del cells
        counts = not as_text and numbers_rows(values, is_nameless=not (column or position))
        if found.keep is not None:
            values = values[found.keep].reset_index(drop=True)
        what, note = "", repr(column) if column else "the one without a name"
        if is_constant(values):
            if values.notna().any() and values.isna().any():
                what = "one value or missing, taken as 1 or 0"
                values = values.notna().astype(np.float64)
            else:
                what = "dropped, one value only"
        elif counts or (as_text and identifies_rows(values)):
            what = "dropped, identifies rows"
        elif as_text:
            what, note = "categories", f"{note} ({values.nunique():,})"
        if what:
            said.setdefault(what, []).append(note)
        if not what.startswith("dropped"):
            features[column] = values
            if gaps := int(values.isna().sum()):
                said.setdefault("missing values", []).append(f"{column!r} ({gaps:,})")
            if (alone := area(values, found.y)) > GIVEAWAY:
                giveaways.append(f"{note.partition(' (')[0]} (AUC {alone:.4f})")
    if not features:
        raise TableError(
            f"{file} has no feature: besides {target!r} every column has one value only or "
            "identifies rows"
        )
    notes += [f"{what}: {listed(names)}" for what, names in sorted(said.items())]
    if giveaways:
        notes.append(f"WARNING: alone gives {target} away: {listed(giveaways)}")
    if (positives := int(found.y.sum())) < FEW:
        notes.append(f"WARNING: with {positives} positive rows a verdict says little")
    if 2 * positives > len(found.y):
        notes.append(
            "WARNING: the positive class is the more frequent one; what is observed is about a "
            "rare class"
        )
    X = pd.DataFrame(features, copy=False)
    return Dataset(name, X, found.y, source, tuple(notes), f"{target} = {found.label!r}")


def _target(
    file: object, columns: dict[str, pa.ChunkedArray], name: str, positive: str | None
) -> Target:
    """Take the target out of the columns."""
    if name not in columns:
        raise TableError(f"{file} has no column {name!r}: {near(name, list(columns))}")
    cells = columns.pop(name)
    if is_text(cells):
        codes, levels = pd.factorize(categories(file, name, cells))
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
    label = f"{shown[code]}, {counts[code]:,} of {counted(sum(counts), 'row')} ({share:.2%})"
    return Target(y.astype(np.int8), None if all_there else keep, labels[code], label)


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
    remedy = "predict a column that has two"
    if len({label.casefold() for label in labels}) == 2:
        remedy = "write each of the two in one way, small or capital"
    more = f" and {len(labels) - SHOWN:,} more" if len(labels) > SHOWN else ""
    return f"has {len(labels):,} values, {shown}{more}: {remedy}"


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
    return float(text) if is_number(text) else None
