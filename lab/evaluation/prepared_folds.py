"""Prepared folds: the steps before the model fitted on training rows, and shared by cases.

All cases of a dataset are preprocessed alike, and all models of a strategy are fitted on the same
resampled rows. The first case computes them and leaves them in a file, which the others map into
memory. The seconds of a case are always those that it would take alone.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from shutil import disk_usage
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.evaluation.fitting import fit_transform, transform
from lab.files import digest, replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from lab.cases import Case

    Fold = tuple[NDArray[np.integer], NDArray[np.integer]]

# Looking for a file takes as long as this: nothing is shared where preparing a fold takes less.
MIN_SECONDS = 0.01
# Writing and reading a file is slower than computing its content below this rate.
MIN_BYTES_PER_SECOND = 500e6
# Limits on what one process writes, and on one file's share of the free disk space.
MAX_BYTES, MAX_DISK_SHARE = 2e9, 0.1


@dataclass(frozen=True)
class PreparedFold:
    """A fold as the model gets it.

    Attributes
    ----------
    X, y : array-like of shape (n_rows, n_columns), ndarray of shape (n_rows,)
        The training rows.
    X_test : array-like of shape (n_test_rows, n_columns)
        The test rows.
    fit_seconds, predict_seconds : float
        Time that the steps took, in this process or in the one that wrote the file.
    """

    X: Any
    y: NDArray[np.int8]
    X_test: Any
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0

    def after(self, step: Any) -> PreparedFold:
        """Return the fold after one more step, which is fitted to its training rows."""
        start = time.perf_counter()
        X, y = fit_transform(step, self.X, self.y)
        fitted = time.perf_counter()
        X_test = transform(step, self.X_test)
        fit_seconds, predict_seconds = fitted - start, time.perf_counter() - fitted
        return PreparedFold(
            X, y, X_test, self.fit_seconds + fit_seconds, self.predict_seconds + predict_seconds
        )


class PreparedFolds:
    """Prepared folds as files.

    Parameters
    ----------
    folder : Path, optional
        Folder of the files. Without one, nothing is shared.
    cases : iterable of Case, optional
        The session's cases: a fold that only one of them needs is not written. By default every
        fold is.
    """

    def __init__(self, folder: Path | None = None, cases: Iterable[Case] | None = None) -> None:
        self.folder = folder
        self._bytes_left = MAX_BYTES
        self._cheap: set[tuple[str, str]] = set()  # (dataset, strategy)
        self._knows_cases = cases is not None
        every = set(cases or ())
        self._of_dataset = Counter(case.dataset for case in every)
        self._of_strategy = Counter((case.dataset, case.strategy) for case in every)

    def prepare(
        self,
        case: Case,
        fold: Fold,
        rows: tuple[pd.DataFrame, NDArray[np.int8]],
        steps: Sequence[Any],
        data: str,
    ) -> PreparedFold:
        """Apply steps to a fold; the result does not depend on what is shared.

        Parameters
        ----------
        case : Case
            The case that needs the fold.
        fold : two ndarrays
            Row numbers of the training part and of the test part.
        rows : DataFrame of shape (n_rows, n_columns) and ndarray of shape (n_rows,)
            All rows of the dataset.
        steps : sequence of estimators
            The unfitted steps before the model.
        data : str
            Identifies the rows and the way they are split.
        """
        train, test = fold
        kind = (case.dataset, case.strategy)
        paths: list[Path | None] = [None] * len(steps)
        if self.folder and kind not in self._cheap:
            paths = self._paths(self.folder, f"{data} {digest(test.tobytes())}", steps)
        done, prepared = self._read(paths)
        if prepared is None:
            X, y = rows
            prepared = PreparedFold(X.iloc[train], y[train], X.iloc[test])
        warned = False
        for number, step in enumerate(steps[done:], done):
            with warnings.catch_warnings(record=True) as caught:
                prepared = prepared.after(step)
            for warning in caught:
                warnings.warn_explicit(
                    warning.message, warning.category, warning.filename, warning.lineno
                )
            # The models of a strategy share the last step, its strategies those before.
            is_last = number == len(steps) - 1 and number > 0
            users = self._of_strategy[kind] if is_last else self._of_dataset[case.dataset]
            is_wanted = users > 1 or not self._knows_cases
            # Each case needs the warning as a note, so none reads what a warning step made.
            warned = warned or bool(caught)
            if (path := paths[number]) and is_wanted and not warned:
                self._write(path, prepared)
        if prepared.fit_seconds + prepared.predict_seconds < MIN_SECONDS:
            self._cheap.add(kind)
        return prepared

    def _paths(self, folder: Path, data: str, steps: Sequence[Any]) -> list[Path | None]:
        """Return a file for the fold after each step; None from the first step without identity."""
        paths: list[Path | None] = [None] * len(steps)
        for number, step in enumerate(steps):
            if (own := identity(step)) is None:
                break
            data = f"{data}\n{own!r}"
            name = digest(data.encode())[:32]
            paths[number] = folder / name[:2] / name
        return paths

    def _read(self, paths: Sequence[Path | None]) -> tuple[int, PreparedFold | None]:
        """Return the fold after as many steps as possible, and their number."""
        import joblib

        for number, path in reversed(list(enumerate(paths, 1))):
            if path is not None:
                with suppress(OSError):
                    # Copy on write, so that no step can change the file.
                    X, y, X_test, seconds = joblib.load(path, mmap_mode="c")
                    X, y, X_test = map(np.asarray, (X, y, X_test))
                    return number, PreparedFold(X, y, X_test, *seconds)
        return 0, None

    def _write(self, path: Path, prepared: PreparedFold) -> None:
        """Write a fold, if that takes less time and space than it saves."""
        import joblib

        arrays = (prepared.X, prepared.y, prepared.X_test)
        if any(type(array) is not np.ndarray or array.dtype == object for array in arrays):
            return
        size = sum(array.nbytes for array in arrays)
        seconds = (prepared.fit_seconds, prepared.predict_seconds)
        if size > min(self._bytes_left, sum(seconds) * MIN_BYTES_PER_SECOND):
            return
        with suppress(OSError), replacing(path) as temporary:
            if size < MAX_DISK_SHARE * disk_usage(path.parent).free:
                joblib.dump((*arrays, seconds), temporary)
                self._bytes_left -= size


def identity(value: Any) -> Any:
    """Return a key that equals that of another value only if both give the same results.

    Parameters
    ----------
    value
        An unfitted estimator, or a parameter of one.

    Returns
    -------
    tuple or None
        Nested tuples of text; None if equality cannot be told, as for an estimator without a seed.
    """
    if value is None or isinstance(value, bool | int | float | str | np.integer | np.floating):
        return type(value).__name__, repr(value)
    if isinstance(value, list | tuple):
        return _joined(type(value).__name__, value)
    if isinstance(value, dict):
        return _joined("dict", value.items())
    if isinstance(value, type) or not hasattr(value, "get_params"):
        name = (getattr(value, "__module__", ""), getattr(value, "__qualname__", ""))
        module = sys.modules.get(name[0] or "")
        return name if getattr(module, name[1], None) is value else None
    # Parameters, and the setting of set_output. get_params takes ten times as long.
    parameters = vars(value)
    if parameters.get("random_state", 0) is None:
        return None
    return _joined("estimator", [type(value), sorted(parameters.items())])


def _joined(kind: str, parts: Iterable[Any]) -> tuple[Any, ...] | None:
    found = [identity(part) for part in parts]
    return None if None in found else (kind, *found)
