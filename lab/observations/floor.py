"""Floor of a metric: the best score without a model, by the same prediction for every row."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from lab.metrics import METRICS, floor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.cases import Result
    from lab.metrics import Metric

LABELS = ("majority", "minority")


@dataclass(frozen=True)
class Floor:
    """Best score that needs no model.

    Attributes
    ----------
    how : str
        How to reach it.
    values : tuple of tuple of float
        Its scores, for each dataset one a fold.
    """

    how: str
    values: tuple[tuple[float, ...], ...]

    @property
    def score(self) -> float:
        """Mean over datasets."""
        return fmean(map(fmean, self.values))

    @classmethod
    def of(cls, results: Iterable[Result], name: str) -> Floor:
        """Return the floor of a metric on the datasets of some results, one result for each.

        Only the class counts of the folds are needed.
        """
        metric, counts = METRICS[name], [result.class_counts for result in results]
        flagged, constant = (
            cls(how, tuple(_of_metric(metric, of_dataset, share) for of_dataset in counts))
            for how, share in (
                ("flagging every row", 1.0),
                ("predicting the share of positives for every row", None),
            )
        )
        return constant if metric.is_better(constant.score, flagged.score) else flagged


def _of_metric(
    metric: Metric, counts: Mapping[str, Sequence[int]], share: float | None
) -> tuple[float, ...]:
    return tuple(scores[0] for scores in fold_floors((metric,), counts, share))


def fold_floors(
    metrics: tuple[Metric, ...], counts: Mapping[str, Sequence[int]], share: float | None = None
) -> list[tuple[float, ...]]:
    """Return for each fold of a dataset the score of each metric for constant predictions.

    Parameters
    ----------
    metrics : tuple of Metric
        The metrics.
    counts : mapping of str to sequence of int
        Class counts of the folds, see :class:`lab.cases.Result`.
    share : float, optional
        Probability for every row; by default the share of positives in the training fold.
    """
    folds = zip(
        *(counts[f"{part}_{label}_rows"] for part in ("train", "test") for label in LABELS),
        strict=True,
    )
    return [
        floor(
            metrics,
            positives / (negatives + positives) if share is None else share,
            test_negatives,
            test_positives,
        )
        for negatives, positives, test_negatives, test_positives in folds
    ]
