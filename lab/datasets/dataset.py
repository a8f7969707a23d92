"""Dataset: a table of features with a binary target, and the digest of its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from lab.datasets.content import DIGITS, canonical, canonical_table, digest_of, update
from lab.datasets.equal_rows import copy_codes
from lab.errors import LabError
from lab.metrics import METRICS
from lab.splits import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from lab.datasets.column import Column


# The square of a larger number, which a variance takes, would overflow a double.
LARGEST_NUMBER = 1e100
# Share of rows without a value from which a column gets an indicator of its gaps.
GAP_SHARE = 0.01
SIZES = ("rows", "minority_rows", "columns", "categorical", "missing")
KEYS = ("group", "time")  # columns by which rows may be split; never features


class DatasetError(LabError):
    """A dataset that cannot be loaded, stored or used."""


def has_gaps(missing: int, rows: int) -> bool:
    """Return whether so many values of a column are missing that these may be a signal."""
    return GAP_SHARE * rows <= missing < rows


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table of features and a binary target.

    Attributes
    ----------
    name : str
        Permanent name, the first part of every case id.
    X : DataFrame of shape (n_rows, n_columns)
        Raw features: numbers as float64, all else as categories of text, missing values as NaN.
    y : ndarray of shape (n_rows,), dtype int8
        The target; 1 is the positive class.
    source : str
        Where the table comes from, in words.
    notes : tuple of str
        Remarks for the user, such as dropped columns and warnings.
    target : str
        The positive class as ``column = value``, if the user chose the column.
    schema : tuple of Column
        All columns of the user's table, and how they were read; empty for other tables.
    row_numbers : ndarray of shape (n_rows,), dtype int64, or None
        Rows of the table as read, counted from 0, if some were left out.
    missing_words : tuple of str
        Words that mean a missing value in the user's file.
    group : Series of shape (n_rows,) or None
        The customer, say, whose rows depend on each other. Represented as a feature is, and named
        after its column; a row without a value is a group of its own.
    time : Series of shape (n_rows,), float64, or None
        When each row was observed, without missing values; called like its column.
    time_unit : {"days", "seconds", ""}
        Unit of time; empty for numbers whose unit is unknown.
    positive : str
        The positive value of a user's target.
    holdout : Dataset or None
        Further rows with the same columns, on which fits to all rows are tested once.
    values : DataFrame of shape (n_rows, n_value_columns) or None
        Numbers that a metric or a goal asks for by row, such as an amount: float64, without
        missing values, called like their columns. The digest does not cover them.
    value_notes : tuple of str
        Remarks on the value columns. No result repeats them, as they depend on what asks for these.
    """

    name: str
    X: pd.DataFrame
    y: NDArray[np.int8]
    source: str
    notes: tuple[str, ...] = ()
    target: str = ""
    schema: tuple[Column, ...] = ()
    row_numbers: NDArray[np.int64] | None = None
    missing_words: tuple[str, ...] = ()
    group: pd.Series | None = None
    time: pd.Series | None = None
    time_unit: str = ""
    positive: str = ""
    holdout: Dataset | None = None
    values: pd.DataFrame | None = None
    value_notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Represent equal values in one way, so that equal digests mean equal features."""
        object.__setattr__(self, "X", canonical_table(self.X))
        for key in KEYS:
            if (column := getattr(self, key)) is not None:
                object.__setattr__(self, key, canonical(column).rename(column.name))
        if self.values is not None:
            object.__setattr__(self, "values", canonical_table(self.values))

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def minority_rows(self) -> int:
        """Number of positive rows."""
        return int(self.y.sum())

    @cached_property
    def numeric(self) -> list[str]:
        """Names of the numeric columns, in order."""
        return [c for c in self.X.columns if pd.api.types.is_numeric_dtype(self.X[c])]

    @cached_property
    def categorical(self) -> list[str]:
        """Names of the categorical columns, in order."""
        numeric = set(self.numeric)
        return [c for c in self.X.columns if c not in numeric]

    @cached_property
    def gaps(self) -> list[str]:
        """Names of the columns with enough missing values for an indicator, in order."""
        return [c for c in self.X.columns if has_gaps(int(self.X[c].isna().sum()), self.rows)]

    @property
    def sizes(self) -> dict[str, int]:
        """Sizes of the table, named as in :class:`Entry`."""
        missing = int(sum(self.X[name].isna().sum() for name in self.X.columns))
        figures = (self.rows, self.minority_rows, self.X.shape[1], len(self.categorical), missing)
        return dict(zip(SIZES, figures, strict=True))

    @property
    def group_column(self) -> str:
        """Name of the group column, or an empty text."""
        return "" if self.group is None else str(self.group.name)

    @property
    def time_column(self) -> str:
        """Name of the time column, or an empty text."""
        return "" if self.time is None else str(self.time.name)

    @property
    def value_columns(self) -> tuple[str, ...]:
        """Names of the value columns, in order."""
        return () if self.values is None else tuple(map(str, self.values.columns))

    def positions(self, rows: NDArray[np.integer]) -> NDArray[np.integer]:
        """Return the positions of rows that are numbered as in the table as read."""
        return rows if self.row_numbers is None else np.searchsorted(self.row_numbers, rows)

    @cached_property
    def times(self) -> int:
        """Number of distinct times; 0 if they are unknown."""
        return 0 if self.time is None else int(self.time.nunique())

    @cached_property
    def groups(self) -> NDArray[np.int64] | None:
        """Number of each row's group; None if groups are unknown."""
        if self.group is None:
            return None
        codes: NDArray[np.int64] = pd.factorize(self.group, sort=False)[0].astype(np.int64)
        alone = np.flatnonzero(codes < 0)
        codes[alone] = codes.max() + 1 + np.arange(len(alone))
        return codes

    @property
    def number_of_groups(self) -> int:
        """Number of groups; 0 if they are unknown."""
        return 0 if self.groups is None else len(np.unique(self.groups))

    def split_rows(self, *, copies: bool = False) -> Rows:
        """Return what a split has to know of the rows; their copies only if it asks for them."""
        time = None if self.time is None else self.time.to_numpy()
        copy = self.copies if copies else None
        return Rows(self.y, self.groups, time, self.time_unit, copy)

    @cached_property
    def copies(self) -> NDArray[np.int64]:
        """Number of each row, the same for rows that equal each other."""
        return copy_codes(self.X, self.y)

    @cached_property
    def digest(self) -> str:
        """Digest of the full content: the first 32 hexadecimal digits of a SHA-256.

        Covers column names, their order, every value, the target, groups and times. Library
        upgrades do not change it, see :func:`lab.datasets.content.update`.
        """
        content = hashlib.sha256()
        for name in self.X.columns:
            update(content, str(name), self.X[name])
        content.update(self.y.astype("i1").tobytes())
        for key in KEYS:
            if (column := getattr(self, key)) is not None:
                update(content, f"{key}\0{column.name}\0{self.time_unit}", column)
        if self.row_numbers is not None:  # predictions name them
            content.update(self.row_numbers.astype("<i8").tobytes())
        return content.hexdigest()[:DIGITS]

    @property
    def identity(self) -> str:
        """Digest of everything about the dataset that a result depends on or repeats.

        Of the value columns these are the ones that metrics ask for.
        """
        notes = tuple(self.notes)
        facts: tuple[Any, ...] = (self.name, self.digest, self.source, self.target, notes)
        if self.schema:  # the logged model reads further rows in the same way
            facts += (self.schema, self.missing_words)
        if self.holdout is not None:
            facts += (self.holdout.identity,)
        asked = [name for name in self.value_columns if name in METRICS.columns]
        if self.values is not None and asked:
            facts += (digest_of(self.values, asked),)
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:DIGITS]


@dataclass(frozen=True)
class Entry:
    """Facts about a dataset that are known before it is loaded.

    Attributes
    ----------
    collection : str
        ``core`` (the default of a session), ``large``, ``generated``, ``imblearn``, ``openml`` or
        ``own``.
    rows, minority_rows, columns : int
        Numbers of rows, of positive rows and of features.
    load : callable
        Loads the dataset.
    categorical, missing : int or None
        Numbers of categorical columns and of missing values; None before a download.
    notes, schema
        See :class:`Dataset`.
    available : bool
        Whether it can be loaded without a download. If not, its figures are the publisher's.
    baseline : Path or None
        The baseline file of this dataset alone, if it has one.
    group_column, time_column : str
        Names of the columns by which rows may be split, or empty texts.
    times : int
        Number of distinct times; 0 if they are unknown.
    value_columns : tuple of str
        Names of the columns that a metric or a goal can ask for.
    """

    name: str
    collection: str
    title: str
    rows: int
    minority_rows: int
    columns: int
    load: Callable[[], Dataset]
    categorical: int | None = None
    missing: int | None = None
    licence: str = ""
    notes: tuple[str, ...] = ()
    schema: tuple[Column, ...] = ()
    available: bool = True
    baseline: Path | None = None
    group_column: str = ""
    time_column: str = ""
    times: int = 0
    value_columns: tuple[str, ...] = ()

    @property
    def sizes(self) -> dict[str, Any]:
        """Sizes of the table; see :attr:`Dataset.sizes`."""
        return {name: getattr(self, name) for name in SIZES}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], load: Callable[[], Dataset], **more: Any) -> Self:
        """Return the entry of a dataset from its stored facts."""
        stated = ("name", "title", *SIZES, "licence")
        # Earlier versions named the collection of a copy its group.
        collection = facts["collection"] if "collection" in facts else facts["group"]
        values = {key: facts[key] for key in stated}
        keys = {key: facts.get(key, "") for key in ("group_column", "time_column")}
        keys["times"] = facts.get("times", 0)
        keys["value_columns"] = tuple(facts.get("value_columns", ()))
        return cls(load=load, collection=collection, **values, **keys, **more)
