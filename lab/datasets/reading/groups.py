"""Detection of columns whose values group rows that depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

SAMPLE_SIZE = 20_000  # rows that are looked at
FEW_ROWS = 1_000  # rows in which a fraction is looked for before all others
ROWS_OF_EACH = 10  # rows of each value in a sample of rows
FEWEST_LEVELS = 20  # values that repeat
MANY_LEVELS = 50  # exclude numbers that were cut into bins
REPEATED_SHARE = 0.8  # rows whose value repeats
FEWEST_SHARED = 5  # values with at least two positive rows
# Excess of pairs with one target: 0 is chance, 1 means that each value has one target.
ONE_TARGET = 0.8  # suffices in a column with many levels
SOME_DEPENDENCE = 0.1  # suffices if the rows of a value are alike
FEWEST_OTHERS = 3  # features besides it, since one may be the same number in bins
ALIKE = 0.5  # mean excess over the features of pairs that are alike
DEVIATIONS = 6  # of the excess from its mean over permutations
PERMUTATIONS = 20


@dataclass(frozen=True)
class Group:
    """A column whose values group rows that depend on each other.

    Attributes
    ----------
    column : str
        Its name.
    levels : int
        Number of values that repeat.
    rows : float
        Mean number of rows of such a value.
    one_target : float
        Excess of pairs of rows with one value and one target: 0 is chance, 1 is always.
    alike : float
        Mean excess over the other features: 0 if rows of one value are no more alike than others,
        1 if they are equal.
    """

    column: str
    levels: int
    rows: float
    one_target: float
    alike: float


def find_group(
    columns: Mapping[str, pd.Series],
    X: pd.DataFrame,
    y: NDArray[np.int8],
    dates: Collection[str] = (),
) -> Group | None:
    """Return the column that most clearly groups rows that depend on each other, if any.

    The values of such a column repeat, and its rows share the target: either nearly always, or
    more often than by chance while they are alike in other features, too. A number whose
    neighbouring values share the target as often, such as an age, is an ordinary feature. A column
    that is no feature may have been left out since it gives the target away, so that its rows must
    be alike in any case.

    Parameters
    ----------
    columns : mapping of str to Series
        Candidates, which may be features or not: categories, whole numbers or dates.
    X : DataFrame of shape (n_rows, n_columns)
        The features.
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.
    dates : collection of str
        Candidates that are dates, whose numbers may have fractions.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> patient = np.repeat(np.arange(50), 6)
    >>> y = (rng.permutation(50) < 10).astype(np.int8)[patient]
    >>> X = pd.DataFrame({"patient": patient, "pulse": rng.normal(size=300)}, dtype=float)
    >>> group = find_group({"patient": X["patient"]}, X, y)
    >>> group.column, group.levels, group.rows, group.one_target
    ('patient', 50, 6.0, 1.0)
    """
    found = [
        one
        for name, values in columns.items()
        if (one := _group(name, values, X, y, is_date=name in dates)) is not None
    ]
    return max(found, key=lambda one: one.one_target + one.alike, default=None)


def _group(
    name: str, values: pd.Series, X: pd.DataFrame, y: NDArray[np.int8], *, is_date: bool
) -> Group | None:
    """Return a column as a group if it is one."""
    is_text = isinstance(values.dtype, pd.CategoricalDtype)
    if not (is_text or is_date or _is_whole(values)):
        return None
    codes = _codes(values)
    sizes = np.bincount(codes + 1)[1:]
    repeated = sizes >= 2
    rows, levels = int(sizes[repeated].sum()), int(repeated.sum())
    if levels < FEWEST_LEVELS or rows < REPEATED_SHARE * len(codes):
        return None
    kept = _sample(codes, repeated, rows)
    _, sampled = np.unique(codes[kept], return_inverse=True)
    excess = _one_target(sampled, y[kept], is_ordered=not is_text)
    if excess is None:
        return None
    others = [X[other].iloc[kept] for other in X.columns if other != name]
    alike = _alike(sampled, others, is_ordered=not is_text)
    suffices = name in X.columns and levels >= MANY_LEVELS and min(excess) >= ONE_TARGET
    if not suffices and (alike < ALIKE or len(others) < FEWEST_OTHERS):
        return None
    return Group(name, levels, rows / levels, excess[1], alike)


def _is_whole(values: pd.Series) -> bool:
    """Return whether all numbers are whole."""
    numbers = values.to_numpy()
    with np.errstate(invalid="ignore"):
        for part in (numbers[:FEW_ROWS], numbers):
            if ((np.floor(part) != part) & ~np.isnan(part)).any():
                return False
    return True


def _codes(values: pd.Series) -> NDArray[np.intp]:
    """Return the rank of each row's value, -1 where it is missing."""
    codes: NDArray[np.intp]
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy().astype(np.intp)
    else:
        codes = pd.factorize(values.to_numpy(), sort=True)[0]
    return codes


def _sample(codes: NDArray[np.intp], repeated: NDArray[np.bool_], rows: int) -> NDArray[np.intp]:
    """Return rows whose value repeats: of many values, all rows of some; of few, some of each."""
    rng = np.random.default_rng(0)
    share = SAMPLE_SIZE / rows
    has_many = repeated.sum() > SAMPLE_SIZE / ROWS_OF_EACH
    if share < 1 and has_many:
        repeated = repeated & (rng.random(len(repeated)) < share)
    kept = np.append(repeated, False)[codes]  # the last one is for missing values
    if share < 1 and not has_many:
        kept &= rng.random(len(kept)) < share
    chosen = np.flatnonzero(kept)
    return chosen[np.bincount(codes[chosen], minlength=len(repeated))[codes[chosen]] >= 2]


def _one_target(
    codes: NDArray[np.intp], y: NDArray[np.int8], *, is_ordered: bool
) -> tuple[float, float] | None:
    """Return the excess of pairs with one target over neighbouring values, and over chance.

    None means that it may be chance, or that too few values have two positive rows.
    """
    rng = np.random.default_rng(0)
    sizes = np.bincount(codes)
    positives = np.bincount(codes, weights=y).astype(np.float64)
    share = y.mean()
    chance = 2 * share * (1 - share)
    if (positives >= 2).sum() < FEWEST_SHARED or chance == 0:
        return None
    within = _unequal(positives, sizes)
    if 1 - within / chance < SOME_DEPENDENCE:
        return None
    permuted = [
        _unequal(np.bincount(codes, weights=rng.permutation(y)).astype(np.float64), sizes)
        for _ in range(PERMUTATIONS)
    ]
    if np.mean(permuted) - within < DEVIATIONS * np.std(permuted):
        return None
    excess = 1 - within / chance
    if not is_ordered:
        return excess, excess
    rates = positives / sizes
    first, second = rates[:-1], rates[1:]
    weights = np.minimum(sizes[:-1], sizes[1:])
    between = np.average(first * (1 - second) + second * (1 - first), weights=weights)
    return float((between - within) / chance), float(excess)


def _unequal(positives: NDArray[np.float64], sizes: NDArray[np.intp]) -> float:
    """Return the share of pairs of rows with one value but two targets, averaged over rows."""
    return float((2 * positives * (sizes - positives) / (sizes - 1)).sum() / sizes.sum())


def _alike(codes: NDArray[np.intp], features: list[pd.Series], *, is_ordered: bool) -> float:
    """Return the mean over features of the excess of alike pairs with one value.

    A row is compared with one of its own value, and with one of the next value, of any other value
    if they have no order.
    """
    rng = np.random.default_rng(0)
    order = np.lexsort((rng.random(len(codes)), codes))
    sizes = np.bincount(codes)
    starts = np.cumsum(sizes) - sizes
    own = np.arange(1, len(codes) + 1)
    own[starts + sizes - 1] = starts
    values = np.arange(len(sizes)) if is_ordered else rng.permutation(len(sizes))
    following = np.empty_like(values)
    following[values] = np.roll(values, -1)
    following = following[codes[order]]
    other = starts[following] + rng.integers(0, 1 << 30, len(codes)) % sizes[following]
    excess = []
    for feature in features:
        column = feature.iloc[order]
        if isinstance(column.dtype, pd.CategoricalDtype):
            cells = column.cat.codes.to_numpy()
            within, between = (float((cells != cells[pair]).mean()) for pair in (own, other))
        else:
            cells = column.rank().fillna(0).to_numpy()
            within, between = (float(((cells - cells[pair]) ** 2).mean()) for pair in (own, other))
        if between > 0:
            excess.append(1 - within / between)
    return float(np.mean(excess)) if excess else 0.0
