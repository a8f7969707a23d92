"""Holdout: scores of a fit to all rows on rows of another table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Interval = tuple[float, float]


@dataclass(frozen=True)
class Holdout:
    """Test of a case on its dataset's holdout.

    Attributes
    ----------
    source, digest : str
        File and content of the holdout.
    rows, minority_rows : int
        Its rows, and its positive rows.
    scores : dict of str to float
        Score of each metric. There is one test, so that there is no deviation over folds.
    intervals : dict of str to tuple of float
        95 % intervals of some of the scores, by resampled rows or groups.
    resampled : str
        What was resampled: ``rows`` or ``groups``.
    predictions : DataFrame or None
        Columns ``row y_true y_score y_pred``; None if they are in a file.
    """

    source: str
    digest: str
    rows: int
    minority_rows: int
    scores: dict[str, float]
    intervals: dict[str, Interval]
    resampled: str
    predictions: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    @property
    def figures(self) -> dict[str, float]:
        """Scores as ``holdout/NAME``, with the ends of their intervals."""
        found = {f"holdout/{name}": score for name, score in self.scores.items()}
        for name, (low, high) in self.intervals.items():
            found |= {f"holdout/{name}_low": low, f"holdout/{name}_high": high}
        return found

    def to_json(self) -> dict[str, Any]:
        """Return all but the predictions as JSON values."""
        return {name: value for name, value in vars(self).items() if name != "predictions"}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the test of :meth:`to_json`."""
        intervals = {name: (low, high) for name, (low, high) in content["intervals"].items()}
        return cls(**{**content, "intervals": intervals})
