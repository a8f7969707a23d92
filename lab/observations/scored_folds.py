"""Tested rows of a case by fold, as goals see them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from lab.metrics import ScoredRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from lab.cases import Result
    from lab.cases.row_facts import RowFacts


def scored_folds(
    result: Result,
    predictions: pd.DataFrame,
    facts: RowFacts | None = None,
    prevalence: float | None = None,
) -> list[list[ScoredRows]]:
    """Return the tested rows of each repeat and fold.

    Parameters
    ----------
    result : Result
        The case.
    predictions : DataFrame with columns ``fold row y_true y_score y_pred``
        Its out-of-fold predictions.
    facts : RowFacts, optional
        Times and value columns of its dataset.
    prevalence : float, optional
        Share of positives to assume, between 0 and 1: rows are weighted and odds corrected, as if
        only that share had changed (Elkan 2001; Saerens et al. 2002).
    """
    predictions = predictions.sort_values("fold", kind="stable")
    fold, row, y_true = (predictions[name].to_numpy() for name in ("fold", "row", "y_true"))
    y_score = predictions["y_score"].to_numpy(dtype=np.float64)
    weights, shift = (1.0, 1.0), 0.0
    if prevalence is not None:
        share = float(np.mean(y_true))
        weights = ((1 - prevalence) / (1 - share), prevalence / share)
        shift = math.log(weights[1] / weights[0])
    place = None if facts is None else facts.place(row)
    ends = [0, *(np.flatnonzero(np.diff(fold)) + 1), len(fold)]
    times = np.unique(facts.time) if facts is not None and facts.time is not None else None
    folds = []
    for start, end in pairwise(ends):
        time, around, values = None, (-math.inf, math.inf), {}
        if facts is not None and place is not None:
            here = place[start:end]
            values = {name: column[here] for name, column in facts.values.items()}
            if facts.time is not None and times is not None:
                time = facts.time[here]
                around = _around(times, float(time.min()), float(time.max()))
        folds.append(
            ScoredRows(
                np.ascontiguousarray(y_true[start:end]),
                np.ascontiguousarray(y_score[start:end]),
                values,
                time,
                "" if facts is None else facts.unit,
                around,
                weights,
                shift,
            )
        )
    size = result.protocol.folds
    return [folds[start : start + size] for start in range(0, len(folds), size)]


def _around(times: np.ndarray, first: float, last: float) -> tuple[float, float]:
    """Return the last time before a window, and the first after it."""
    before, after = np.searchsorted(times, first), np.searchsorted(times, last, side="right")
    return (
        float(times[before - 1]) if before else -math.inf,
        float(times[after]) if after < len(times) else math.inf,
    )


def constant_folds(
    folds: Sequence[Sequence[ScoredRows]], result: Result, *, alike: bool
) -> list[list[ScoredRows]]:
    """Return the same folds, where all rows of a fold have the same probability.

    Parameters
    ----------
    folds : sequence of sequence of ScoredRows
        Tested rows by repeat and fold.
    result : Result
        The case that they are of.
    alike : bool
        Whether it is the same in all folds, so that a cutoff chosen on some flags the rows of the
        others, too: the mean share of positives in the training folds. Otherwise each fold has the
        share in its own.
    """
    counts = result.class_counts
    pairs = zip(counts["train_majority_rows"], counts["train_minority_rows"], strict=True)
    shares = [positives / (negatives + positives) for negatives, positives in pairs]
    of_folds = iter([fmean(shares)] * len(shares) if alike else shares)
    return [
        [replace(one, y_score=np.full(len(one.y_true), next(of_folds))) for one in repeat]
        for repeat in folds
    ]
