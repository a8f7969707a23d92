"""What a cluster's scheduler and new workers are sent to run.

They may have none of our modules, at least not yet. So it is sent by value, as Dask does with a
function in a function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set


# distributed has few types.
def warming(kinds: Set[tuple[str, str]], own: Mapping[str, bytes], seed: int) -> Any:
    """Return a plugin with which each worker, a later one too, imports before its first case.

    So what imports take, which is long on a slow disk, is in no case's time, and ``--case-timeout``
    does not end one for it. https://distributed.dask.org/en/stable/plugins.html

    Parameters
    ----------
    kinds, own, seed
        See :func:`lab.engine.worker.get_ready`.
    """
    from distributed import WorkerPlugin

    class WarmUp(WorkerPlugin):
        idempotent = True  # a scheduler that has it asks no worker again

        def setup(self, worker: Any) -> None:
            from lab.engine.worker import get_ready

            get_ready(kinds, own, seed, worker.local_directory)

    return WarmUp()


def executing() -> Callable[[Any], tuple[int, dict[str, tuple[str, float]]]]:
    """Return what asks a scheduler for its number of workers, and what they are at.

    That is the worker's address and since how many seconds, by the key of the task.
    """

    def ask(dask_scheduler: Any) -> tuple[int, dict[str, tuple[str, float]]]:
        return len(dask_scheduler.workers), {
            str(getattr(task, "key", task)): (worker.address, seconds)
            for worker in dask_scheduler.workers.values()
            for task, seconds in worker.executing.items()
        }

    return ask
