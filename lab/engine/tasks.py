"""The cases that a session has submitted to a cluster, until it has their results."""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from lab.engine.connection import EngineError
from lab.engine.worker import compute, environment, sources
from lab.errors import LabError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lab.cases import Case, Protocol
    from lab.engine.connection import Connection
    from lab.store.result_files import PackedResult

    # Called with the seconds so far of the cases in progress, by id, and the number of workers.
    Watch = Callable[[dict[str, float], int], None]

TICK = 1.0  # seconds between two looks at the running tasks
TRIES = 3  # attempts to evaluate a case whose data or result were lost
GONE = (
    "the Dask scheduler is gone: finished cases are stored, and the same command with --reuse "
    "computes the rest"
)


@dataclass(eq=False)
class Task:
    """A submitted case.

    Attributes
    ----------
    key : str
        Key of its latest attempt.
    future : distributed.Future
        Future of its latest attempt.
    attempts : int
        Earlier attempts.
    was_alone : bool
        Whether it was tried while no other case was, see :meth:`Tasks.next_ended`.
    overdue : str
        Why it was ended, if it took too long.
    """

    case: Case
    key: str = ""
    future: Any = None
    attempts: int = 0
    was_alone: bool = False
    overdue: str = ""


class Tasks:
    """Cases on a cluster.

    Parameters
    ----------
    connection : Connection
        The cluster.
    protocol : Protocol
        How the cases are cross-validated.
    session : str
        Id of the session.
    limit : float or None
        Seconds that a case may take.
    watch : callable
        Called about once a second, while the session waits, with the seconds so far of the cases in
        progress by id, and the number of workers.

    Attributes
    ----------
    lost : str
        Why the cluster cannot be used any more, if so.
    """

    def __init__(
        self,
        connection: Connection,
        protocol: Protocol,
        session: str,
        limit: float | None,
        watch: Watch,
    ) -> None:
        self._connection, self._protocol, self._session = connection, protocol, session
        self._limit, self._watch = limit, watch
        self.lost = ""
        self._tasks: dict[Case, Task] = {}
        self._open: dict[Case, Task] = {}  # neither returned nor reported as ended
        # A worker that died may have held several cases, and all of them are blamed. Each is tried
        # again alone. https://distributed.dask.org/en/stable/killed.html
        self._suspects: list[Task] = []
        self._ended: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._looked = 0.0  # time of the latest look at the running tasks

    def has(self, case: Case) -> bool:
        """Return whether a case was submitted."""
        return case in self._tasks

    def submit(self, cases: Iterable[Case]) -> None:
        """Submit those cases that are applicable and were not submitted, in this order.

        Raises
        ------
        EngineError
            The cluster cannot be used.
        """
        self._submit(
            [
                Task(case)
                for case in dict.fromkeys(cases)
                if case not in self._tasks and not case.problem(self._protocol)
            ]
        )

    def _submit(self, tasks: Sequence[Task]) -> None:
        if not tasks:
            return
        try:
            cases = [task.case for task in tasks]
            keys = [f"{task.case.id} {self._session} {task.attempts}" for task in tasks]
            futures = self._connection.submit(
                partial(compute, protocol=self._protocol),
                keys,
                cases,
                [self._connection.scatter(case.dataset, self._look) for case in cases],
                list(map(sources, cases)),
                [environment(case.model) for case in cases],
            )
        except LabError:
            raise
        except Exception as error:
            if self._connection.is_open:
                raise EngineError(f"cases cannot be submitted: {reason(error)}") from None
            raise self._gone() from None
        for task, key, future in zip(tasks, keys, futures, strict=True):
            task.key, task.future = key, future
            self._tasks[task.case] = self._open[task.case] = task
            future.add_done_callback(partial(self._end, task))

    def _end(self, task: Task, future: Any) -> None:
        """Queue a task that is done. Called by a thread of Dask's."""
        if future is task.future and not task.overdue:
            self._ended.put(task)

    def next_ended(self, *, wait: bool = True) -> Case | None:
        """Return the next case that has a result or failed; None if no case is left.

        Without ``wait``, also None if no case has ended yet. Cases that may have been on a worker
        that another case killed come last: by then they run alone.
        """
        while self._open:
            if time.monotonic() - self._looked > TICK:
                self._look()
            try:
                task = self._ended.get(block=wait, timeout=TICK)
            except queue.Empty:
                if wait:
                    continue
                return None
            self._open.pop(task.case, None)
            if not self._is_suspect(task):
                return task.case
            self._suspects.append(task)
        return self._suspects.pop(0).case if wait and self._suspects else None

    def _is_suspect(self, task: Task) -> bool:
        """Return whether a task may have been on a worker that another task killed."""
        from distributed import KilledWorker

        if self._connection.is_local or task.was_alone or task.future.status != "error":
            return False
        return isinstance(task.future.exception(), KilledWorker)

    def result(self, case: Case) -> PackedResult:
        """Wait for the result of a case, and submit it first if need be.

        Raises
        ------
        EngineError
            The case killed its workers or took too long, or the cluster is gone.
        Exception
            Any error of the evaluation.
        """
        from distributed import CancelledError, KilledWorker
        from distributed.comm.core import CommClosedError

        self.submit([case])
        task = self._tasks[case]
        while True:
            if task.overdue:
                raise EngineError(task.overdue)
            try:
                # There is no limit on the transfer of a result.
                patience = None if task.future.done() else TICK
                found: PackedResult = task.future.result(timeout=patience)
            except KilledWorker as error:
                if not self._is_suspect(task):
                    died = error.allowed_failures + 1
                    raise EngineError(f"{died} workers died evaluating it") from None
                task.was_alone = True
                task.attempts += 1
                self._submit([task])
            except TimeoutError:
                if task.future.status == "error":  # the evaluation raised it
                    raise
                self._look()
            except (CancelledError, CommClosedError) as error:
                if not task.overdue:
                    self._submit_again(task, error)
            else:
                self._open.pop(case, None)
                task.future.release()  # the worker may delete it
                return found

    def _submit_again(self, task: Task, error: BaseException) -> None:
        """Submit a task whose data or result were lost, and all others that were lost with it."""
        task.attempts += 1
        if task.attempts > TRIES:
            raise EngineError(f"it was lost {TRIES} times: {reason(error)}")
        if not self._connection.restore():
            raise self._gone()
        lost = [one for one in self._open.values() if not one.overdue and one.future.cancelled()]
        self._submit(list(dict.fromkeys([*lost, task])))

    def _gone(self) -> EngineError:
        self.lost = GONE
        return EngineError(GONE)

    def _look(self) -> None:
        """Report the running cases; end those that take too long."""
        self._looked = time.monotonic()
        found = self._connection.running()
        if found is None:
            return
        workers, by_key = found
        open_tasks = {task.key: task for task in self._open.values()}
        running = {open_tasks[key]: at for key, at in by_key.items() if key in open_tasks}
        self._watch({task.case.id: seconds for task, (_, seconds) in running.items()}, workers)
        for task, (worker, seconds) in running.items():
            if self._limit and seconds > self._limit and not task.overdue:
                task.overdue = f"it took longer than the {self._limit:g} s of --case-timeout"
                self._connection.stop(task.future, worker)
                self._ended.put(task)

    def futures(self) -> list[Any]:
        """Return the futures of all submitted cases."""
        return [task.future for task in self._tasks.values()]
