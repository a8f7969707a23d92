"""The interface of engines: where the store has cases evaluated."""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lab.cases import Case
    from lab.store.model_file import PackedModel
    from lab.store.result_files import PackedResult


class Engine(typing.Protocol):
    """Evaluates the cases of a session.

    Implementations are in :mod:`lab.engine`: processes of this machine, and a Dask cluster.
    """

    def plan(self, cases: Sequence[Case]) -> None:
        """Prepare for the cases that the session's tests are about, in the order of the tests."""

    def key(self, case: Case) -> str:
        """Return the key of a case's fits: equal keys mean equal predictions."""

    def evaluate(self, case: Case) -> PackedResult:
        """Evaluate a case.

        Raises
        ------
        NotApplicableError
            The strategy cannot handle the training rows.
        LabError
            The case could not be evaluated.
        Exception
            Any error of the strategy, the model or a library.
        """

    def update(self, packed: PackedResult) -> PackedResult:
        """Return a stored result with the scores of today's metrics, without a fit.

        The same object is returned if it is up to date.
        """

    def fit_model(self, case: Case) -> PackedModel:
        """Fit a case's model to all rows. A failure is a note on the model, never an error."""

    def help(self, case: Case, is_pending: Callable[[], bool]) -> bool:
        """Take over a part of a case that another process evaluates, while it ``is_pending()``.

        Returns
        -------
        bool
            Whether to ask again soon: the other process may still begin to share the case.
        """

    def close(self) -> None:
        """Release all resources; cancel unfinished evaluations."""
