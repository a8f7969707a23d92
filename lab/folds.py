"""The folds of a long case, shared out among the processes of a session.

The process that a case fell to takes its folds one by one. One that would have to wait for the case
takes folds, too, from the last one on: so a session's last case keeps every process busy. Each fold
has a lock, which is free again if its holder dies, and a file with what it produced.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, cast

from lab.errors import LabError
from lab.files import lock, replacing, write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.evaluation import Evaluation, FoldResult


class DeadlyError(LabError):
    """A fold of which a process died."""


def take_all(evaluation: Evaluation, folder: Path) -> list[FoldResult]:
    """Return what the folds of a case produced, here and in processes that help.

    Parameters
    ----------
    evaluation : Evaluation
        The case.
    folder : Path
        Where its folds are claimed and left.

    Raises
    ------
    DeadlyError
        A process died of one.
    Exception
        What a fold raised.
    """
    found = [_take(evaluation, folder, number) for number in range(evaluation.folds)]
    # What is missing is with another process, or was with one that failed.
    return [
        fold or cast("FoldResult", _take(evaluation, folder, number, wait=True))
        for number, fold in enumerate(found)
    ]


def help_with(evaluation: Evaluation, folder: Path, goes_on: Callable[[], bool]) -> None:
    """Evaluate folds of a case that another process is at.

    Parameters
    ----------
    evaluation : Evaluation
        The case.
    folder : Path
        Where its folds are claimed and left.
    goes_on : callable
        Whether the other process is still at it.

    Raises
    ------
    DeadlyError
        A process died of one.
    Exception
        What a fold raised.
    """
    for number in reversed(range(evaluation.folds)):
        if goes_on() and not (folder / str(number)).exists():
            _take(evaluation, folder, number)


def _take(
    evaluation: Evaluation, folder: Path, number: int, *, wait: bool = False
) -> FoldResult | None:
    """Return what a fold produced, if need be after evaluating it; None if another is at it."""
    import joblib

    path, running = folder / str(number), folder / f"{number}.running"
    with ExitStack() as stack:
        try:
            stack.enter_context(lock(folder / f"{number}.lock", wait=wait))
        except BlockingIOError:
            return None
        if path.exists():
            return cast("FoldResult", joblib.load(path))
        if running.exists():
            raise DeadlyError("a process that evaluated a fold of it died")
        with suppress(OSError):  # without the mark others try it, too
            write_bytes(running, b"")
        try:
            fold = evaluation.fold(number)
        finally:
            with suppress(OSError):
                running.unlink()
        with suppress(OSError), replacing(path) as temporary:  # if the disk is full it is kept here
            joblib.dump(fold, temporary)
        return fold
