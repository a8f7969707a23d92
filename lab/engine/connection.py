"""The session's connection to a Dask cluster."""

from __future__ import annotations

import logging
import re
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lab import datasets
from lab.engine.by_value import executing, warm_up_plugin
from lab.engine.local_cluster import local_cluster
from lab.engine.worker import check, environment, files_of, sources
from lab.errors import LabError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lab.cases import Case

LOCAL, ADDRESS = "local", re.compile(r"(tcp|tls|ucx|wss?)://.+:\d+")
# Timeouts, in seconds: to find the scheduler, or for it to come back (less if Dask is configured
# to less), to send a dataset, and for workers to drop the plugin when the session ends.
CONNECT, TRANSFER, LEAVE = 20.0, 60.0, 5.0
POLL = 0.2  # seconds between two looks at a connection that is being restored
BUNDLED = (datasets.CORE_COLLECTION, datasets.LARGE, "generated")  # these come with the lab


class EngineError(LabError):
    """A cluster that cannot be used, or a case that it could not evaluate."""


class Connection:
    """A connection to the scheduler of a cluster, from the session's process.

    Parameters
    ----------
    address : str
        Address of the scheduler, or ``local`` to start a cluster on this machine, with one worker
        per core.
    session : str
        Id of the session.

    Attributes
    ----------
    is_local : bool
        Whether the cluster is the session's own.

    Raises
    ------
    EngineError
        The address is not valid, no scheduler answers, the package ``distributed`` is missing, or
        a worker cannot import the lab.
    WorkerError
        A worker would give other scores.
    """

    def __init__(self, address: str, session: str) -> None:
        _check_address(address)
        self.is_local = address == LOCAL
        self._plugin = f"lab {session}"
        self._register: Callable[[], None] | None = None  # warms up the workers
        self._data: dict[str, Any] = {}  # futures of datasets, by name
        self._cluster: Any = None  # distributed has few types
        self._client: Any = None
        try:
            self._connect(address)
            self._check_workers()
        except BaseException:
            self.close([])
            raise

    def _connect(self, address: str) -> None:
        import distributed

        # mypy takes both for untyped functions.
        Client: Any = distributed.Client
        _silence()
        try:
            if self.is_local:
                self._cluster = local_cluster()
                self._client = Client(self._cluster, set_as_default=False)
            else:
                self._client = Client(address, timeout=_patience(), set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            what = "cluster starts on this machine" if self.is_local else "scheduler answers there"
            raise EngineError(f"--scheduler {address}: no Dask {what} ({reason(error)})") from None

    def _check_workers(self) -> None:
        """Check the workers so far. Each worker checks itself again before each case."""
        answers = self._client.run(environment, on_error="return")
        for worker, found in answers.items():
            if isinstance(found, BaseException):
                raise EngineError(
                    f"worker {worker} cannot evaluate: {reason(found)}: install this project there"
                )
            check(found, environment(), worker)

    def description(self) -> str:
        """Return workers and addresses in one line."""
        scheduler = self._client.scheduler
        address = scheduler.address if scheduler else "a scheduler that is gone"
        number = len(self._client.scheduler_info(n_workers=-1)["workers"])
        workers = f"{number} worker{'s' if number != 1 else ''}" if number else "no worker yet"
        return f"Dask: {workers} at {address}, dashboard {self._client.dashboard_link}"

    @property
    def is_open(self) -> bool:
        """Whether the scheduler can be reached."""
        return bool(self._client.status == "running")

    def restore(self) -> bool:
        """Wait until the scheduler can be reached again; return whether it can.

        It may be a new one. Its workers are warmed up, and datasets are sent again when needed.
        """
        while self._client.status == "connecting":  # Dask gives up in the end
            time.sleep(POLL)
        if not self.is_open:
            return False
        self._warm_up()
        self._data = {n: future for n, future in self._data.items() if not future.cancelled()}
        return True

    def submit(self, function: Callable[..., Any], keys: Sequence[str], *arguments: Any) -> Any:
        """Submit one task for each key, in the order in which Dask is to start them.

        Parameters
        ----------
        function : callable
            Gets one item of each of the ``arguments``.
        keys : sequence of str
            Keys of the tasks.
        *arguments : sequences
            One item for each task.

        Returns
        -------
        list of distributed.Future
        """
        return self._client.map(function, *arguments, key=list(keys), pure=False)

    def scatter(self, name: str, while_waiting: Callable[[], None]) -> Any:
        """Return a dataset as a future that all workers have; None if it comes with the lab.

        Parameters
        ----------
        name : str
            Name of the dataset.
        while_waiting : callable
            Called about once a second until there is a worker.
        """
        if datasets.entry(name).collection in BUNDLED:
            return None
        dataset = datasets.load(name)
        if name not in self._data:
            self._wait_for_a_worker(while_waiting)
            # Under this key, other sessions find the same data. All workers get it, since a
            # scattered value cannot be computed again.
            key = f"dataset {dataset.identity}"
            found = self._client.scatter({key: dataset}, broadcast=True, timeout=TRANSFER)
            self._data[name] = found[key]
        return self._data[name]

    def _wait_for_a_worker(self, while_waiting: Callable[[], None]) -> None:
        while True:
            with suppress(TimeoutError):
                self._client.wait_for_workers(1, timeout=1.0)
                return
            while_waiting()

    def warm_up(self, cases: Iterable[Case], seed: int) -> None:
        """Let all workers, including later ones, import the libraries of cases.

        Returns at once. Whatever fails is reported by the first case that needs it.
        """
        kinds = {(case.strategy, case.model): case for case in cases}

        def register() -> None:
            files = (sources(case) for case in kinds.values())
            own = {name: content for one in files for name, content in one.items()}
            # A user's pipeline is not built here: it might end every worker, and no case would
            # be to blame.
            ours = {kind for kind, case in kinds.items() if not files_of(case)}
            self._client.register_plugin(warm_up_plugin(ours, own, seed), self._plugin)

        self._register = register
        self._warm_up()

    def _warm_up(self) -> None:
        if self._register:
            _in_background(self._register)

    def running(self) -> tuple[int, dict[str, tuple[str, float]]] | None:
        """Return the number of workers, and the worker and the seconds so far of each task by key.

        None if the scheduler does not answer.
        """
        if not self.is_open:
            return None
        try:
            found: tuple[int, dict[str, tuple[str, float]]] = self._client.run_on_scheduler(
                executing()
            )
        except Exception:  # the scheduler is ending, or does not allow it
            return None
        return found

    def stop(self, future: Any, worker: str) -> None:
        """End a task: only the end of the worker's process ends a fit."""
        with suppress(Exception):
            future.cancel()
            self._client.restart_workers([worker], timeout=5, raise_for_error=False)

    def close(self, futures: Sequence[Any]) -> None:
        """Cancel tasks and disconnect. A local cluster ends."""
        _silence()
        with suppress(Exception):  # the cluster may be gone
            if self.is_open:
                self._client.cancel(list(futures), force=True)
                leave = _in_background(lambda: self._client.unregister_worker_plugin(self._plugin))
                leave.join(LEAVE)
        for end in (self._client, self._cluster):
            with suppress(Exception):
                if end is not None:
                    end.close(timeout=5)


def _check_address(address: str) -> None:
    """Check the value of ``--scheduler``.

    Raises
    ------
    EngineError
        It is not a valid address, or the package ``distributed`` is missing.
    """
    if address != LOCAL and not ADDRESS.fullmatch(address):
        raise EngineError(
            f"--scheduler {address!r} is not a valid address: use tcp://HOST:PORT or {LOCAL!r}"
        )
    if find_spec("distributed") is None:
        raise EngineError(
            "--scheduler needs the package distributed: install the extra `dask`, as in "
            'pip install -e ".[dask]"'
        )


def _patience() -> float:
    """Return the seconds to wait for a scheduler."""
    import dask.utils

    with suppress(Exception):  # the configuration may have any value
        found = dask.utils.parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
        return min(CONNECT, float(found))
    return CONNECT


def _in_background(do: Callable[[], object]) -> threading.Thread:
    """Call a function that may fail, in a thread."""

    def attempt() -> None:
        with suppress(Exception):
            do()

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    return thread


def _silence() -> None:
    """Keep Dask from logging dead workers: the session reports them in a sentence."""
    for name in ("distributed", "distributed.client", "distributed.comm", "distributed.nanny"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
