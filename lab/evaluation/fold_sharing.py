"""The folds of a long case, divided among the processes of a session.

The process that evaluates a case takes its folds one by one, from the first. A process that would
have to wait for the case takes folds as well, from the last, so the last case of a session keeps
every process busy. Each fold has a lock, which the operating system frees if its process dies, and
a file with the fold's result.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, cast

from lab.errors import LabError
from lab.files import lock, replacing, write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.evaluation.cross_validation import Evaluation, FoldResult

COMPLETE = "complete"  # a file that says that all folds have a result


class FoldCrashError(LabError):
    """A fold whose process died."""


class SharedFolds:
    """The folds of one case, which any process of the session may evaluate.

    Parameters
    ----------
    folder : Path
        Holds the locks and results of the folds.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def begun(self) -> bool:
        """Whether a process has reached the first fold."""
        return self.folder.exists()

    @property
    def complete(self) -> bool:
        """Whether all folds have a result."""
        return (self.folder / COMPLETE).exists()

    def results(self, evaluation: Evaluation) -> list[FoldResult]:
        """Return the results of all folds, from this process and from those that help.

        The files go when all folds have a result.

        Raises
        ------
        FoldCrashError
            A process died evaluating a fold.
        Exception
            What a fold raised.
        """
        numbers = range(evaluation.folds)
        found = [self._take(evaluation, number) for number in numbers]
        # The missing folds are with another process, or were with one that failed.
        results = [
            fold or cast("FoldResult", self._take(evaluation, number, wait=True))
            for number, fold in zip(numbers, found, strict=True)
        ]
        self._clear()
        return results

    def help(self, evaluation: Evaluation, is_pending: Callable[[], bool]) -> None:
        """Evaluate folds of a case that another process has begun, while it ``is_pending()``.

        Raises
        ------
        FoldCrashError
            A process died evaluating a fold.
        Exception
            What a fold raised.
        """
        for number in reversed(range(evaluation.folds)):
            if self.complete or not is_pending():
                return
            if not (self.folder / str(number)).exists():
                self._take(evaluation, number)

    def _take(
        self, evaluation: Evaluation, number: int, *, wait: bool = False
    ) -> FoldResult | None:
        """Return the result of a fold, evaluating it if need be; None if another process is."""
        import joblib

        path, running = self.folder / str(number), self.folder / f"{number}.running"
        with ExitStack() as stack:
            try:
                stack.enter_context(lock(self.folder / f"{number}.lock", wait=wait))
            except BlockingIOError:
                return None
            if path.exists():
                return cast("FoldResult", joblib.load(path))
            if running.exists():
                raise FoldCrashError("the process that evaluated one of its folds died")
            with suppress(OSError):  # without the mark, other processes try the fold, too
                write_bytes(running, b"")
            try:
                fold = evaluation.fold(number)
            finally:
                with suppress(OSError):
                    running.unlink()
            with suppress(OSError), replacing(path) as temporary:  # a full disk costs the sharing
                joblib.dump(fold, temporary)
            return fold

    def _clear(self) -> None:
        """Delete the files: predictions of long cases would fill the disk."""
        with suppress(OSError):
            write_bytes(self.folder / COMPLETE, b"")  # first, or helpers would start again
        for path in self.folder.glob("*"):
            if path.name != COMPLETE:
                with suppress(OSError):
                    path.unlink()
