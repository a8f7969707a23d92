"""What a cluster's scheduler and new workers are sent to run.

They may have none of our modules, at least not yet. So it is sent by value, as Dask does with a
function in a function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Set


def warming(kinds: Set[tuple[str, str]], seed: int) -> Any:  # distributed has few types
    """Return a plugin with which each worker, a later one too, imports before its first case.

    So what imports take, which is long on a slow disk, is in no case's time, and ``--case-timeout``
    does not end one for it. https://distributed.dask.org/en/stable/plugins.html

    Parameters
    ----------
    kinds, seed
        See :func:`lab.warm_up.warm_up`.
    """
    from distributed import WorkerPlugin

    class WarmUp(WorkerPlugin):
        idempotent = True  # a scheduler that has it asks no worker again

        def setup(self, worker: Any) -> None:  # noqa: ARG002 (the interface has it)
            from lab.warm_up import warm_up

            warm_up(kinds, seed)

    return WarmUp()


def forgetting(plugin: str) -> Callable[[Any], None]:
    """Return what makes a scheduler give later workers a plugin no more; no worker is asked."""

    def forget(dask_scheduler: Any) -> None:
        dask_scheduler.worker_plugins.pop(plugin, None)

    return forget


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
