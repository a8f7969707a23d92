"""Rows as they are in a user's file, turned into the features that a model was fitted to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from lab.estimators import cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

CATEGORIES, FILLED = "categories", "filled in or not"  # as in lab.datasets.column
CONVERTERS = {
    "booleans": cells.boolean,
    "dates": cells.days,
    "times": cells.seconds_of_day,
    "durations": cells.seconds,
}
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
SHOWN = 80  # characters of a cell in a message
NAMES_SHOWN = 10  # columns in a message
NAMELESS = "Unnamed: "  # what pandas.read_csv calls columns without a name, with their number


class _UnclearError(ValueError):
    """A cell with two possible meanings, which the message names, with a remedy."""


class RawRows(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Transformer of rows as ``pandas.read_csv`` or JSON gives them.

    Columns may have any type that fits: whole numbers or not, text, booleans, dates or their ISO
    text, with gaps. Columns that the model does not use are ignored.

    Parameters
    ----------
    columns : list of dict
        The features, in order. Each has a ``name``, a ``kind`` and a ``treatment`` as in
        :class:`lab.datasets.column.Column`, and optionally

        - ``decimal``, ``thousands``, ``unit``: the notation of its numbers as text;
        - ``levels``: known levels that pandas reads as numbers or booleans, separated by spaces;
        - ``typed``: whether words that mean missing do not apply.
    missing : list of str
        Words that mean a missing value.

    Examples
    --------
    >>> rooms = {"name": "rooms", "kind": "numbers", "treatment": "number"}
    >>> bought = {"name": "bought", "kind": "dates", "treatment": "number"}
    >>> rows = pd.DataFrame({"bought": ["1970-01-02", None], "more": [1, 2], "rooms": ["3", "?"]})
    >>> RawRows([rooms, bought], missing=["?"]).transform(rows)
       rooms  bought
    0    3.0     1.0
    1    NaN     NaN
    """

    def __init__(self, columns: list[dict[str, Any]], missing: list[str]) -> None:
        self.columns = columns
        self.missing = missing

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        """Do nothing: the parameters describe the columns completely."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, X: Any) -> pd.DataFrame:
        """Return the features: numbers as float64, all else as categories of text.

        Raises
        ------
        ValueError
            A column is missing, or a cell cannot be converted.
        """
        X = X if isinstance(X, pd.DataFrame) else pd.DataFrame(X)
        places = _places(X)
        found = {}
        for column in self.columns:
            values = X.iloc[:, _place(column["name"], places, X)]
            found[column["name"]] = self._feature(column, values)
        return pd.DataFrame(found, index=X.index, copy=False)

    def _feature(self, column: dict[str, Any], values: pd.Series) -> Any:
        words = frozenset(() if column.get("typed") else self.missing)
        if column["treatment"] == CATEGORIES:
            return _categories(column, values, words)
        if column["treatment"] == FILLED:
            texts = _each(column, values, words, partial(_text, {}))
            return np.array([text is not None for text in texts], dtype=np.float64)
        array = _array(column, values, words)
        if array is None:
            convert = CONVERTERS.get(column["kind"]) or partial(_number, column)
            array = np.array(_each(column, values, words, convert), dtype=np.float64)
        return array


def _places(X: pd.DataFrame) -> dict[str, list[int]]:
    """Return the positions of columns by name, and by name without surrounding spaces."""
    places: dict[str, list[int]] = {}
    for position, name in enumerate(map(str, X.columns)):
        for key in {name, name.strip(), "" if name.startswith(NAMELESS) else name}:
            places.setdefault(key, []).append(position)
    return places


def _place(name: str, places: dict[str, list[int]], X: pd.DataFrame) -> int:
    found = places.get(name, [])
    if len(found) > 1:
        found = [position for position in found if X.columns[position] == name] or found
    if len(found) > 1 and not name:  # the lab leaves out empty columns without a name
        found = [position for position in found if X.iloc[:, position].notna().any()] or found
    if len(found) == 1:
        return found[0]
    shown = f"column {name!r}" if name else "the column without a name"
    if found:
        raise ValueError(f"{shown} is there {len(found)} times: give each column its own name")
    names = ", ".join(repr(str(one)) for one in X.columns[:NAMES_SHOWN])
    more = ", ..." if len(X.columns) > NAMES_SHOWN else ""
    raise ValueError(f"{shown} is missing: the rows have {names}{more}")


def _array(
    column: dict[str, Any], values: pd.Series, words: frozenset[str]
) -> NDArray[np.float64] | None:
    """Return numbers, moments or durations of a NumPy type at once; None for other columns."""
    kind, dtype = column["kind"], values.dtype
    if kind == "numbers" and pd.api.types.is_numeric_dtype(dtype):
        if pd.api.types.is_bool_dtype(dtype) or dtype.kind == "c":
            return None
        array = values.to_numpy(dtype=np.float64, na_value=np.nan)
        if numbers := [n for n in map(cells.spelled, words) if isinstance(n, float)]:
            array = np.where(np.isin(array, numbers), np.nan, array)
        if dtype.kind == "f" and _may_be_thousands(column, array).any():
            return None
        too_large = np.abs(array) > cells.LARGEST_NUMBER
        return None if too_large.any() else array
    is_moment = kind == "dates" and dtype.kind == "M"
    if not is_moment and not (kind == "durations" and dtype.kind == "m"):
        return None
    if isinstance(dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    elif not isinstance(dtype, np.dtype):
        return None
    moments = values.to_numpy()
    unit = PER_SECOND[np.datetime_data(moments.dtype)[0]] * (86_400 if is_moment else 1)
    gaps = np.isnat(moments)
    return np.where(gaps, np.nan, moments.astype(np.int64).astype(np.float64) / unit)


def _may_be_thousands(column: dict[str, Any], numbers: Any) -> Any:
    """Return whether floats may stand for 12.500 or 12.000 where a dot separates thousands.

    Others cannot: pandas reads 1.234.567 as text, and a whole number from 1000 has no dot.
    """
    if "." not in column.get("thousands", ""):
        return np.zeros_like(numbers, dtype=bool)
    is_open = (numbers % 1 != 0) | ((np.abs(numbers) < 1000) & (numbers != 0))
    return is_open & ~np.isnan(numbers)


def _number(column: dict[str, Any], cell: Any) -> float:
    thousands = column.get("thousands", "")
    value = cells.number(cell, column.get("decimal", "."), thousands, column.get("unit", ""))
    if isinstance(cell, float | np.floating) and _may_be_thousands(column, value):
        raise _UnclearError("where a dot may separate thousands")
    return value


def _text(levels: dict[Any, list[str]], cell: Any) -> str:
    """Return a cell as text; a number or boolean as the known level that pandas reads so."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        return cell.decode()
    if isinstance(cell, bool | np.bool_):
        key: Any = ("boolean", bool(cell))
    elif isinstance(cell, int | float | np.number):
        key = float(cell)
    else:
        return str(cell)
    known = levels.get(key) or [cells.plain(cell)]
    if len(known) > 1:
        raise _UnclearError(f"which may be {' or '.join(map(repr, sorted(known)))}")
    return known[0]


def _categories(column: dict[str, Any], values: pd.Series, words: frozenset[str]) -> pd.Categorical:
    levels: dict[Any, list[str]] = {}
    for level in column.get("levels", "").split():
        value = cells.spelled(level)
        levels.setdefault(("boolean", value) if isinstance(value, bool) else value, []).append(
            level
        )
    texts = _each(column, values, words, partial(_text, levels))
    codes, found = pd.factorize(np.array(texts, dtype=object))
    return pd.Categorical.from_codes(codes, pd.Index(found, dtype=object))


def _each(
    column: dict[str, Any],
    values: pd.Series,
    words: frozenset[str],
    convert: Callable[[Any], Any],
) -> list[Any]:
    """Return each cell converted, each distinct one once; None for missing cells.

    Raises
    ------
    ValueError
        A cell cannot be converted.
    """
    known: dict[tuple[type, Any], Any] = {}
    converted = []
    for position, cell in enumerate(values.astype(object).to_list()):
        try:
            key = (type(cell), cell)
            if key not in known:
                known[key] = _one(cell, words, convert)
            converted.append(known[key])
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise ValueError(_refusal(column, cell, position + 1, error)) from None
    return converted


def _one(cell: Any, words: frozenset[str], convert: Callable[[Any], Any]) -> Any:
    if is_text := isinstance(cell, str):
        cell = cell.strip()
    if cells.is_missing(cell) or (is_text and not cell):
        return None
    if words and (cell if is_text else cells.plain(cell)) in words:
        return None
    return convert(cell)


def _refusal(column: dict[str, Any], cell: Any, row: int, error: Exception) -> str:
    shown = repr(cell.item() if isinstance(cell, np.generic) else cell)[:SHOWN]
    where = f"column {column['name']!r} has {shown} in row {row:,}"
    if isinstance(error, _UnclearError):
        return f"{where}, {error}: pass its cells as text, such as by read_csv(file, dtype=str)"
    noun = cells.NOUNS.get(column["kind"], "text")
    return f"{where}, which is not {noun}: correct the cell or leave it empty"
