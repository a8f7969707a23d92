"""Turn a table into a dataset: find the target, drop unusable columns, and take notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.datasets.column import CATEGORIES, DROPPED, FILLED, NUMBER, TARGET, Column
from lab.datasets.dataset import Dataset, has_gaps
from lab.datasets.reading import odd_cells
from lab.datasets.reading.columns import (
    categories,
    coded,
    is_constant,
    is_text,
    kind_of,
    numbers,
    quoted,
)
from lab.datasets.reading.dependence import dependence_warnings
from lab.datasets.reading.dropped import as_categories
from lab.datasets.reading.giveaway import area
from lab.datasets.reading.groups import find_group
from lab.datasets.reading.identifiers import (
    IDENTIFIER_SHARE,
    identifies_rows,
    is_free_text,
    may_group_rows,
    numbers_rows,
    share_of_distinct,
)
from lab.datasets.reading.keys import is_key, key_warnings, take_group, take_time
from lab.datasets.reading.notation import Notation
from lab.datasets.reading.notes import (
    CONSTANT,
    DISTINCT,
    EMPTY,
    FREE_TEXT,
    IDENTIFIER,
    PRESENCE,
    RARE_TEXT,
    REPEATED,
    counted_words,
    reading_notes,
    shown,
    unusable,
    warnings,
)
from lab.datasets.reading.target import take_target
from lab.datasets.reading.values import VALUE, feature_notes, read_values
from lab.datasets.value_columns import NOTHING_ASKED
from lab.errors import TableError
from lab.read_options import ReadOptions
from lab.splits import KEEP
from lab.wording import counted

if TYPE_CHECKING:
    from lab.datasets.reading.table import Table
    from lab.datasets.reading.target import Target
    from lab.datasets.value_columns import ValueColumns

GIVEAWAY_AUC = 0.995  # area under the ROC curve of a single column
PLAIN = Notation(".", "")


def prepare(
    name: str,
    table: Table,
    target: str,
    positive: str | None = None,
    source: str = "",
    file: object = "",
    options: ReadOptions | None = None,
    copies: str = KEEP,
    asked: ValueColumns = NOTHING_ASKED,
) -> Dataset:
    """Return a table as a dataset, with notes on what was done.

    Parameters
    ----------
    name : str
        The dataset's name.
    table : Table
        As :func:`~lab.datasets.reading.tables.read_table` returns it. Its columns are removed, so
        that a large table is not in memory twice.
    target : str
        The column to predict; it must have two values.
    positive : str, optional
        The target's value that is the positive class, by default the rarer one.
    source : str
        Where the table comes from, in words.
    file : object
        The file to name in error messages, by default the dataset.
    options : ReadOptions, optional
        What the user says of the columns.
    copies : {"keep", "together", "drop"}
        What the session does with copies of rows: it warns of those that it keeps.
    asked : ValueColumns
        Value columns that something asks for.

    Raises
    ------
    TableError
        The target is missing or not binary, or a column cannot be a feature or a value column.
    """
    file = file or name
    options = options or ReadOptions()
    order = list(table.columns)
    kinds = {column: kind_of(cells, table, column) for column, cells in table.columns.items()}
    found = take_target(file, table, target, positive)
    values, value_notes = read_values(file, table, asked, target, found.keep)
    features: dict[str, pd.Series] = {}
    columns = {target: Column(target, kinds[target], TARGET, f"positive: {found.label!r}")}
    keys: dict[str, Any] = {}
    if taken := take_group(file, table, options.group, found.keep):
        keys["group"], facts = taken
        columns[facts.name] = facts
    if timed := take_time(file, table, options.time, found.keep):
        keys["time"], keys["time_unit"], facts = timed
        columns[facts.name] = facts
    giveaways: dict[str, str] = {}
    for column in list(table.columns):
        feature, facts = _feature(file, column, kinds[column], table, found, options)
        columns[column] = facts
        if feature is None:
            continue
        features[column] = feature
        if (alone := area(feature, found.y)) > GIVEAWAY_AUC:
            giveaways[column] = f"{shown(column)} (AUC {alone:.4f} alone)"
    read = [columns[column] for column in order]
    if not features:
        raise TableError(f"{file} has no features: {unusable(target, read)}")
    for column in sorted(options.drop):
        cells = table.dropped[column].cells if column in table.dropped else None
        kind = "" if cells is None else kind_of(cells, table, column)
        read.append(Column(column, kind, DROPPED, "--drop"))
    X = pd.DataFrame(features, copy=False)
    dates = [c for c in X.columns if kinds[c] == "dates" and columns[c].treatment == NUMBER]
    group = None
    if "group" not in keys:
        candidates = features | as_categories(table.dropped, found.keep)
        group = find_group(candidates, X, found.y, dates)
    if group and group.column in columns:
        read[order.index(group.column)] = _without_remark(columns[group.column], REPEATED)
        giveaways.pop(group.column, None)
    known = {*keys, *([] if copies == KEEP else ["copies"])}
    notes = [
        f"positive class: {target} = {found.positive}",
        *(f"{one.treatment}: {shown(one.name)}, {one.remark}" for one in read if is_key(one)),
        *table.notes,
        *reading_notes(read, table, found, target),
        *warnings(X, found, target, giveaways.values()),
        *key_warnings(found.y, keys.get("group"), keys.get("time")),
        *dependence_warnings(X, found.y, group, dates, known),
    ]
    rows = None if found.keep is None else np.flatnonzero(found.keep).astype(np.int64)
    label = f"{target} = {found.label!r}"
    if values is not None:
        value_notes += feature_notes(values.columns, features)
        # Notes do not depend on what asks for a column: results with other notes are other results.
        read = [_with_remark(one, VALUE) if one.name in values else one for one in read]
    return Dataset(
        name,
        X,
        found.y,
        source,
        notes=tuple(notes),
        target=label,
        schema=tuple(read),
        row_numbers=rows,
        missing_words=table.missing,
        **keys,
        positive=found.label,
        values=values,
        value_notes=tuple(value_notes),
    )


def _feature(
    file: object, name: str, kind: str, table: Table, found: Target, options: ReadOptions
) -> tuple[pd.Series | None, Column]:
    """Remove a column from a table; return its values if it is a feature, and its treatment."""
    cells = table.columns.pop(name)
    as_text = is_text(cells)
    if as_text:
        codes, levels = coded(cells)
        if name not in table.declared:
            odd_cells.check(file, name, codes, levels)
        values = categories(codes, levels)
    else:
        values = numbers(file, name, cells)
    del cells
    # Whether numbers identify rows is decided on all rows of the file.
    may_number = kind == "numbers" and name not in options.numeric
    distinct = share_of_distinct(values) if may_number else 0.0
    is_numbered = distinct >= IDENTIFIER_SHARE
    if found.keep is not None:
        values = values[found.keep].reset_index(drop=True)
    missing = int(values.isna().sum())
    remarks = []
    treatment = CATEGORIES if as_text else NUMBER
    if is_constant(values):
        if 0 < missing < len(values):
            treatment, remarks = FILLED, [PRESENCE]
        else:
            treatment, remarks = DROPPED, [EMPTY if missing == len(values) else CONSTANT]
    elif is_numbered and numbers_rows(name, values):
        treatment, remarks = DROPPED, [IDENTIFIER]
    elif as_text and name not in options.categorical and identifies_rows(values):
        if has_gaps(missing, len(values)):
            treatment, remarks = FILLED, [RARE_TEXT]
        else:
            treatment, remarks = DROPPED, [FREE_TEXT if is_free_text(values) else IDENTIFIER]
            remarks.append(f"for example {quoted(values.dropna().iloc[0])}")
    elif as_text:
        remarks = [counted(values.nunique(), "level")]
    elif distinct == 1 and len(values) > 1:
        remarks = [DISTINCT]
    if treatment in (NUMBER, CATEGORIES) and may_group_rows(name):
        remarks.append(REPEATED)
    if treatment == FILLED:
        values = values.notna().astype(np.float64)
    elif treatment != DROPPED and has_gaps(missing, len(values)):
        remarks.append("with an indicator of missing values")
    if words := table.words.get(name):
        remarks.append(f"read as missing: {counted_words(words)}")
    if written := table.remarks.get(name):
        remarks.append(written)
    way = table.notations.get(name, PLAIN)
    notation = (way.decimal, way.thousands, way.unit)
    facts = Column(
        name, kind, treatment, "; ".join(remarks), missing, *notation, name in table.typed
    )
    return (None if treatment == DROPPED else values), facts


def _with_remark(column: Column, remark: str) -> Column:
    return replace(column, remark="; ".join(filter(None, [column.remark, remark])))


def _without_remark(column: Column, remark: str) -> Column:
    others = [one for one in column.remark.split("; ") if one != remark]
    return replace(column, remark="; ".join(others))
