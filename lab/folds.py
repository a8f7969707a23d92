"""The folds of a long case, shared out among the processes of a session.

The process that a case fell to takes its folds one by one. One that would have to wait for the case
takes folds, too, from the last one on: so a session's last case keeps every process busy. Each fold
has a lock, which is free again if its holder dies, and a file with what it produced.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from lab.files import lock, replacing

if TYPE_CHECKING:
    from pathlib import Path

    from lab.evaluation import Evaluation, Fold


def take_all(evaluation: Evaluation, folder: Path) -> list[Fold]:
    """Return what the folds of a case produced, here and in processes that help.

    Parameters
    ----------
    evaluation : Evaluation
        The case.
    folder : Path
        Where its folds are claimed and left.

    Raises
    ------
    Exception
        What a fold raised.
    """
    found = [_take(evaluation, folder, number) for number in range(evaluation.folds)]
    # What is missing is with another process, or was with one that failed.
    return [
        fold or cast("Fold", _take(evaluation, folder, number, wait=True))
        for number, fold in enumerate(found)
    ]


def help_with(evaluation: Evaluation, folder: Path) -> None:
    """Evaluate folds of a case that another process is at, as long as some are to be had."""
    for number in reversed(range(evaluation.folds)):
        _take(evaluation, folder, number)


def _take(evaluation: Evaluation, folder: Path, number: int, *, wait: bool = False) -> Fold | None:
    """Return what a fold produced, if need be after evaluating it; None if another is at it."""
    import joblib

    path = folder / str(number)
    with suppress(BlockingIOError), lock(folder / f"{number}.lock", wait=wait):
        if path.exists():
            return cast("Fold", joblib.load(path))
        fold = evaluation.fold(number)
        with suppress(OSError), replacing(path) as temporary:  # if the disk is full it is kept here
            joblib.dump(fold, temporary)
        return fold
    return None
