"""Evaluation on the workers of a Dask cluster.

The session's process submits all cases at once and waits. Workers evaluate, draw and pack results.
The session's process stores, judges and logs them, so workers need neither a tracking server nor a
shared disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.engine.connection import Connection, EngineError
from lab.engine.packing import update
from lab.engine.tasks import Tasks
from lab.evaluation.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lab.cases import Case, Protocol
    from lab.engine.tasks import Watch
    from lab.store.model_file import PackedModel
    from lab.store.result_files import PackedResult


class Cluster:
    """Evaluates cases on the workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Address of the scheduler, such as ``tcp://10.0.0.1:8786``, or ``local`` for a cluster on
        this machine with one worker per core.
    protocol : Protocol
        How the cases are cross-validated.
    session : str
        Id of the session.
    limit : float, optional
        Seconds that a case may take.
    watch : callable, optional
        Called about once a second, while the session waits, with the seconds so far of the cases
        in progress by id, and the number of workers.

    Attributes
    ----------
    planned : sequence of Case
        Cases to submit when tests begin, in this order.

    Raises
    ------
    EngineError
        The address is not valid, no scheduler answers, or the package ``distributed`` is missing.
    WorkerError
        A worker would give other scores.
    """

    def __init__(
        self,
        address: str,
        protocol: Protocol,
        session: str,
        limit: float | None = None,
        watch: Watch = lambda _seconds, _workers: None,
    ) -> None:
        self.protocol = protocol
        self.planned: Sequence[Case] = ()
        self._connection = Connection(address, session)
        self._tasks = Tasks(self._connection, protocol, session, limit, watch)

    def description(self) -> str:
        """Return workers and addresses in one line."""
        return self._connection.description()

    @property
    def lost(self) -> str:
        """Why the cluster cannot be used any more, if so."""
        return self._tasks.lost

    def plan(self, cases: Sequence[Case]) -> None:
        """Note the cases to submit when tests begin, and let workers import their libraries."""
        self.planned = cases
        self._connection.warm_up(cases, self.protocol.seed)

    def submit(self, cases: Iterable[Case]) -> None:
        """Submit cases, in this order.

        Raises
        ------
        EngineError
            The cluster cannot be used.
        """
        self._tasks.submit(cases)

    def is_submitted(self, case: Case) -> bool:
        """Return whether a case was submitted."""
        return self._tasks.has(case)

    def next_ended(self, *, wait: bool = True) -> Case | None:
        """Return the next case that ended, see :meth:`lab.engine.tasks.Tasks.next_ended`."""
        return self._tasks.next_ended(wait=wait)

    def key(self, case: Case) -> str:
        """Return the key of a case's fits, see :func:`lab.evaluation.fingerprint.fingerprint`."""
        return fingerprint(case, self.protocol)

    def evaluate(self, case: Case) -> PackedResult:
        """Wait for the result of a case, and submit it first if need be.

        Raises
        ------
        EngineError
            The case killed its workers or took too long, or the cluster is gone.
        Exception
            Any error of the evaluation.
        """
        # A worker may know metrics of another session.
        return update(self._tasks.result(case))

    def update(self, packed: PackedResult) -> PackedResult:
        """Return a stored result with the scores of today's metrics, computed in this process."""
        return update(packed)

    def fit_model(self, case: Case) -> PackedModel:
        """Refuse to fit a model: ``--log-models`` and ``--scheduler`` exclude each other.

        Raises
        ------
        EngineError
            Always.
        """
        raise EngineError(f"no model of {case.id}: a cluster does not fit models to keep")

    def help(self, case: Case, is_pending: Callable[[], bool]) -> bool:  # noqa: ARG002
        """Do nothing: no other process evaluates cases of the session. Return False."""
        return False

    def close(self) -> None:
        """Cancel unfinished cases and disconnect. A local cluster ends."""
        self._connection.close(self._tasks.futures())
