"""Functions that a cluster's scheduler and new workers run without having our modules.

They are sent by value, as Dask sends functions that are defined in functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set


# distributed has few types.
def warm_up_plugin(kinds: Set[tuple[str, str]], own: Mapping[str, bytes], seed: int) -> Any:
    """Return a plugin by which every worker imports libraries before its first case.

    Imports take long on a slow disk. This way no case is timed with them, or ended for them by
    ``--case-timeout``. https://distributed.dask.org/en/stable/plugins.html

    Parameters
    ----------
    kinds, own, seed
        See :func:`lab.engine.worker.get_ready`.
    """
    from distributed import WorkerPlugin

    class WarmUp(WorkerPlugin):
        idempotent = True  # the scheduler sends it to each worker once

        def setup(self, worker: Any) -> None:
            from lab.engine.worker import get_ready

            get_ready(kinds, own, seed, worker.local_directory)

    return WarmUp()


def executing() -> Callable[[Any], tuple[int, dict[str, tuple[str, float]]]]:
    """Return a function that asks a scheduler for its number of workers and their current tasks.

    Tasks are given as the worker's address and the seconds so far, by the key of the task.
    """

    def ask(dask_scheduler: Any) -> tuple[int, dict[str, tuple[str, float]]]:
        return len(dask_scheduler.workers), {
            str(getattr(task, "key", task)): (worker.address, seconds)
            for worker in dask_scheduler.workers.values()
            for task, seconds in worker.executing.items()
        }

    return ask
