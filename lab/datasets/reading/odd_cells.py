"""Words in a column of numbers, dates, times, percentages or amounts of money.

As categories these would silently lose their order, so that such a column is an error.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.reading.columns import FEW_VALUES, VALUE_LENGTH, quoted
from lab.datasets.reading.notation import (
    AMOUNTS,
    DATES,
    KINDS,
    NUMBERS,
    PERCENTAGES,
    matches,
)
from lab.errors import TableError
from lab.read_options import option
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

FEW_WORDS = 3  # words that a remedy lists
# Distinct numbers; with one, as in 0 or none, there is no order to lose, nor between two dates.
LEAST_VALUES = 2


def check(file: object, name: str, codes: NDArray[np.int64], levels: pa.Array) -> None:
    """Check that a text column is not one of numbers, dates or the like with other cells in it.

    Parameters
    ----------
    file, name : object, str
        File and column, for error messages.
    codes, levels : ndarray of shape (n_rows,), Array of str
        As :func:`~lab.datasets.reading.columns.coded` returns them.

    Raises
    ------
    TableError
        At least half of its cells or of its values are of one such kind; the message quotes a cell
        that is not. Or all are, in a notation that a program would have to guess.
    """
    if not len(levels):
        return
    sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
    column = f"{file}: column {name!r}"

    def row_of(level: int) -> int:
        return int(np.flatnonzero(codes == level)[0]) + 1

    def first(mask: Mask) -> int:
        """Return the level of a mask that comes first in the rows."""
        chosen = np.flatnonzero(mask & (sizes > 0))
        return min(map(int, chosen), key=row_of) if len(chosen) <= FEW_VALUES else int(chosen[0])

    kind, fits = _kind(levels, sizes)
    if not kind:
        return
    failing = ~fits
    if kind == DATES:
        kind, failing = _failing_dates(levels, sizes, fits)
    failing &= sizes > 0
    if failing.any():
        odd = first(failing)
        count = int(sizes[failing].sum())
        remedy = _remedy(name, kind, levels.filter(failing).to_pylist())
        raise TableError(
            f"{column} has {kind} except in {counted(count, 'cell')}, for example "
            f"{quoted(levels[odd].as_py())} in row {row_of(odd):,}: {remedy}"
        )
    _check_notation(column, name, kind, levels, row_of)


def _kind(levels: pa.Array, sizes: NDArray[np.int64]) -> tuple[str, Mask]:
    """Return the kind of at least half of the cells or values, if any, and which are of it."""
    found: tuple[int, str, Mask] = (0, "", np.zeros(len(levels), bool))
    for kind, pattern in KINDS.items():
        fits = matches(levels, pattern).to_numpy(zero_copy_only=False) & (sizes > 0)
        number, cells = int(fits.sum()), int(sizes[fits].sum())
        half = 2 * number >= int((sizes > 0).sum()) or 2 * cells >= int(sizes.sum())
        if number >= LEAST_VALUES and half and number > found[0]:
            found = (number, kind, fits)
    return found[1:]


def _failing_dates(levels: pa.Array, sizes: NDArray[np.int64], fits: Mask) -> tuple[str, Mask]:
    """Return the kind of most dates, and which levels are not of it.

    A column has dates with an offset from UTC, or dates without one.
    """
    texts = levels.to_pylist()
    naive, aware = np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    for i in np.flatnonzero(fits):
        try:
            moment = datetime.fromisoformat(texts[i])
        except ValueError:
            continue
        (aware if moment.tzinfo else naive)[i] = True
    if sizes[aware].sum() > sizes[naive].sum():
        return "dates with an offset from UTC", ~aware
    return ("dates without an offset from UTC" if aware.any() else DATES), ~naive


def _remedy(name: str, kind: str, words: list[str]) -> str:
    """Return what to do about words in a column."""
    if kind.startswith(f"{DATES} with"):
        drop = option("drop", name)
        return f"write all dates alike, with an offset or without, or leave them out with {drop}"
    if len(words) <= FEW_WORDS:
        missing = " ".join(option("missing", word[:VALUE_LENGTH]) for word in words)
        as_missing = f"treat them as missing with {missing}"
    else:
        as_missing = "empty them if they are missing"
    return (
        f"correct these cells, {as_missing}, or keep the column as categories with "
        f"{option('categorical', name)}"
    )


def _check_notation(
    column: str, name: str, kind: str, levels: pa.Array, row_of: Callable[[int], int]
) -> None:
    """Check a column whose cells are all of one kind, which was not read as such."""
    if len(levels) <= LEAST_VALUES:
        return
    if kind == NUMBERS:
        texts = levels.to_pylist()
        odd = next((i for i, text in enumerate(texts) if not text.isdigit()), -1)
        if odd >= 0:
            raise TableError(
                f"{column} contains numbers as text ({quoted(texts[odd])}): read them as "
                f"numbers with {option('numeric', name)}, or as categories with "
                f"{option('categorical', name)}"
            )
        return  # codes
    example = f"{quoted(levels[0].as_py())}, row {row_of(0)}"
    if kind in (PERCENTAGES, AMOUNTS):
        remedy = f"read them as numbers with {option('numeric', name)}"
    else:
        as_what = "2020-01-31" if kind.startswith(DATES) else "numbers of hours or seconds"
        remedy = (
            f"write them as {as_what}, or read them as categories with "
            f"{option('categorical', name)}"
        )
    raise TableError(f"{column} contains {kind} ({example}): {remedy}")
