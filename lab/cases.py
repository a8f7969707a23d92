"""Case, protocol and result: one combination, how it is cross-validated, and what it produced.

Pure: no file is written here, and nothing is tracked.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from itertools import combinations
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab import datasets
from lab.errors import LabError, UnknownNameError
from lab.models import MODELS
from lab.strategies import STRATEGIES, Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

ScoresByFold = dict[str, list[float]]

NO_ROW = "no row was added or removed in any fold"  # a note of a result


@dataclass(frozen=True, order=True)
class Case:
    """A dataset under a strategy with a model, each by name.

    Examples
    --------
    >>> case = Case("car_crash", "smote", "xgboost")
    >>> case.id
    'car_crash-smote-xgboost'
    >>> case.under("raw")
    Case(dataset='car_crash', strategy='raw', model='xgboost')
    """

    dataset: str
    strategy: str
    model: str

    @property
    def id(self) -> str:
        """Permanent id, ``dataset-strategy-model``."""
        return f"{self.dataset}-{self.strategy}-{self.model}"

    @classmethod
    def parse(cls, case_id: str) -> Case:
        """Return the case of an id.

        Names of datasets and options of strategies may contain hyphens: the registries decide
        where a name ends.

        Raises
        ------
        UnknownNameError
            The id does not end in a registered strategy and model.

        Examples
        --------
        >>> Case.parse("churn-2026-smote-xgboost")
        Case(dataset='churn-2026', strategy='smote', model='xgboost')
        """
        parts = case_id.split("-")
        places = combinations(range(1, len(parts)), 2)
        splits = (map("-".join, (parts[:i], parts[i:j], parts[j:])) for i, j in places)
        found = [case for case in (cls(*names) for names in splits) if case._is_registered()]
        if not found:
            raise UnknownNameError(
                f"{case_id!r} is not the id of a case: DATASET-STRATEGY-MODEL with a registered "
                "strategy and model"
            )
        return found[-1]

    def _is_registered(self) -> bool:
        """Return whether both names are permanent names of a strategy and a model."""
        is_known = STRATEGIES.is_permanent(self.strategy) and self.model in MODELS
        return bool(self.dataset) and is_known

    def under(self, strategy: str) -> Case:
        """Return the case of the same dataset and model under another strategy."""
        return Case(self.dataset, strategy, self.model)

    def problem(self, protocol: Protocol) -> str:
        """Return why the case cannot be evaluated, to follow a colon; empty if it can."""
        situation = self._situation(protocol)
        return self.unsuited or (self.problem_in(situation) if situation else "")

    @property
    def unsuited(self) -> str:
        """Why the strategy does not apply to the model, whatever the data; empty if it does."""
        return STRATEGIES[self.strategy].unsuited(MODELS[self.model])

    def problem_in(self, situation: Situation) -> str:
        """Return why strategy or model do not apply to some data; empty if they do."""
        needed = MODELS[self.model].minority_rows
        if situation.fewest < needed:
            has = f"a training fold has {situation.fewest}"
            return f"{self.model} needs {needed} minority rows, and {has}"
        return STRATEGIES[self.strategy].problem(situation)

    def remark(self, protocol: Protocol) -> str:
        """Return how the strategy departs from its usual way on the dataset; empty if not."""
        situation = self._situation(protocol)
        return STRATEGIES[self.strategy].note(situation) if situation else ""

    def _situation(self, protocol: Protocol) -> Situation | None:
        entry = datasets.entry(self.dataset)
        if not entry.available or entry.categorical is None:
            return None  # its figures are not known until it is downloaded
        return protocol.situation(entry.minority_rows, entry.rows, entry.columns, entry.categorical)

    def cost(self) -> float:
        """Return a rough estimate of the seconds to fit a fold, without loading the data."""
        entry = datasets.entry(self.dataset)
        # Measured: a fit of no rows takes a fifth of the time of 100,000 rows of one column, and
        # columns cost less than rows.
        size = 0.2 + entry.rows * math.sqrt(entry.columns) / 1e5
        return 0.2 * size * STRATEGIES[self.strategy].cost * MODELS[self.model].cost


class ProtocolError(LabError):
    """A protocol that is invalid, or that the data do not allow."""


@dataclass(frozen=True)
class Protocol:
    """How every case is cross-validated: stratified folds, repeated, from one seed.

    Attributes
    ----------
    folds : int
        Number of folds, 2 or more.
    repeats : int
        Number of times that the rows are split into folds.
    seed : int
        Seed of folds, resampling and models.

    Examples
    --------
    >>> Protocol(folds=10, repeats=3).pairs
    30
    """

    folds: int = 5
    repeats: int = 1
    seed: int = 0

    @property
    def pairs(self) -> int:
        """Number of pairs of training and test rows: the folds of all repeats."""
        return self.folds * self.repeats

    def to_json(self) -> dict[str, Any]:
        """Return the fields that differ from their defaults.

        So a file written before a field existed compares with one written since.
        """
        return {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if getattr(self, item.name) != item.default
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Protocol:
        """Return the protocol of :meth:`to_json`; missing fields have their defaults.

        Raises
        ------
        TypeError
            A field is unknown: another version of the lab wrote it.
        """
        return cls(**content)

    def __str__(self) -> str:
        """Return the protocol in words."""
        return ", ".join(f"{name} {value}" for name, value in asdict(self).items())

    def split(self, y: NDArray[np.int8]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield the numbers of training and test rows, a pair a fold, for all repeats.

        Parameters
        ----------
        y : ndarray of shape (n_rows,)
            The target; each fold has its share of either class.
        """
        from sklearn.model_selection import RepeatedStratifiedKFold

        splitter = RepeatedStratifiedKFold(
            n_splits=self.folds, n_repeats=self.repeats, random_state=self.seed
        )
        yield from splitter.split(np.zeros((len(y), 1)), y)

    def check(self, dataset: str, minority_rows: int, rows: int) -> None:
        """Check that a dataset has a row of each class for every fold.

        Raises
        ------
        ProtocolError
            A class has too few rows.
        """
        fewest = min(minority_rows, rows - minority_rows)
        if fewest < self.folds:
            what = "row" if fewest == 1 else "rows"
            what = f"minority {what}" if fewest == minority_rows else f"{what} of one class"
            remedy = (
                f"use --folds {fewest} or fewer"
                if fewest > 1
                else "cross-validation needs at least 2 rows of each class"
            )
            raise ProtocolError(
                f"dataset {dataset!r} has {fewest} {what}, too few for {self.folds} folds: {remedy}"
            )

    def fewest_training_rows(self, minority_rows: int, rows: int) -> int:
        """Return the number of rows of the rarer class in the training fold that has the fewest."""
        fewest = min(minority_rows, rows - minority_rows)
        return fewest - math.ceil(fewest / self.folds)

    def situation(self, minority_rows: int, rows: int, columns: int, categorical: int) -> Situation:
        """Return the situation of a strategy in a dataset of these sizes."""
        fewest = self.fewest_training_rows(minority_rows, rows)
        training = rows - rows // self.folds
        return Situation(fewest, columns - categorical, categorical, training)


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

    Examples
    --------
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
        case, protocol = Case(**content["case"]), Protocol.from_json(content["protocol"])
        return cls(**{**content, "case": case, "protocol": protocol}, predictions=predictions)
