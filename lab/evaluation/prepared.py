"""What the steps before the model make of a fold, kept for the cases of a session that share it.

Every case of a dataset is preprocessed alike, and every model of a strategy is fitted on the same
resampled rows. Whoever comes first computes them and leaves them in a file, which the others map
into their memory. A case's seconds are those that it would take alone.
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

# Seconds of preparing a fold that looking for it takes, too: where it takes less nothing is shared.
FEW = 0.01
# Bytes a second below which to compute once more is as good as to write and read.
SPEED = 500e6
# Bytes that a process leaves at most, and the share of the free ones that a file takes at most.
MOST, SHARE = 2e9, 0.1


@dataclass(frozen=True)
class Prepared:
    """A fold as the model gets it.

    Attributes
    ----------
    X, y : array-like of shape (n_rows, n_columns), ndarray of shape (n_rows,)
        What it is fitted on.
    X_test : array-like of shape (n_test_rows, n_columns)
        What it predicts.
    fit_seconds, predict_seconds : float
        What the steps took, here or in the process that left it.
    """

    X: Any
    y: NDArray[np.int8]
    X_test: Any
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0

    def after(self, step: Any) -> Prepared:
        """Return what one more step, fitted to it, makes of it."""
        start = time.perf_counter()
        X, y = fit_transform(step, self.X, self.y)
        fitted = time.perf_counter()
        X_test = transform(step, self.X_test)
        fit_seconds, predict_seconds = fitted - start, time.perf_counter() - fitted
        return Prepared(
            X, y, X_test, self.fit_seconds + fit_seconds, self.predict_seconds + predict_seconds
        )


class Shared:
    """Prepared folds as files.

    Parameters
    ----------
    folder : Path, optional
        Where they are; nothing is shared without one.
    cases : iterable of Case, optional
        Those to come: what only one of them needs is not kept. Without them everything is.
    """

    def __init__(self, folder: Path | None = None, cases: Iterable[Case] | None = None) -> None:
        self.folder = folder
        self._room = MOST
        self._cheap: set[tuple[str, str]] = set()  # dataset and strategy
        self._knows = cases is not None
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
    ) -> Prepared:
        """Return what steps make of a fold, as if nothing were shared.

        Parameters
        ----------
        case : Case
            What asks.
        fold : two ndarrays
            Numbers of the rows to fit on and of those to predict.
        rows : DataFrame of shape (n_rows, n_columns) and ndarray of shape (n_rows,)
            All rows.
        steps : sequence of estimators
            Those before the model, unfitted.
        data : str
            What tells the rows and the folds from others.
        """
        train, test = fold
        kind = (case.dataset, case.strategy)
        paths: list[Path | None] = [None] * len(steps)
        if self.folder and kind not in self._cheap:
            paths = self._paths(self.folder, f"{data} {digest(test.tobytes())}", steps)
        known, prepared = self._longest(paths)
        if prepared is None:
            X, y = rows
            prepared = Prepared(X.iloc[train], y[train], X.iloc[test])
        warned = False
        for number, step in enumerate(steps[known:], known):
            with warnings.catch_warnings(record=True) as caught:
                prepared = prepared.after(step)
            for warning in caught:
                warnings.warn_explicit(
                    warning.message, warning.category, warning.filename, warning.lineno
                )
            # The last is what the models of a strategy share, another one what strategies do.
            is_last = number == len(steps) - 1 and number > 0
            users = self._of_strategy[kind] if is_last else self._of_dataset[case.dataset]
            is_wanted = users > 1 or not self._knows
            # What warns, and what rests on it, is computed by each: it is a note of each.
            warned = warned or bool(caught)
            if (path := paths[number]) and is_wanted and not warned:
                self._leave(path, prepared)
        if prepared.fit_seconds + prepared.predict_seconds < FEW:
            self._cheap.add(kind)
        return prepared

    def _paths(self, folder: Path, data: str, steps: Sequence[Any]) -> list[Path | None]:
        """Return where to keep what each step gives; None from the first that may not be kept."""
        paths: list[Path | None] = [None] * len(steps)
        for number, step in enumerate(steps):
            if (own := identity(step)) is None:
                break
            data = f"{data}\n{own!r}"
            name = digest(data.encode())[:32]
            paths[number] = folder / name[:2] / name
        return paths

    def _longest(self, paths: Sequence[Path | None]) -> tuple[int, Prepared | None]:
        """Return how many steps somebody has done, and what they gave."""
        import joblib

        for number, path in reversed(list(enumerate(paths, 1))):
            if path is not None:
                with suppress(OSError):
                    # Private pages, so that who writes to them writes to no file.
                    X, y, X_test, seconds = joblib.load(path, mmap_mode="c")
                    X, y, X_test = map(np.asarray, (X, y, X_test))
                    return number, Prepared(X, y, X_test, *seconds)
        return 0, None

    def _leave(self, path: Path, prepared: Prepared) -> None:
        """Keep what some steps gave, if that takes less time and room than it saves."""
        import joblib

        arrays = (prepared.X, prepared.y, prepared.X_test)
        if any(type(array) is not np.ndarray or array.dtype == object for array in arrays):
            return
        size = sum(array.nbytes for array in arrays)
        seconds = (prepared.fit_seconds, prepared.predict_seconds)
        if size > min(self._room, sum(seconds) * SPEED):
            return
        with suppress(OSError), replacing(path) as temporary:
            if size < SHARE * disk_usage(path.parent).free:
                joblib.dump((*arrays, seconds), temporary)
                self._room -= size


def identity(value: Any) -> Any:
    """Return what tells an estimator, or a parameter, from others; None if nothing does for sure.

    Equal ones mean equal results: so whatever has no seed has none.

    Parameters
    ----------
    value
        An estimator that is not fitted, or a parameter of one.

    Returns
    -------
    tuple or None
        Of texts, and of such tuples.
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
    # Parameters, and what set_output has set. To ask for parameters takes ten times as long.
    parameters = vars(value)
    if parameters.get("random_state", 0) is None:
        return None
    return _joined("estimator", [type(value), sorted(parameters.items())])


def _joined(kind: str, parts: Iterable[Any]) -> tuple[Any, ...] | None:
    found = [identity(part) for part in parts]
    return None if None in found else (kind, *found)
