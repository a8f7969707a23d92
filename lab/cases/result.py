"""Result: the scores, predictions and figures of an evaluated case."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

import pandas as pd

from lab.cases.case import Case
from lab.cases.holdout import Holdout
from lab.cases.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

ScoresByFold = dict[str, list[float]]

NO_ROW = "no row was added or removed in any fold"  # a note of a result


@dataclass(frozen=True, repr=False)
class Result:
    """Scores, predictions and figures of an evaluated case.

    Attributes
    ----------
    case : Case
        The evaluated case.
    protocol : Protocol
        Its cross-validation.
    dataset : dict
        Name, digest, source, rows, minority rows and columns of the data.
    scores : dict of str to list of float
        For each metric its scores, one per fold.
    seconds : dict of str to list of float
        ``fit_seconds`` and ``predict_seconds``, one value per fold.
    class_counts : dict of str to list of int
        Rows of each class in the training fold (``train_*``), after resampling (``resampled_*``)
        and in the test fold (``test_*``), one value per fold.
    params : dict
        Parameters of the classifier under their own names, those of other steps as
        ``step__name``; values that depend on class counts are those for the whole dataset.
    definition : str
        Steps of strategy and model, with the parameters that are not the library's defaults.
    notes : list of str
        Departures of the strategy from its usual way, remarks on the dataset, and warnings of the
        libraries while fitting, each once.
    predictions : DataFrame or Path
        Out-of-fold predictions with columns ``fold row y_true y_score y_pred``, or their Parquet
        file.
    holdout : Holdout or None
        Test of a fit to all rows, if the dataset has a holdout.

    Examples
    --------
    >>> from lab.cases import Case, Protocol
    >>> from lab.evaluation import evaluate
    >>> result = evaluate(Case("yeast_me2", "raw", "logistic_regression"), Protocol(folds=3))
    >>> f"{result.mean('roc_auc_score'):.2f}"
    '0.88'
    """

    case: Case
    protocol: Protocol
    dataset: dict[str, Any]
    scores: ScoresByFold
    seconds: ScoresByFold
    class_counts: dict[str, list[int]]
    params: dict[str, Any]
    definition: str
    notes: list[str]
    predictions: pd.DataFrame | Path = field(compare=False)
    holdout: Holdout | None = None

    def __repr__(self) -> str:
        """Return the case's id, since all numbers would fill the screen of a failing test."""
        return f"<Result {self.case.id}>"

    def mean(self, metric: str) -> float:
        """Return a metric's mean over folds."""
        return fmean(self.scores[metric])

    def std(self, metric: str) -> float:
        """Return a metric's standard deviation over folds (of the sample, ``ddof=1``)."""
        return stdev(self.scores[metric])

    def alarms(self) -> list[int]:
        """Return the number of alarms in each fold: rows classified as positive."""
        # Of the misclassified rows, those that are not missed positives are false alarms.
        folds = zip(
            self.scores["accuracy"],
            self.scores["recall"],
            self.class_counts["test_majority_rows"],
            self.class_counts["test_minority_rows"],
            strict=True,
        )
        return [
            round((1 - accuracy) * (negatives + positives) + (2 * recall - 1) * positives)
            for accuracy, recall, negatives, positives in folds
        ]

    def read_predictions(self) -> pd.DataFrame:
        """Return the out-of-fold predictions; read them if they are in a file."""
        if isinstance(self.predictions, Path):
            return pd.read_parquet(self.predictions)
        return self.predictions

    def to_json(self) -> dict[str, Any]:
        """Return all but the predictions as JSON values."""
        content = {name: value for name, value in vars(self).items() if name != "predictions"}
        del content["holdout"]
        if self.holdout:
            content["holdout"] = self.holdout.to_json()
        return content | {"case": asdict(self.case), "protocol": self.protocol.to_json()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any], predictions: Path) -> Result:
        """Return the result of :meth:`to_json`.

        Parameters
        ----------
        content : mapping
            JSON values.
        predictions : Path
            The file of its predictions.
        """
        values: dict[str, Any] = {
            "case": Case(**content["case"]),
            "protocol": Protocol.from_json(content["protocol"]),
        }
        if "holdout" in content:
            values["holdout"] = Holdout.from_json(content["holdout"])
        return cls(**{**content, **values}, predictions=predictions)
