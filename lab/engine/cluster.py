"""A Dask cluster that evaluates the cases of a session.

The session's process hands all of them out at once and waits. Workers evaluate, draw and pack;
this process stores, judges and logs, so that a worker needs no tracking server and no shared disk.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lab import datasets
from lab.engine.by_value import executing, warming
from lab.engine.worker import check, compute, environment, sources
from lab.errors import LabError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lab.cases import Case, Protocol

LOCAL, ADDRESS = "local", re.compile(r"(tcp|tls|ucx|wss?)://.+:\d+")
# Seconds, at most: to find the scheduler or for one that is gone to come back (fewer if Dask is set
# to fewer), to send rows, between two looks, and for workers to hear that a session ends.
CONNECT, TRANSFER, TICK, LEAVE = 20.0, 60.0, 1.0, 5.0
# How often a case is handed out anew because what it takes, or its answer, was lost.
TRIES = 3
# Ctrl-C is every process's of a terminal: the session ends its workers.
UNINTERRUPTED = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
BUNDLED = (datasets.CORE_COLLECTION, datasets.LARGE, "generated")  # what workers have themselves


class EngineError(LabError):
    """A cluster that cannot be used, or a case that it could not evaluate."""


class Cluster:
    """Evaluates cases on the workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``, or ``local`` for a cluster on this
        machine with a worker for each core.
    protocol : Protocol
        How the cases are cross-validated.
    session : str
        The session's id.
    limit : float, optional
        Seconds that a case may take.

    Attributes
    ----------
    watch : callable
        Called now and then with the ids of the cases that are evaluated, since how many seconds
        each, and the number of workers.

    Raises
    ------
    EngineError
        There is no such scheduler, or the package ``distributed`` is not installed.
    WorkerError
        A worker would give other scores.
    """

    def __init__(
        self, address: str, protocol: Protocol, session: str, limit: float | None = None
    ) -> None:
        if address != LOCAL and not ADDRESS.fullmatch(address):
            raise EngineError(
                f"--scheduler {address!r} is no address: give tcp://HOST:PORT, or {LOCAL!r}"
            )
        if find_spec("distributed") is None:
            raise EngineError(
                "--scheduler takes the package distributed: install the extra `dask`, "
                'as in pip install -e ".[dask]"'
            )
        self.protocol, self.session, self.limit = protocol, session, limit
        self.watch: Callable[[dict[str, float], int], None] = lambda _running, _workers: None
        self.lost = ""  # why there is no cluster any more
        # What is to be handed out when tests begin, the dearest first.
        self.planned: Sequence[Case] = ()
        self._futures: dict[Case, Any] = {}
        self._cases: dict[str, Case] = {}  # by their keys
        self._data: dict[str, Any] = {}  # by names
        self._tries: dict[Case, int] = {}
        self._late: dict[Case, str] = {}
        self._alone: set[Case] = set()  # were tried alone
        self._open: dict[Case, None] = {}  # handed out, and not ended: a set with an order
        # On a worker that died were others, too, which are blamed as well: they are tried alone.
        # https://distributed.dask.org/en/stable/killed.html
        self._suspects: list[Case] = []
        self._ended: queue.SimpleQueue[Case] = queue.SimpleQueue()
        self._looked = 0.0  # when
        self._local: Any = None
        self._plugin = f"lab {session}"
        try:
            self._client = self._connect(address)
            self._check_workers()
        except BaseException:
            self.close()
            raise

    def _connect(self, address: str) -> Any:  # distributed has few types
        import dask
        import distributed

        # Without types, as far as mypy sees.
        Client: Any = distributed.Client
        LocalCluster: Any = distributed.LocalCluster
        _silence()
        try:
            if address == LOCAL:
                # A case that kills three workers is given up; and none waits behind it to be
                # blamed: https://distributed.dask.org/en/stable/killed.html
                dask.config.set(
                    {
                        "distributed.scheduler.allowed-failures": 2,
                        "distributed.scheduler.worker-saturation": 1.0,
                    }
                )
                self._local = LocalCluster(
                    threads_per_worker=1,  # and a worker for each core that we may use
                    memory_limit=0,  # a case that is too large fails here as it does without Dask
                    dashboard_address="127.0.0.1:0",
                    preload=[UNINTERRUPTED],
                    silence_logs=logging.CRITICAL,
                )
                return Client(self._local, set_as_default=False)
            return Client(address, timeout=_patience(), set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            what = "cluster starts here" if address == LOCAL else "scheduler answers there"
            raise EngineError(f"--scheduler {address}: no Dask {what} ({reason(error)})") from None

    def _check_workers(self) -> None:
        """Check those that are there; each checks itself again before it evaluates a case."""
        answers = self._client.run(environment, on_error="return")
        for worker, found in answers.items():
            if isinstance(found, BaseException):
                raise EngineError(
                    f"worker {worker} cannot evaluate: {reason(found)}: install this project there"
                )
            check(found, environment(), worker)

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def description(self) -> str:
        """Return in a line where cases are evaluated."""
        scheduler = self._client.scheduler
        address = scheduler.address if scheduler else "a scheduler that is gone"
        number = self.workers
        workers = f"{number} worker{'s' if number != 1 else ''}" if number else "no worker yet"
        return f"Dask: {workers} at {address}, dashboard {self._client.dashboard_link}"

    def submit(self, cases: Sequence[Case]) -> None:
        """Hand out cases, in this order.

        Raises
        ------
        EngineError
            The cluster is gone.
        """
        waiting = [
            case
            for case in dict.fromkeys(cases)
            if case not in self._futures and not case.problem(self.protocol)
        ]
        if not waiting:
            return
        try:
            data = [self._scattered(case.dataset) for case in waiting]
            own = [sources(case) for case in waiting]
            keys = [f"{case.id} {self.session} {self._tries.get(case, 0)}" for case in waiting]
            mine = [environment(case.model) for case in waiting]
            work = partial(compute, protocol=self.protocol, session=self.session)
            # Dask hands out in this order what it has not handed out yet.
            futures = self._client.map(work, waiting, data, own, mine, key=keys, pure=False)
        except LabError:
            raise
        except Exception as error:
            if self._client.status == "running":
                raise EngineError(f"cases cannot be handed out: {reason(error)}") from None
            raise self._gone() from None
        for case, key, future in zip(waiting, keys, futures, strict=True):
            self._futures[case], self._cases[key] = future, case
            self._open[case] = None
            future.add_done_callback(partial(self._end, case))

    def _end(self, case: Case, future: Any) -> None:
        if future is self._futures.get(case) and case not in self._late:
            self._ended.put(case)

    def _scattered(self, name: str) -> Any:
        """Return a dataset as all workers have it; nothing if they have it themselves."""
        if datasets.entry(name).collection in BUNDLED:
            return None
        dataset = datasets.load(name)
        if name not in self._data:
            self._wait_for_a_worker()
            # Under this key another session finds what is there. All workers get it, since what
            # is scattered cannot be computed again.
            key = f"dataset {dataset.identity}"
            found = self._client.scatter({key: dataset}, broadcast=True, timeout=TRANSFER)
            self._data[name] = found[key]
        return self._data[name]

    def plan(self, cases: Sequence[Case]) -> None:
        """Hear which cases to hand out when tests begin; let workers import what they take."""
        self.planned = cases
        self._warm_up()

    def _warm_up(self) -> None:
        kinds = {(case.strategy, case.model): case for case in self.planned}

        def register() -> None:
            files = {kind: sources(case) for kind, case in kinds.items()}
            own = {name: content for one in files.values() for name, content in one.items()}
            # Nothing of a user's is made: it might end every worker, and no case be blamed.
            ours = {kind for kind, one in files.items() if not one}
            self._client.register_plugin(warming(ours, own, self.protocol.seed), self._plugin)

        # It returns when all workers that are there are done, which nothing need wait for.
        _aside(register)

    def _wait_for_a_worker(self) -> None:
        while True:
            with suppress(TimeoutError):
                self._client.wait_for_workers(1, timeout=TICK)
                return
            self._look()  # which says that there is none

    def ended(self, *, wait: bool = True) -> Case | None:
        """Return the next case that has ended in one way or another; None if all have.

        Without ``wait``, also None if none has by now.
        """
        while self._open:
            if time.monotonic() - self._looked > TICK:
                self._look()
            try:
                case = self._ended.get(block=wait, timeout=TICK)
            except queue.Empty:
                if wait:
                    continue
                return None
            self._open.pop(case, None)
            if not self._is_suspect(case):
                return case
            self._suspects.append(case)
        return self._suspects.pop(0) if wait and self._suspects else None

    def _is_suspect(self, case: Case) -> bool:
        """Return whether a case may have been on a worker that another case killed."""
        from distributed import KilledWorker

        future = self._futures[case]
        may = self._local is None and case not in self._alone and future.status == "error"
        return may and isinstance(future.exception(), KilledWorker)

    def is_waiting(self, case: Case) -> bool:
        """Return whether a case was handed out."""
        return case in self._futures

    def contents(self, case: Case) -> dict[str, bytes]:
        """Return the files of a case's result; wait for it, and hand it out first if need be.

        Raises
        ------
        EngineError
            Workers died of it, it took too long, or the cluster is gone.
        Exception
            What the evaluation raised.
        """
        from distributed import CancelledError, KilledWorker
        from distributed.comm.core import CommClosedError

        self.submit([case])
        while True:
            if case in self._late:
                raise EngineError(self._late[case])
            future = self._futures[case]
            try:
                # Its transfer may take its time.
                patience = None if future.done() else TICK
                found: dict[str, bytes] = future.result(timeout=patience)
            except KilledWorker as error:
                if not self._is_suspect(case):
                    died = error.allowed_failures + 1
                    raise EngineError(f"{died} workers died evaluating it") from None
                self._alone.add(case)
                self._tries[case] = self._tries.get(case, 0) + 1
                del self._futures[case]
                self.submit([case])
            except TimeoutError:
                if future.status == "error":  # of the evaluation
                    raise
                self._look()
            except (CancelledError, CommClosedError) as error:
                if case not in self._late:
                    self._once_more(case, error)
            else:
                self._open.pop(case, None)
                self._cases.pop(future.key, None)
                future.release()  # the worker may forget it
                return found

    def _once_more(self, case: Case, error: BaseException) -> None:
        """Hand a case out anew whose answer, or what it takes, is lost."""
        self._tries[case] = self._tries.get(case, 0) + 1
        if self._tries[case] > TRIES:
            raise EngineError(f"it was lost {TRIES} times: {reason(error)}")
        while self._client.status == "connecting":  # which ends
            time.sleep(0.2)
        if self._client.status != "running":
            raise self._gone()
        self._warm_up()  # the scheduler may be a new one
        self._data = {n: future for n, future in self._data.items() if not future.cancelled()}
        # All that went with it; what was released, or took too long, looks cancelled, too.
        lost = [c for c in self._open if c not in self._late and self._futures[c].cancelled()]
        for one in {*lost, case}:
            del self._futures[one]
        self.submit([*lost, case])

    def _gone(self) -> EngineError:
        self.lost = (
            "the Dask scheduler is gone: what was computed is kept, and the same command with "
            "--reuse computes the rest"
        )
        return EngineError(self.lost)

    def _look(self) -> None:
        """Look which cases are evaluated; end those that take too long."""
        self._looked = time.monotonic()
        if self._client.status != "running":
            return
        try:
            workers, found = self._client.run_on_scheduler(executing())
        except Exception:  # of a scheduler that goes, or does not allow it
            return
        running = {self._cases[key]: at for key, at in found.items() if key in self._cases}
        self.watch({case.id: seconds for case, (_, seconds) in running.items()}, workers)
        for case, (worker, seconds) in running.items():
            if self.limit and seconds > self.limit and case not in self._late:
                self._late[case] = f"it took longer than the {self.limit:g} s of --case-timeout"
                # Nothing but the end of its process ends a fit.
                with suppress(Exception):
                    self._futures[case].cancel()
                    self._client.restart_workers([worker], timeout=5, raise_for_error=False)
                self._ended.put(case)

    def close(self) -> None:
        """Cancel what is still to come; leave the cluster, or end it if it is our own."""
        _silence()
        with suppress(Exception):  # what is gone need not be closed
            if self._client.status == "running":
                self._client.cancel(list(self._futures.values()), force=True)
                _aside(partial(self._client.unregister_worker_plugin, self._plugin)).join(LEAVE)
        for end in (getattr(self, "_client", None), self._local):
            with suppress(Exception):
                if end is not None:
                    end.close(timeout=5)
        self._futures.clear()


def _patience() -> float:
    """Return for how many seconds a scheduler is waited for."""
    import dask.utils

    with suppress(Exception):  # what is set may be anything
        found = dask.utils.parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
        return min(CONNECT, float(found))
    return CONNECT


def _aside(do: Callable[[], object]) -> threading.Thread:
    """Do what need not succeed, in a thread."""

    def attempt() -> None:
        with suppress(Exception):  # what is wrong is said where the cases are handed out
            do()

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    return thread


def _silence() -> None:
    """Let it log nothing of workers that die: the session says that in a sentence."""
    for name in ("distributed", "distributed.client", "distributed.comm", "distributed.nanny"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
