"""Cross-validation of a case, one fold at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab import datasets
from lab.cases import NO_ROW, Result, check_folds, fold_notes
from lab.errors import NotApplicableError
from lab.evaluation.definition import definition, params
from lab.evaluation.fitting import fast_f1, fit_model, leaked, predict, whole
from lab.evaluation.holdout import score_holdout
from lab.evaluation.library_errors import catching, check_probabilities, refusing
from lab.evaluation.pipelines import fold_pipeline
from lab.evaluation.prepared_folds import PreparedFold, PreparedFolds
from lab.evaluation.scoring import row_values, score_fold
from lab.splits import Rows
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lab.cases import Case, Holdout, Protocol
    from lab.datasets.dataset import Dataset
    from lab.splits import Fold


@dataclass(frozen=True)
class FoldResult:
    """Result of one fold of a case.

    Attributes
    ----------
    scores, seconds : dict of str to float
        See :class:`lab.cases.Result`.
    class_counts : dict of str to int
        Number of rows of each class.
    predictions : DataFrame of shape (n_test_rows, 5)
        Predictions of the test rows.
    warnings : list of str
        Warnings of the libraries, with their categories.
    holdout : Holdout or None
        Instead of all scores and predictions, the test on the holdout.
    """

    scores: dict[str, float]
    seconds: dict[str, float]
    class_counts: dict[str, int]
    predictions: pd.DataFrame
    warnings: list[str]
    holdout: Holdout | None = None


class Evaluation:
    """The cross-validation of one case. Any process may evaluate any fold, in any order.

    Every step, including preprocessing and resampling, is fitted on the training rows of a fold
    only. A single thread is used, so that scores do not depend on the number of cores.

    Parameters
    ----------
    case : Case
        The case to evaluate.
    protocol : Protocol
        Defines the folds.
    prepared : PreparedFolds, optional
        Folds after the steps that the case shares with other cases.

    Attributes
    ----------
    folds : int
        Number of fits: the folds of all repeats, and one to all rows if there is a holdout.

    Raises
    ------
    ProtocolError
        The dataset has fewer rows of a class than the protocol has folds.
    NotApplicableError
        The strategy cannot handle the dataset.
    """

    def __init__(
        self, case: Case, protocol: Protocol, prepared: PreparedFolds | None = None
    ) -> None:
        from threadpoolctl import ThreadpoolController

        self.dataset = dataset = datasets.load(case.dataset)
        self._situation = case.situation(protocol, dataset)
        self.case, self.protocol = case, (protocol := case.protocol(protocol, dataset))
        check_folds(protocol, dataset)
        if problem := case.unsuited or case.problem_in(self._situation):
            raise NotApplicableError(f"{case.id}: {problem}")
        self._prepared = prepared or PreparedFolds()
        self._strategy = strategy = STRATEGIES[case.strategy]
        self._resamples_first = strategy.resamples_first
        self._values = None if strategy.resamples_first else dataset.values
        self._rows = protocol.rows_of(dataset)
        self._unfitted = fold_pipeline(case, dataset, protocol, self._rows)
        # Created last: it limits the threads of the libraries that are loaded by now.
        self._threads = ThreadpoolController()
        with self._threads.limit(limits=1), catching() as self._warnings, refusing(case):
            prepare = leaked if self._resamples_first else whole
            self._X, self._y = prepare(self._unfitted, dataset)
        if self._resamples_first:  # these are other rows
            self._rows = Rows(self._y)
            self._folds: Sequence[Fold] = protocol.divide(self._rows)
        else:
            self._folds = protocol.folds_of(dataset)
        self._held_out = None if strategy.leaks else dataset.holdout
        self.folds = len(self._folds) + (self._held_out is not None)

    def fold(self, number: int) -> FoldResult:
        """Fit and predict one fold.

        Parameters
        ----------
        number : int
            From 0 to ``folds`` - 1.

        Raises
        ------
        NotApplicableError
            The strategy cannot handle the training rows.
        ProbabilityError
            The model predicts an invalid probability.
        """
        with self._threads.limit(limits=1), catching() as found:
            if self._held_out is not None and number == len(self._folds):
                holdout = self._test_on(self._held_out)
                return FoldResult({}, {}, {}, pd.DataFrame(), found, holdout)
            return self._fold(number, found)

    def _fold(self, number: int, found: list[str]) -> FoldResult:
        case, part = self.case, self._folds[number]
        test, train = part.test, part.training_rows(len(self._y))
        y_train, y_test = self._y[train], self._y[test]
        with refusing(case):
            *steps, model = self._steps(train)
            steps = [] if self._resamples_first else steps  # applied to all rows already
            data = f"{self.dataset.digest} {self.protocol}"
            rows = self._prepared.prepare(case, (train, test), (self._X, self._y), steps, data)
            start = time.perf_counter()
            with fast_f1(model):
                fit_model(model, rows.X, rows.y)
            fitted = time.perf_counter()
            y_score, y_pred = predict(model, rows.X_test)
        predicted = time.perf_counter()
        check_probabilities(y_score, case)
        targets = {"train": y_train, "resampled": rows.y, "test": y_test}
        labels = {"majority": 0, "minority": 1}
        return FoldResult(
            scores=score_fold(y_test, y_pred, y_score, values=row_values(self._values, test)),
            seconds={
                "fit_seconds": rows.fit_seconds + fitted - start,
                "predict_seconds": rows.predict_seconds + predicted - fitted,
            },
            class_counts={
                f"{part}_{name}_rows": int((target == label).sum())
                for part, target in targets.items()
                for name, label in labels.items()
            },
            predictions=pd.DataFrame(
                {
                    "fold": np.int16(number),
                    "row": self._row_numbers(test),
                    "y_true": y_test,
                    "y_score": y_score,
                    "y_pred": y_pred,
                }
            ),
            warnings=found,
        )

    def _test_on(self, held_out: Dataset) -> Holdout:
        """Fit to all rows, and predict a holdout."""
        case = self.case
        start = None if held_out.time is None else float(held_out.time.min())
        train = self.protocol.training_rows(self._rows, start)
        y = self._y[train]
        with refusing(case):
            *steps, model = self._steps(train)
            rows = PreparedFold(self._X.iloc[train], y, held_out.X)
            for step in steps:
                rows = rows.after(step)
            with fast_f1(model):
                fit_model(model, rows.X, rows.y)
            y_score, y_pred = predict(model, rows.X_test)
        check_probabilities(y_score, case)
        return score_holdout(held_out, y_score, y_pred, self.protocol.seed)

    def _steps(self, train: NDArray[np.integer]) -> list[Any]:
        """Return the unfitted steps for some training rows."""
        rows = self._rows.take(train)
        found = fold_pipeline(self.case, self.dataset, self.protocol, rows)
        return [step for _, step in found.steps]

    def _row_numbers(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the rows of the table as read, where some of them were left out."""
        numbers = self.dataset.row_numbers
        if numbers is None or self._resamples_first:  # synthetic rows are in no table
            return rows
        return numbers[rows].astype(np.int32)

    def result(self, folds: Sequence[FoldResult]) -> Result:
        """Return the result of the case, given the results of all its folds in order."""
        dataset = self.dataset
        last = folds[-1].holdout
        warned = [warning for fold in folds for warning in fold.warnings]
        folds = folds[: len(self._folds)]
        class_counts = _columns([fold.class_counts for fold in folds])
        # After resampling before the split, no fold shows what it changed.
        is_idle = not self._resamples_first and _is_idle(self._unfitted, class_counts)
        return Result(
            case=self.case,
            protocol=self.protocol,
            dataset={
                "name": dataset.name,
                "digest": dataset.digest,
                "source": dataset.source,
                "target": dataset.target,
                "rows": dataset.rows,
                "minority_rows": dataset.minority_rows,
                "columns": dataset.X.shape[1],
                **({"groups": groups} if (groups := self.protocol.groups_of(dataset)) else {}),
                **({"time_unit": dataset.time_unit} if dataset.time_column else {}),
            },
            scores=_columns([fold.scores for fold in folds]),
            seconds=_columns([fold.seconds for fold in folds]),
            class_counts=class_counts,
            params=params(self._unfitted),
            definition=definition(self._unfitted),
            notes=[
                *filter(None, [self._strategy.note(self._situation)]),
                *([NO_ROW] if is_idle else []),
                *dataset.notes,
                *fold_notes(self.protocol, dataset),
                *dict.fromkeys([*self._warnings, *warned]),
            ],
            predictions=pd.concat([fold.predictions for fold in folds], ignore_index=True),
            holdout=last,
        )


def evaluate(case: Case, protocol: Protocol, prepared: PreparedFolds | None = None) -> Result:
    """Cross-validate a case, see :class:`Evaluation`.

    Scores and predictions depend only on the content of the dataset, the case, the protocol and
    the versions of the packages.

    Raises
    ------
    ProtocolError, NotApplicableError, ProbabilityError
        The case cannot be evaluated.

    Examples
    --------
    >>> from lab.cases import Case, Protocol
    >>> from lab.evaluation import evaluate
    >>> case = Case("synthetic:rows=240,minority=0.15,seed=1", "smote", "logistic_regression")
    >>> result = evaluate(case, Protocol(folds=3))
    >>> [round(recall, 2) for recall in result.scores["recall"]]
    [0.67, 0.92, 0.92]
    """
    evaluation = Evaluation(case, protocol, prepared)
    return evaluation.result([evaluation.fold(number) for number in range(evaluation.folds)])


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _is_idle(steps: Any, counts: dict[str, list[int]]) -> bool:
    """Return whether a pipeline has a sampler that neither added nor removed a row."""
    return any(hasattr(step, "fit_resample") for _, step in steps.steps) and all(
        counts[f"resampled_{label}_rows"] == counts[f"train_{label}_rows"]
        for label in ("majority", "minority")
    )
