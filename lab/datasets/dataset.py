"""A table with a rare positive class, and the digest that names its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray


# The square of a larger number, which a variance takes, would overflow a double.
LARGEST = 1e100
SIZES = ("rows", "minority_rows", "columns", "categorical", "missing")


class DatasetError(LabError):
    """A dataset that cannot be used as it is."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A feature table and a binary target.

    Attributes
    ----------
    name : str
        Permanent name, first part of every case id.
    X : DataFrame of shape (n_rows, n_columns)
        Raw features: numbers as numbers, categories as categories, missing as missing.
    y : ndarray of shape (n_rows,), dtype int8
        The target; 1 is the minority class.
    source : str
        Where the table comes from, in words.
    notes : tuple of str
        What is to be known of it: what was dropped, what looks wrong.
    target : str
        Which value of which column is the positive class, where a user chose.
    """

    name: str
    X: pd.DataFrame
    y: NDArray[np.int8]
    source: str
    notes: tuple[str, ...] = ()
    target: str = ""

    def __post_init__(self) -> None:
        """Hold equal values in one way, so that an equal digest means equal features."""
        columns = {name: _canonical(self.X[name]) for name in self.X.columns}
        object.__setattr__(self, "X", pd.DataFrame(columns, index=self.X.index, copy=False))

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def minority_rows(self) -> int:
        """Number of rows of the minority class."""
        return int(self.y.sum())

    @cached_property
    def numeric(self) -> list[str]:
        """Names of the numeric columns, in order."""
        return [c for c in self.X.columns if pd.api.types.is_numeric_dtype(self.X[c])]

    @cached_property
    def categorical(self) -> list[str]:
        """Names of all other columns, in order."""
        numeric = set(self.numeric)
        return [c for c in self.X.columns if c not in numeric]

    @property
    def sizes(self) -> dict[str, int]:
        """What a file of facts states of the size, by the names that :class:`Entry` has."""
        missing = int(sum(self.X[name].isna().sum() for name in self.X.columns))
        figures = (self.rows, self.minority_rows, self.X.shape[1], len(self.categorical), missing)
        return dict(zip(SIZES, figures, strict=True))

    @cached_property
    def digest(self) -> str:
        """Digest of the full content: 32 hexadecimal digits of a SHA-256.

        Covers column names, their order, every value and the target, and depends on nothing that
        a library upgrade may change: numbers are hashed as little-endian float64, categories as
        UTF-8 text.
        """
        content = hashlib.sha256()
        for name in self.X.columns:
            content.update(f"\n{name}\n".encode())
            column = self.X[name]
            if pd.api.types.is_numeric_dtype(column):
                content.update(column.to_numpy(dtype="<f8").tobytes())
            else:
                codes, levels = pd.factorize(column, sort=False)
                content.update("\0".join(levels).encode())
                content.update(codes.astype("<i4").tobytes())
        content.update(self.y.astype("i1").tobytes())
        return content.hexdigest()[:32]

    @property
    def identity(self) -> str:
        """What tells it from others in all that a result says of it."""
        facts = (self.name, self.digest, self.source, self.target, tuple(self.notes))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Entry:
    """What is known of a dataset before it is loaded.

    Attributes
    ----------
    collection : str
        ``core`` (the default of a session), ``large``, ``generated``, ``imblearn``, ``openml`` or
        ``own``.
    rows, minority_rows, columns : int
        Its size; columns are feature columns.
    load : callable
        Loads it.
    categorical, missing : int or None
        Columns that are categories, and missing values; None if that is not known yet.
    notes : tuple of str
        See :class:`Dataset`.
    available : bool
        Whether it can be loaded. Else it has to be downloaded first, and its figures are those of
        a catalogue.
    baseline : Path or None
        The file that its scores and verdicts are recorded in, if it has one of its own.
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
    available: bool = True
    baseline: Path | None = None

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], load: Callable[[], Dataset], **more: Any) -> Self:
        """Return the entry of a dataset that a file states the facts of."""
        stated = ("name", "title", *SIZES, "licence")
        # Copies that were downloaded when a collection was called a group stay usable.
        collection = facts["collection"] if "collection" in facts else facts["group"]
        values = {key: facts[key] for key in stated}
        return cls(load=load, collection=collection, **values, **more)


def _canonical(column: pd.Series) -> pd.Series:
    """Return a column as float64, or as a category of text; missing is NaN in both."""
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        # Every NaN gets one bit pattern, and -0.0 becomes 0.0.
        canonical = np.where(np.isnan(values), np.nan, values + 0.0)
        if column.dtype == np.float64 and np.array_equal(canonical.view("i8"), values.view("i8")):
            return column  # not a copy: it may be mapped from a file
        return pd.Series(canonical, index=column.index)
    codes, levels = pd.factorize(column, sort=False)
    texts = pd.Index([str(level) for level in levels], dtype=object)
    return pd.Series(pd.Categorical.from_codes(codes, texts), index=column.index)
