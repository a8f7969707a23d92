"""Holdout of a user's table: another file with the same columns, on which fits are tested once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.datasets.column import CATEGORIES, FILLED, NUMBER, TARGET, Column
from lab.datasets.dataset import Dataset
from lab.datasets.equal_rows import row_hashes
from lab.datasets.reading.columns import categories, coded, is_text, numbers
from lab.datasets.reading.keys import take_group, take_time
from lab.datasets.reading.target import take_target
from lab.datasets.reading.values import read_values
from lab.datasets.value_columns import NOTHING_ASKED
from lab.errors import TableError
from lab.wording import counted

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from lab.datasets.reading.table import Table
    from lab.datasets.value_columns import ValueColumns
    from lab.read_options import ReadOptions

MANY_COPIES = 0.5  # share of a holdout's rows


def options_like(dataset: Dataset, options: ReadOptions) -> ReadOptions:
    """Return the options by which another file is read like the table of a dataset.

    Parameters
    ----------
    dataset : Dataset
        A user's table.
    options : ReadOptions
        Options by which it was read.
    """
    texts = {c.name for c in dataset.schema if c.treatment == CATEGORIES}
    return replace(options, categorical=options.categorical | texts)


def prepare_holdout(
    dataset: Dataset,
    table: Table,
    file: object,
    source: str,
    options: ReadOptions,
    asked: ValueColumns = NOTHING_ASKED,
) -> Dataset:
    """Return a table with the columns of a dataset, read in the same way.

    Parameters
    ----------
    dataset : Dataset
        A user's table.
    table : Table
        Another one, read with :func:`options_like`. Its columns are removed.
    file : object
        The file to name in error messages.
    source : str
        Where the table comes from, in words.
    options : ReadOptions
        What the user says of the columns.
    asked : ValueColumns
        Value columns that something asks for; the holdout may lack them.

    Raises
    ------
    TableError
        A column is missing or of another kind, or the target is not the same.
    """
    target = next(c for c in dataset.schema if c.treatment == TARGET)
    try:
        found = take_target(file, table, target.name, dataset.positive)
    except TableError:
        raise TableError(
            f"--holdout {file}: target {target.name!r} needs both values that it has in "
            f"{dataset.name}, spelled alike"
        ) from None
    keyed = filter(None, (dataset.group_column, dataset.time_column))
    for name in (*keyed, *dataset.X.columns):
        if name not in table.columns:
            raise TableError(f"--holdout {file} has no column {name!r}, which {dataset.name} has")
    soft = asked.softly(dataset.value_columns)
    values, value_notes = read_values(file, table, soft, target.name, found.keep)
    keys: dict[str, Any] = {}
    if taken := take_group(file, table, options.group, found.keep):
        keys["group"] = taken[0]
    if timed := take_time(file, table, options.time, found.keep):
        keys["time"], keys["time_unit"], _ = timed
        if keys["time_unit"] != dataset.time_unit:
            units = [unit or "plain numbers" for unit in (keys["time_unit"], dataset.time_unit)]
            raise TableError(
                f"--holdout {file}: column {dataset.time_column!r} has {units[0]}, and {units[1]} "
                f"in {dataset.name}: write it as there"
            )
    by_name = {column.name: column for column in dataset.schema}
    features = {}
    for name in dataset.X.columns:
        feature = _values(file, by_name[name], table.columns.pop(name), dataset.name)
        if found.keep is not None:
            feature = feature[found.keep].reset_index(drop=True)
        features[name] = feature
    X = pd.DataFrame(features, copy=False)
    notes = [*_order(dataset, keys), *_copies(dataset, X, found.y)]
    rows = None if found.keep is None else np.flatnonzero(found.keep).astype(np.int64)
    if values is not None:
        both = [name for name in dataset.value_columns if name in values]
        values = values[both] if both else None
    return Dataset(
        dataset.name,
        X,
        found.y,
        source,
        tuple(notes),
        dataset.target,
        row_numbers=rows,
        **keys,
        values=values,
        value_notes=tuple(f"holdout: {note}" for note in value_notes),
    )


def _values(file: object, column: Column, cells: pa.ChunkedArray, dataset: str) -> pd.Series:
    """Return the cells of a column as the dataset has them."""
    if column.treatment == FILLED:
        return pd.Series(cells.is_valid().to_numpy().astype(np.float64))
    if column.treatment == CATEGORIES:
        return categories(*coded(cells)) if is_text(cells) else _texts(cells)
    if column.treatment == NUMBER and is_text(cells):
        if cells.null_count == len(cells):
            return pd.Series(np.full(len(cells), np.nan))
        raise TableError(
            f"--holdout {file}: column {column.name!r} is text, and {column.kind} in {dataset}: "
            "write it as there"
        )
    return numbers(file, column.name, cells)


def _texts(cells: pa.ChunkedArray) -> pd.Series:
    """Return cells that are not text as the categories that a user would write."""
    import pyarrow as pa

    return pd.Series(cells.cast(pa.string()).to_pandas()).astype("category")


def _copies(dataset: Dataset, X: pd.DataFrame, y: NDArray[np.int8]) -> list[str]:
    """Return a warning if most rows of a holdout are rows that are trained on."""
    known = row_hashes(dataset.X, dataset.y)
    copies = int(np.isin(row_hashes(X, y), known).sum())
    if copies < MANY_COPIES * len(y):
        return []
    rows = f"{copies:,} of {counted(len(y), 'row')}"
    return [f"WARNING: {rows} of the holdout equal a row of {dataset.name}, which is trained on"]


def _order(dataset: Dataset, keys: dict[str, Any]) -> list[str]:
    """Return notes on the holdout's times and groups, compared with the rows trained on."""
    notes = []
    if dataset.time is not None and "time" in keys:
        early = int((keys["time"] <= dataset.time.max()).sum())
        if early:
            notes.append(
                f"WARNING: {counted(early, 'row')} of the holdout are not later than the last row "
                f"of {dataset.name}"
            )
    if dataset.group is not None and "group" in keys:
        seen = int(keys["group"].astype(object).isin(set(dataset.group.dropna())).sum())
        notes.append(
            f"{seen:,} of {counted(len(keys['group']), 'row')} of the holdout have a "
            f"{dataset.group_column!r} that is in {dataset.name}"
        )
    return notes
