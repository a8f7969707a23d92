"""Floor of a metric: its score without a model, by the same prediction for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.metrics import floor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.metrics import Metric

LABELS = ("majority", "minority")


def fold_floors(
    metrics: tuple[Metric, ...], counts: Mapping[str, Sequence[int]]
) -> list[tuple[float, ...]]:
    """Return for each fold of a dataset the score of each metric for constant predictions.

    Every row has the share of positives in the training fold.

    Parameters
    ----------
    metrics : tuple of Metric
        The metrics.
    counts : mapping of str to sequence of int
        Class counts of the folds, see :class:`lab.cases.Result`.
    """
    folds = zip(
        *(counts[f"{part}_{label}_rows"] for part in ("train", "test") for label in LABELS),
        strict=True,
    )
    return [
        floor(
            metrics,
            positives / (negatives + positives),
            test_negatives,
            test_positives,
        )
        for negatives, positives, test_negatives, test_positives in folds
    ]
