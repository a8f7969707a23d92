"""Target of a table: the column to predict, with its positive class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.datasets.reading.columns import (
    VALUE_LENGTH,
    VALUES_SHOWN,
    categories,
    coded,
    is_number,
    is_text,
    quoted,
)
from lab.errors import TableError
from lab.names import near
from lab.read_options import option
from lab.wording import and_more, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.datasets.reading.table import Table

MANY_DIGITS = 1e15  # larger whole numbers are written with an exponent


@dataclass(frozen=True)
class Target:
    """Target column of a table.

    Attributes
    ----------
    y : ndarray of shape (n_rows,), dtype int8
        The target; 1 is the positive class.
    keep : ndarray of bool or None
        Mask of the rows of the table that have a target; None if all do.
    label, positive : str
        The positive value, and a description with its frequency.
    """

    y: NDArray[np.int8]
    keep: NDArray[np.bool_] | None
    label: str
    positive: str


def take_target(file: object, table: Table, name: str, positive: str | None) -> Target:
    """Remove the target from a table and return it.

    Raises
    ------
    TableError
        The target is missing or not binary, or has no such positive value.
    """
    columns = table.columns
    if name not in columns:
        if len(columns) == 1:
            raise TableError(
                f"{file} has one column, {next(iter(columns))!r}: separate cells by a comma, "
                "semicolon, tab or vertical bar, or name another sign in a first line such as sep=^"
            )
        raise TableError(f"{file} has no column {name!r}: {near(name, list(columns))}")
    cells = columns.pop(name)
    if is_text(cells):
        codes, levels = pd.factorize(categories(*coded(cells)))
        labels = [str(level) for level in levels]
    else:
        codes, levels = pd.factorize(_values(cells))
        labels = [_label(level) for level in levels]
    counts = np.bincount(codes[codes >= 0], minlength=len(labels)).tolist()
    missing = _missing_cells(int((codes < 0).sum()), table.words.get(name, {}))
    if len(labels) != 2:
        raise TableError(f"{file}: target {name!r} {_wrong_classes(labels, counts, missing)}")
    shown = [quoted(label) for label in labels]
    if positive is None:
        if counts[0] == counts[1]:
            raise TableError(
                f"{file}: {' and '.join(shown)} of target {name!r} are equally frequent: choose "
                "the positive class with --positive"
            )
        code = counts.index(min(counts))
    else:
        code = _match(positive, labels)
        if code < 0:
            raise TableError(
                f"{file}: target {name!r} has no value {positive!r}: choose {' or '.join(shown)}"
            )
    keep = codes >= 0
    all_there = bool(keep.all())
    y = (codes if all_there else codes[keep]) == code
    share = counts[code] / sum(counts)
    label = f"{shown[code]}, {counts[code]:,} of {counted(sum(counts), 'row')} ({share:.2%})"
    return Target(y.astype(np.int8), None if all_there else keep, labels[code], label)


def _values(cells: pa.ChunkedArray) -> NDArray[Any]:
    import pyarrow as pa

    # Python's times, which the array would contain, have no nanoseconds.
    if pa.types.is_time(cells.type):
        cells = cells.cast(pa.string())
    values: NDArray[Any] = cells.to_numpy()
    return values


def _missing_cells(number: int, words: dict[str, int]) -> str:
    """Return what the missing cells of a target are, with a remedy if one of its values is."""
    if words:
        word = max(words, key=words.__getitem__)
        cells = f"{counted(words[word], 'cell')} {word!r}"
        return f" besides {cells}, which is read as missing: {option('not-missing', word)}"
    if number:
        return f" besides {counted(number, 'empty cell')}: write the other value into them"
    return ""


def _wrong_classes(labels: list[str], counts: list[int], missing: str) -> str:
    if not labels:
        return "has no value in any row: choose another column"
    if len(labels) == 1:
        remedy = missing or ": choose a column with two"
        return f"has only one value, {quoted(labels[0])}{remedy}"
    order = sorted(range(len(labels)), key=lambda i: -counts[i])
    shown = ", ".join(f"{quoted(labels[i])} ({counts[i]:,})" for i in order[:VALUES_SHOWN])
    remedy = "choose a column with two"
    if len(labels) == 3 and 10 * counts[order[2]] <= sum(counts):
        word = option("missing", labels[order[2]][:VALUE_LENGTH])
        remedy += f", or treat the rarest as missing with {word}"
    if len({label.casefold() for label in labels}) == 2:
        remedy = "some differ in upper and lower case only: spell them alike"
    values = " ".join(filter(None, [shown, and_more(len(labels) - VALUES_SHOWN)]))
    return f"has {len(labels):,} values, {values}: {remedy}"


def _label(value: Any) -> str:
    """Return a value as a user would write it."""
    if isinstance(value, np.floating):
        number = float(value)
        if number.is_integer() and abs(number) < MANY_DIGITS:
            return str(int(number))
    return str(value)


def _match(text: str, labels: list[str]) -> int:
    """Return the position of the label that a text means, or -1.

    Tried in turn: the exact text, the text in any case, the number.
    """
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
    booleans = {"true": 1.0, "false": 0.0}
    if (folded := _folded(text)) in booleans:
        return booleans[folded]
    return float(text) if is_number(text) else None
