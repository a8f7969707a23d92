"""The cross-validation of a case, a fold at a time.

Nothing is tracked, and no file is written but those by which processes share work.
"""

from __future__ import annotations

import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab import datasets
from lab.cases import NO_ROW, Result
from lab.errors import LabError, NotApplicableError
from lab.evaluation.definition import definition, params
from lab.evaluation.fitting import OneClassError, fast_f1, fit_model, leaked, predict, whole
from lab.evaluation.fold_sharing import Folds
from lab.evaluation.prepared import Shared
from lab.metrics import score
from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lab.cases import Case, Protocol
    from lab.datasets.dataset import Dataset


class ProbabilityError(LabError):
    """A model whose probabilities are none."""


@dataclass(frozen=True)
class FoldResult:
    """What one fold of a case produced.

    Attributes
    ----------
    scores, seconds : dict of str to float
        See :class:`lab.cases.Result`.
    class_counts : dict of str to int
        Rows of each class.
    predictions : DataFrame of shape (n_test_rows, 5)
        Those of the test rows.
    warnings : list of str
        Those of the libraries, with their categories.
    """

    scores: dict[str, float]
    seconds: dict[str, float]
    class_counts: dict[str, int]
    predictions: pd.DataFrame
    warnings: list[str]


class Evaluation:
    """A case and its folds, which can be evaluated in any order and by any process.

    Every step, preprocessing and resampling included, is fitted on the training rows of a fold
    and sees nothing else. One thread is used, so that no score depends on how many cores there
    are.

    Parameters
    ----------
    case : Case
        What to evaluate.
    protocol : Protocol
        The folds.
    shared : Shared, optional
        Where to find, and to leave, what other cases have in common with it.

    Attributes
    ----------
    folds : int
        How many there are.

    Raises
    ------
    ProtocolError
        The dataset has fewer rows of a class than the protocol has folds.
    NotApplicableError
        The strategy can do nothing with the dataset.
    """

    def __init__(self, case: Case, protocol: Protocol, shared: Shared | None = None) -> None:
        from threadpoolctl import ThreadpoolController

        self.case, self.protocol = case, protocol
        self.dataset = dataset = datasets.load(case.dataset)
        protocol.check(dataset.name, dataset.minority_rows, dataset.rows)
        self._situation = protocol.situation(
            dataset.minority_rows, dataset.rows, dataset.X.shape[1], len(dataset.categorical)
        )
        if problem := case.unsuited or case.problem_in(self._situation):
            raise NotApplicableError(f"{case.id}: {problem}")
        self._shared = shared or Shared()
        self._strategy = STRATEGIES[case.strategy]
        self._unfitted = pipeline(case, dataset, dataset.y, protocol.seed)
        # It limits the threads of libraries that are loaded by now.
        self._threads = ThreadpoolController()
        with self._threads.limit(limits=1), _catching() as self._warnings, _refusing(case):
            prepare = leaked if self._strategy.leaks else whole
            self._X, self._y = prepare(self._unfitted, dataset)
        # Not the training rows: with many repeats they would take as much room as the data.
        self._tests = [test.astype(np.int32) for _, test in protocol.split(self._y)]
        self.folds = len(self._tests)

    def fold(self, number: int) -> FoldResult:
        """Fit and predict one fold.

        Raises
        ------
        NotApplicableError
            The strategy can do nothing with its training rows.
        ProbabilityError
            The model gives a row a probability that is none.
        """
        with self._threads.limit(limits=1), _catching() as found:
            return self._fold(number, found)

    def _fold(self, number: int, found: list[str]) -> FoldResult:
        from sklearn import config_context

        case, seed = self.case, self.protocol.seed
        test = self._tests[number]
        train = np.delete(np.arange(len(self._y)), test)
        y_train, y_test = self._y[train], self._y[test]
        with _refusing(case):
            every = pipeline(case, self.dataset, y_train, seed).steps
            *steps, model = (step for _, step in every)
            steps = [] if self._strategy.leaks else steps  # done
            data = f"{self.dataset.digest} {self.protocol}"
            rows = self._shared.prepare(case, (train, test), (self._X, self._y), steps, data)
            start = time.perf_counter()
            with fast_f1(model):
                fit_model(model, rows.X, rows.y)
            fitted = time.perf_counter()
            y_score, y_pred = predict(model, rows.X_test)
        predicted = time.perf_counter()
        _check_probabilities(y_score, case)
        # The arrays are our own: checking them takes longer than scoring them.
        with config_context(assume_finite=True, skip_parameter_validation=True):
            scores = score(y_test, y_pred, y_score)
        targets = {"train": y_train, "resampled": rows.y, "test": y_test}
        labels = {"majority": 0, "minority": 1}
        return FoldResult(
            scores=scores,
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
                    "row": test,
                    "y_true": y_test,
                    "y_score": y_score,
                    "y_pred": y_pred,
                }
            ),
            warnings=found,
        )

    def result(self, folds: Sequence[FoldResult]) -> Result:
        """Return the case's result, given what all its folds produced, in their order."""
        dataset = self.dataset
        class_counts = _columns([fold.class_counts for fold in folds])
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
            },
            scores=_columns([fold.scores for fold in folds]),
            seconds=_columns([fold.seconds for fold in folds]),
            class_counts=class_counts,
            params=params(self._unfitted),
            definition=definition(self._unfitted),
            notes=[
                *filter(None, [self._strategy.note(self._situation)]),
                *([NO_ROW] if _is_idle(self._unfitted, class_counts) else []),
                *dataset.notes,
                *dict.fromkeys([*self._warnings, *(w for fold in folds for w in fold.warnings)]),
            ],
            predictions=pd.concat([fold.predictions for fold in folds], ignore_index=True),
        )


def evaluate(
    case: Case, protocol: Protocol, shared: Shared | None = None, folder: Path | None = None
) -> Result:
    """Cross-validate a case, see :class:`Evaluation`.

    Parameters
    ----------
    case, protocol, shared
        What to evaluate, and how.
    folder : Path, optional
        Where other processes may take folds of it, see :mod:`lab.evaluation.fold_sharing`.

    Returns
    -------
    Result
        Scores and predictions depend only on the dataset's content, the case, the protocol and
        the versions of the packages.

    Raises
    ------
    ProtocolError, NotApplicableError, ProbabilityError
        It cannot be evaluated.
    """
    evaluation = Evaluation(case, protocol, shared)
    if folder:
        return evaluation.result(Folds(evaluation, folder).all())
    return evaluation.result([evaluation.fold(number) for number in range(evaluation.folds)])


def pipeline(case: Case, dataset: Dataset, y: NDArray[np.int8], seed: int) -> Any:
    """Return the unfitted pipeline of a case for a training fold with target ``y``."""
    return STRATEGIES[case.strategy].pipeline(dataset, MODELS[case.model], y, seed)


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _check_probabilities(y_score: NDArray[np.float64], case: Case) -> None:
    bad = ~((y_score >= 0) & (y_score <= 1))  # nothing is true of a NaN
    if bad.any():
        raise ProbabilityError(
            f"{case.model} under {case.strategy} gives {counted(int(bad.sum()), 'row')} of a fold "
            f"a probability that is not between 0 and 1, such as {y_score[bad][0]}"
        )


@contextmanager
def _refusing(case: Case) -> Iterator[None]:
    """Turn an error by which strategy or model refuse some rows into a sentence."""
    try:
        yield
    except OneClassError:
        reason = "rows of one class only are left"
    except (RuntimeError, ValueError) as error:
        known = {**STRATEGIES[case.strategy].refusals, **MODELS[case.model].refusals}
        reason = next((reason for text, reason in known.items() if text in str(error)), "")
        if not reason:
            raise
    else:
        return
    raise NotApplicableError(f"{case.id}: in a training fold {reason}")


@contextmanager
def _catching() -> Iterator[list[str]]:
    """Lend a list that ends with the first line of each warning, once, with its category."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield found
    lines = (f"{w.category.__name__}: {str(w.message).splitlines()[0]}" for w in caught)
    found += dict.fromkeys(lines)


def _is_idle(steps: Any, counts: dict[str, list[int]]) -> bool:
    """Return whether a pipeline has a sampler, and it left the rows of each class as they were."""
    return any(hasattr(step, "fit_resample") for _, step in steps.steps) and all(
        counts[f"resampled_{label}_rows"] == counts[f"train_{label}_rows"]
        for label in ("majority", "minority")
    )
