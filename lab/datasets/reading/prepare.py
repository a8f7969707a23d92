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
from lab.datasets.reading.duplicates import contradictory_rows
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
from lab.datasets.reading.target import take_target
from lab.errors import TableError
from lab.read_options import MISSING, ReadOptions, option
from lab.splits import KEEP
from lab.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Collection

    from lab.datasets.reading.table import Table
    from lab.datasets.reading.target import Target

FEW_POSITIVES = 10  # positive rows: two per fold
GIVEAWAY_AUC = 0.995  # area under the ROC curve of a single column
# Why a column is dropped or changed; notes begin with these words.
EMPTY, CONSTANT, IDENTIFIER, FREE_TEXT = "empty", "constant", "identifier", "free text"
PRESENCE = "one value or missing, encoded as 1 or 0"
RARE_TEXT = "differs in each row, so that only whether it is filled in is used, as 1 or 0"
DISTINCT = "a different whole number in each row"
REPEATED = "called like an identifier, so that rows of one value may depend on each other"
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

    Raises
    ------
    TableError
        The target is missing or not binary, or a column cannot be a feature.
    """
    file = file or name
    options = options or ReadOptions()
    order = list(table.columns)
    kinds = {column: kind_of(cells, table, column) for column, cells in table.columns.items()}
    found = take_target(file, table, target, positive)
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
        values, facts = _feature(file, column, kinds[column], table, found, options)
        columns[column] = facts
        if values is None:
            continue
        features[column] = values
        if (alone := area(values, found.y)) > GIVEAWAY_AUC:
            giveaways[column] = f"{_shown(column)} (AUC {alone:.4f} alone)"
    read = [columns[column] for column in order]
    if not features:
        raise TableError(f"{file} has no features: {_unusable(target, read)}")
    read += [Column(column, "", DROPPED, "--drop") for column in sorted(options.drop)]
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
        *(f"{one.treatment}: {_shown(one.name)}, {one.remark}" for one in read if is_key(one)),
        *table.notes,
        *_notes(read, table, found, target),
        *_warnings(X, found, target, giveaways.values()),
        *key_warnings(found.y, keys.get("group"), keys.get("time")),
        *dependence_warnings(X, found.y, group, dates, known),
    ]
    rows = None if found.keep is None else np.flatnonzero(found.keep).astype(np.int64)
    label = f"{target} = {found.label!r}"
    words = table.missing
    known_rows = (tuple(notes), label, tuple(read), rows, words)
    return Dataset(name, X, found.y, source, *known_rows, **keys, positive=found.label)


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
        remarks.append(f"read as missing: {_counted(words)}")
    if shown := table.remarks.get(name):
        remarks.append(shown)
    way = table.notations.get(name, PLAIN)
    notation = (way.decimal, way.thousands, way.unit)
    facts = Column(
        name, kind, treatment, "; ".join(remarks), missing, *notation, name in table.typed
    )
    return (None if treatment == DROPPED else values), facts


def _without_remark(column: Column, remark: str) -> Column:
    others = [one for one in column.remark.split("; ") if one != remark]
    return replace(column, remark="; ".join(others))


def _counted(words: dict[str, int]) -> str:
    return listed(f"{word!r} ({count:,})" for word, count in sorted(words.items()))


def _shown(name: str) -> str:
    return repr(name) if name else "the column without a name"


def _unusable(target: str, columns: list[Column]) -> str:
    """Return why no column besides the target is a feature."""
    texts = [_shown(one.name) for one in columns if one.remark.startswith(FREE_TEXT)]
    if texts:
        are = "are" if len(texts) > 1 else "is"
        return (
            f"{listed(texts)} {are} free text, which the lab does not read: add columns with what "
            "matters in it, such as its length or the presence of a word"
        )
    return f"besides {target!r}, every column is constant or an identifier"


def _notes(columns: list[Column], table: Table, found: Target, target: str) -> list[str]:
    """Return notes on rows and columns that were dropped, changed or read in a special way."""
    notes = []
    if found.keep is not None:
        lacking = counted(int((~found.keep).sum()), "row")
        notes.append(f"dropped: {lacking} without a value of {target}")
    by_remark: dict[str, list[str]] = {}
    for column in columns:
        shown, first = _shown(column.name), column.remark.partition(";")[0]
        if column.treatment == CATEGORIES:
            levels = first.partition(" ")[0]
            by_remark.setdefault("categories", []).append(f"{shown} ({levels})")
        elif column.treatment == DROPPED:
            beginning = "dropped by" if first == "--drop" else "dropped as"
            by_remark.setdefault(f"{beginning} {first}", []).append(shown)
        elif column.treatment == FILLED:
            by_remark.setdefault(first, []).append(shown)
        elif first == DISTINCT:
            remedy = option("drop", column.name)
            by_remark.setdefault(f"{DISTINCT}, perhaps an identifier ({remedy})", []).append(shown)
        if REPEATED in column.remark:
            by_remark.setdefault(REPEATED, []).append(shown)
        if column.name in table.remarks:
            by_remark.setdefault("numbers in another notation", []).append(
                f"{shown} ({table.remarks[column.name]})"
            )
        if column.missing and column.treatment in (NUMBER, CATEGORIES):
            by_remark.setdefault("missing values", []).append(f"{shown} ({column.missing:,})")
    notes += [f"{remark}: {listed(names)}" for remark, names in sorted(by_remark.items())]
    if table.words:
        words: dict[str, int] = {}
        for counts in table.words.values():
            for word, count in counts.items():
                words[word] = words.get(word, 0) + count
        read = _counted(words)
        where = listed(_shown(name) for name in table.words)
        usual = [option("not-missing", word) for word in sorted(words) if word in MISSING]
        keep = f" (or {usual[0]})" if usual else ""
        notes.append(f"words read as missing values: {read} in {where}{keep}")
    return notes


def _warnings(X: pd.DataFrame, found: Target, target: str, giveaways: Collection[str]) -> list[str]:
    """Return notes on what may make scores wrong or verdicts inconclusive."""
    notes = []
    if giveaways:
        notes.append(f"WARNING: may give {target} away: {listed(giveaways)}")
    if contradictory := contradictory_rows(X, found.y):
        notes.append(
            f"equal in all features to a row of the other class: {counted(contradictory, 'row')}, "
            "which no model can tell apart"
        )
    if (positives := int(found.y.sum())) < FEW_POSITIVES:
        few = counted(positives, "positive row")
        notes.append(f"WARNING: only {few}, too few for conclusive verdicts")
    if 2 * positives > len(found.y):
        notes.append(
            "WARNING: the positive class is the more frequent one, while observations are about a "
            "rare class"
        )
    return notes
