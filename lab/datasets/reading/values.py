"""Values of a table's rows, such as an amount, that a metric or a goal asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.datasets.reading.columns import NUMERIC, kind_of, numbers
from lab.datasets.reading.dropped import first_word, no_numbers, text_in
from lab.datasets.reading.notation import AMOUNTS, KINDS, PERCENTAGES, matches
from lab.errors import TableError
from lab.names import near
from lab.read_options import option
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.datasets.reading.table import Table
    from lab.datasets.value_columns import ValueColumns

VALUE = "value column"  # a remark on a column
UNITS = (PERCENTAGES, AMOUNTS)  # kinds of cells that --numeric reads without their unit


def read_values(
    file: object,
    table: Table,
    asked: ValueColumns,
    target: str,
    keep: NDArray[np.bool_] | None,
) -> tuple[pd.DataFrame | None, list[str]]:
    """Return the value columns of a table, and notes on those that it lacks.

    These are the columns that something asks for, and numeric ones that the user leaves out.

    Parameters
    ----------
    file : object
        The file to name in error messages.
    table : Table
        The table, without its target. It stays as it is.
    asked : ValueColumns
        Columns that something asks for.
    target : str
        Name of the target.
    keep : ndarray of bool or None
        Rows that have a target.

    Raises
    ------
    TableError
        A required column is missing or the target, has cells that are no numbers, or has gaps.
    """
    found: dict[str, pd.Series] = {}
    notes = []
    for name in dict.fromkeys([*asked.asked, *table.dropped]):
        values = _read(file, table, name, target, keep)
        if not isinstance(values, str):
            found[name] = values
        elif name in asked.required:
            asker = asked.required[name]
            raise TableError(f"{file}: column {name!r}, which {asker} asks for, {values}")
        elif name in asked.optional:
            notes.append(f"left out: {asked.optional[name]}, since column {name!r} {values}")
    # In the order of the table, whatever asks for them.
    order = [name for name in (*table.columns, *table.dropped) if name in found]
    return (pd.DataFrame({n: found[n] for n in order}, copy=False) if order else None), notes


def feature_notes(values: Iterable[str], features: Collection[str]) -> list[str]:
    """Return a note on each value column that is also a feature."""
    return [
        f"value and feature: {name!r} ({option('drop', name)} if it is unknown when you predict)"
        for name in values
        if name in features
    ]


def _read(
    file: object, table: Table, name: str, target: str, keep: NDArray[np.bool_] | None
) -> pd.Series | str:
    """Return the numbers of a column; or why it has none, to follow its name."""
    if name == target:
        return "is the target: name another column"
    cells: pa.ChunkedArray | None = table.columns.get(name)
    if name in table.dropped:
        column = table.dropped[name]
        if column.problem:
            return column.problem
        cells = column.cells
    if cells is None:
        return f"is not in the table: {near(name, [*table.columns, *table.dropped])}"
    if problem := _problem(table, name, cells):
        return problem
    try:
        values = numbers(file, name, cells)
    except TableError as error:
        return str(error).removeprefix(f"{file}: column {name!r} ")
    gaps = values.isna() if keep is None else values.isna() & keep
    if gaps.any():
        row = int(np.flatnonzero(gaps)[0]) + 1
        return (
            f"has no value in {counted(int(gaps.sum()), 'row')}, for example row {row:,}: fill "
            "them in, or remove these rows"
        )
    return values if keep is None else values[keep].reset_index(drop=True)


def _problem(table: Table, name: str, cells: pa.ChunkedArray) -> str:
    """Return why the cells of a column are no numbers; empty if they are."""
    kind = kind_of(cells, table, name)
    if kind == "text":
        return _text_problem(name, cells.cast("string"))
    return "" if kind in NUMERIC else no_numbers(kind)


def _text_problem(name: str, texts: pa.ChunkedArray) -> str:
    """Return why text is no numbers, and how to read it as such if it is numbers with a unit."""
    import pyarrow as pa

    as_numbers = f"read it as numbers with {option('numeric', name)}"
    if (at := first_word(texts)) < 0:
        return no_numbers("numbers as text", as_numbers)
    word = texts[at].as_py()
    what = text_in(word, at + 1)
    if any(matches(pa.array([word]), KINDS[unit])[0].as_py() for unit in UNITS):
        return no_numbers(what, as_numbers)
    return no_numbers(what)
