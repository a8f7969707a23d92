"""Protocol: how every case is cross-validated."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.errors import LabError
from lab.strategies import Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray


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
