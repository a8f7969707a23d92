"""Detection of single columns that give the target away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset

BINS = 20
SAMPLE_SIZE = 100_000  # rows of each class, at most


def area(values: pd.Series, y: NDArray[np.int8]) -> float:
    """Return the area under the ROC curve of one column, taken as a score.

    The better direction counts. Missing values rank below or above all others, whichever is
    better, since a column that is filled in for one class only gives the target away, too.
    """
    rng = np.random.default_rng(0)
    rows = [np.flatnonzero(y == label) for label in (0, 1)]
    rows = [rng.choice(r, SAMPLE_SIZE, replace=False) if len(r) > SAMPLE_SIZE else r for r in rows]
    if isinstance(values.dtype, pd.CategoricalDtype):
        numbers = _rates(values, y, rng)
        return _auc(numbers[rows[0]], numbers[rows[1]])
    best = 0.0
    numbers = values.to_numpy()
    negative, positive = numbers[rows[0]], numbers[rows[1]]
    missing = [np.isnan(negative), np.isnan(positive)]
    extremes = (-np.inf, np.inf) if any(part.any() for part in missing) else (0.0,)
    for extreme in extremes:
        filled = [
            np.where(gaps, extreme, part)
            for gaps, part in zip(missing, (negative, positive), strict=True)
        ]
        alone = _auc(*filled)
        best = max(best, alone, 1 - alone)
    return best


def strongest(dataset: Dataset) -> tuple[str, float]:
    """Return the column that ranks the classes best alone, and its area under the ROC curve.

    Numbers are also cut into bins, whose rates of positives are estimated on other rows, so that a
    column with positives in the middle is found, too.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from lab.datasets.dataset import Dataset
    >>> rng = np.random.default_rng(0)
    >>> y = (rng.random(400) < 0.2).astype(np.int8)
    >>> X = pd.DataFrame({"noise": rng.normal(size=400), "refund": y * rng.random(400)})
    >>> strongest(Dataset("orders", X, y, "made up"))
    ('refund', 1.0)
    """
    best = ("", 0.0)
    for name in dataset.X.columns:
        values = dataset.X[name]
        alone = area(values, dataset.y)
        if not isinstance(values.dtype, pd.CategoricalDtype):
            alone = max(alone, area(_binned(values), dataset.y))
        if alone > best[1]:
            best = (str(name), alone)
    return best


def _binned(values: pd.Series) -> pd.Series:
    """Return numbers as categories with about the same number of rows."""
    return pd.qcut(values, BINS, labels=False, duplicates="drop").astype("category")


def _rates(values: pd.Series, y: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the share of positives of each row's level, in the other half of the rows.

    In its own half, each row of a rare level would predict itself.
    """
    codes = values.cat.codes.to_numpy().astype(np.intp) + 1  # 0 is missing
    half = rng.permutation(len(y)) % 2
    rates = np.empty(len(y))
    for part in (0, 1):
        other = half != part
        size = int(codes.max()) + 1
        positive = np.bincount(codes[other], weights=y[other], minlength=size)
        total = np.bincount(codes[other], minlength=size)
        share = np.divide(positive, total, out=np.full(size, y[other].mean()), where=total > 0)
        rates[half == part] = share[codes[half == part]]
    return rates


def _auc(negative: NDArray[np.float64], positive: NDArray[np.float64]) -> float:
    """Return the probability that a positive row ranks above a negative one; ties count half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    not_above = np.searchsorted(ordered, positive, "right")
    return float((below + not_above).mean() / 2 / len(ordered))
