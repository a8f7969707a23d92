"""Evaluation in the processes that run the tests."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from lab.engine.model import packed_model
from lab.engine.packing import pack, update
from lab.evaluation import Evaluation, evaluate
from lab.evaluation.fingerprint import fingerprint
from lab.evaluation.fold_sharing import SharedFolds
from lab.evaluation.prepared_folds import PreparedFolds
from lab.evaluation.warm_up import warm_up
from lab.files import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lab.cases import Case, Protocol, Result
    from lab.store.costs import Costs
    from lab.store.model_file import PackedModel
    from lab.store.result_files import PackedResult

LONG = 1.0  # expected seconds of a case from which on other processes help with it


class Local:
    """Evaluates cases in this process, and shares work with the session's other processes.

    Parameters
    ----------
    protocol : Protocol
        How the cases are cross-validated.
    folder : Path
        Folder of the session.
    costs : Costs, optional
        Expected costs of cases. With them, the session's processes divide the folds of long cases
        among them. By default this process evaluates each of its cases alone.
    """

    def __init__(self, protocol: Protocol, folder: Path, costs: Costs | None = None) -> None:
        self.protocol, self.folder, self.costs = protocol, folder, costs
        self._prepared = PreparedFolds()

    def plan(self, cases: Sequence[Case]) -> None:
        """Import the libraries that the cases use, and keep the folds that they share."""
        self._prepared = PreparedFolds(self.folder / "prepared", cases)
        warm_up({(case.strategy, case.model) for case in cases}, self.protocol.seed)

    def key(self, case: Case) -> str:
        """Return the key of a case's fits, see :func:`lab.evaluation.fingerprint.fingerprint`."""
        return fingerprint(case, self.protocol)

    def evaluate(self, case: Case) -> PackedResult:
        """Evaluate a case; other processes may :meth:`help`."""
        key = self.key(case)
        return pack(self._result(case), key)

    def update(self, packed: PackedResult) -> PackedResult:
        """Return a stored result with the scores of today's metrics."""
        return update(packed)

    def fit_model(self, case: Case) -> PackedModel:
        """Fit a case's model to all rows."""
        return packed_model(case, self.protocol)

    def help(self, case: Case, is_pending: Callable[[], bool]) -> bool:
        """Evaluate folds of a long case that another process evaluates.

        Returns
        -------
        bool
            Whether to ask again soon: the other process has not reached the first fold.
        """
        folds = self._shared_folds(case)
        if folds is None or folds.complete:
            return False
        if not folds.begun:
            return True
        # An error occurs in the other process, too, and is reported there.
        with suppress(Exception):
            folds.help(Evaluation(case, self.protocol, self._prepared), is_pending)
        return False

    def close(self) -> None:
        """Do nothing: all files are in the session's folder."""

    def _result(self, case: Case) -> Result:
        if folds := self._shared_folds(case):
            evaluation = Evaluation(case, self.protocol, self._prepared)
            return evaluation.result(folds.results(evaluation))
        return evaluate(case, self.protocol, self._prepared)

    def _shared_folds(self, case: Case) -> SharedFolds | None:
        """Return the folds that processes divide among them; None if the case is not long."""
        if self.costs is None or self.costs.seconds(case, self.protocol) < LONG:
            return None
        return SharedFolds(self.folder / "folds" / slug(case.id))
