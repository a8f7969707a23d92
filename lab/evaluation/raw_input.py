"""Input of a model as it is in a user's file: the step that reads it, and examples."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from lab.datasets.column import CATEGORIES, FILLED, NUMBER
from lab.estimators.cells import DAY, EPOCH, SECOND, WHOLE, plain, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.datasets.column import Column
    from lab.datasets.dataset import Dataset
    from lab.estimators.raw_rows import RawRows

NOTATION = {"decimal": ".", "thousands": "", "unit": ""}  # unless RawRows is told otherwise
FILLED_IN = "filled in"  # an example of a cell of which nothing else is known


def features(dataset: Dataset) -> list[Column]:
    """Return the columns of a user's table that are features, in the dataset's order."""
    used = {c.name: c for c in dataset.schema if c.treatment in (NUMBER, CATEGORIES, FILLED)}
    return [used[name] for name in dataset.X.columns]


def raw_rows(dataset: Dataset) -> RawRows:
    """Return the step that turns rows of the user's file into rows of the dataset.

    Its parameters are plain lists and texts, which skops supports.
    """
    from lab.estimators.raw_rows import RawRows

    columns = []
    for column in features(dataset):
        facts: dict[str, Any] = {
            "name": column.name,
            "kind": column.kind,
            "treatment": column.treatment,
        }
        for name, usual in NOTATION.items():
            if (sign := getattr(column, name)) != usual:
                facts[name] = sign
        if column.typed:
            facts["typed"] = True
        if column.treatment == CATEGORIES and (
            levels := _misspelled(dataset.X[column.name].cat.categories)
        ):
            facts["levels"] = levels
        columns.append(facts)
    return RawRows(columns, list(dataset.missing_words))


def raw_examples(rows: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Return rows of a dataset as they may be in the user's file.

    Parameters
    ----------
    rows : DataFrame
        Some rows of ``dataset.X``.

    Returns
    -------
    DataFrame
        Whole numbers as integers, booleans, dates and other categories as text, None for missing
        values.
    """
    cells = {
        column.name: [None if pd.isna(cell) else _cell(column, cell) for cell in rows[column.name]]
        for column in features(dataset)
    }
    return pd.DataFrame(cells, index=rows.index, dtype=object)


def _misspelled(levels: Iterable[str]) -> str:
    """Return the levels that pandas may read as numbers or booleans, separated by spaces.

    Returns
    -------
    str
        Empty if the text of what pandas reads is the level itself. ``01`` is an example where it
        is not.
    """
    found = {level: spelled(level) for level in levels}
    found = {level: value for level, value in found.items() if value is not None}
    differ = any(plain(value) != level for level, value in found.items())
    return " ".join(found) if differ else ""


def _cell(column: Column, value: Any) -> Any:
    if column.treatment == FILLED:
        return FILLED_IN if value else None
    if column.treatment == CATEGORIES:
        return str(value)
    try:
        return _written(column, float(value))
    except (OverflowError, ValueError):  # dates beyond the years that Python knows
        return None


def _written(column: Column, value: float) -> Any:
    """Return a number as it is written in a column."""
    if column.kind == "booleans":
        return bool(value)
    if column.kind == "dates":
        moment = EPOCH + timedelta(microseconds=round(value * DAY))
        has_time = moment.time() != datetime.min.time()
        return moment.isoformat(" ") if has_time else moment.date().isoformat()
    if column.kind == "times":
        return (EPOCH + timedelta(microseconds=round(value * SECOND))).time().isoformat()
    if column.kind == "durations":
        return str(pd.Timedelta(round(value * SECOND), unit="us"))
    is_whole = value % 1 == 0 and abs(value) < WHOLE
    number = int(value) if is_whole else value
    # pandas would read 12.500 as 12.5, and does not know decimal commas.
    as_text = "." in column.thousands or (column.decimal != "." and not is_whole)
    return repr(number).replace(".", column.decimal) if as_text else number
