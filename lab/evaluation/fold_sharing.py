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

    from lab.evaluation.cross_validation import Evaluation, FoldResult


class DeadlyError(LabError):
    """A fold of which a process died."""


class Folds:
    """The folds of one case, of which any process may take some.

    Parameters
    ----------
    evaluation : Evaluation
        The case.
    folder : Path
        Where its folds are claimed and left.
    """

    def __init__(self, evaluation: Evaluation, folder: Path) -> None:
        self.evaluation, self.folder = evaluation, folder

    def all(self) -> list[FoldResult]:
        """Return what they produced, here and in processes that help.

        Raises
        ------
        DeadlyError
            A process died of one.
        Exception
            What a fold raised.
        """
        found = [self._take(number) for number in range(self.evaluation.folds)]
        # What is missing is with another process, or was with one that failed.
        return [
            fold or cast("FoldResult", self._take(number, wait=True))
            for number, fold in enumerate(found)
        ]

    def help(self, goes_on: Callable[[], bool]) -> None:
        """Evaluate some of a case that another process is at, as long as that ``goes_on()``.

        Raises as :meth:`all` does.
        """
        for number in reversed(range(self.evaluation.folds)):
            if goes_on() and not (self.folder / str(number)).exists():
                self._take(number)

    def _take(self, number: int, *, wait: bool = False) -> FoldResult | None:
        """Return what a fold produced, if need be after evaluating it; None if another is at it."""
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
                raise DeadlyError("a process that evaluated a fold of it died")
            with suppress(OSError):  # without the mark others try it, too
                write_bytes(running, b"")
            try:
                fold = self.evaluation.fold(number)
            finally:
                with suppress(OSError):
                    running.unlink()
            with suppress(OSError), replacing(path) as temporary:  # on a full disk it is kept here
                joblib.dump(fold, temporary)
            return fold
