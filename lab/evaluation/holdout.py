"""Test of a case on its dataset's holdout: one fit to all rows, and an interval of each score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.cases import Holdout
from lab.evaluation.scoring import row_values, score_fold
from lab.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset
    from lab.metrics.metric import Table

REPLICATES = 400  # of the holdout
CONFIDENCE = 0.95
# Scores with an interval: those in tables.
SHOWN: tuple[Table, ...] = ("scores", "strategies")


def holdout_metrics(columns: Collection[str] = ()) -> list[str]:
    """Return the names of the metrics that get an interval, given the holdout's value columns."""
    shown = dict.fromkeys(m.name for table in SHOWN for m in METRICS.shown_in(table))
    given = METRICS.given(columns)
    return [name for name in shown if name in given]


def score_holdout(
    held_out: Dataset, y_score: NDArray[np.float64], y_pred: NDArray[np.int8], seed: int
) -> Holdout:
    """Return the scores of predictions of a holdout.

    The interval of a score holds the middle 95 % of its values on resampled rows; if groups are
    known, whole groups are resampled, since their rows depend on each other.

    Parameters
    ----------
    held_out : Dataset
        The holdout.
    y_score, y_pred : ndarray of shape (n_rows,)
        Probability of class 1, and predicted class.
    seed : int
        Seed of the resampling.

    References
    ----------
    Field and Welsh, "Bootstrapping Clustered Data", Journal of the Royal Statistical Society B 69,
    2007. https://doi.org/10.1111/j.1467-9868.2007.00593.x
    """
    y, names = held_out.y, holdout_metrics(held_out.value_columns)
    values = held_out.values
    drawn = [
        score_fold(y[rows], y_pred[rows], y_score[rows], names, row_values(values, rows))
        for rows in _resampled(y, held_out.groups, seed)
    ]
    tail = 100 * (1 - CONFIDENCE) / 2
    intervals = {}
    for name in names:
        low, high = np.percentile([scores[name] for scores in drawn], [tail, 100 - tail])
        intervals[name] = (float(low), float(high))
    numbers = held_out.row_numbers
    row = np.arange(held_out.rows) if numbers is None else numbers
    columns = {"row": row.astype(np.int32), "y_true": y, "y_score": y_score, "y_pred": y_pred}
    return Holdout(
        source=held_out.source,
        digest=held_out.digest,
        rows=held_out.rows,
        minority_rows=held_out.minority_rows,
        scores=score_fold(y, y_pred, y_score, values=row_values(values)),
        intervals=intervals,
        resampled="rows" if held_out.groups is None else "groups",
        predictions=pd.DataFrame(columns),
    )


def _resampled(
    y: NDArray[np.int8], groups: NDArray[np.int64] | None, seed: int
) -> Iterator[NDArray[np.intp]]:
    """Yield rows drawn with replacement, one by one or by group, with both classes."""
    rng = np.random.RandomState(seed)
    if groups is not None:
        order = np.argsort(groups, kind="stable")
        members = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    drawn = 0
    while drawn < REPLICATES:
        if groups is None:
            rows = rng.randint(0, len(y), len(y))
        else:
            rows = np.concatenate([members[i] for i in rng.randint(0, len(members), len(members))])
        if 0 < y[rows].sum() < len(rows):
            drawn += 1
            yield rows
