"""A Dask cluster on this machine, for ``--scheduler local``."""

from __future__ import annotations

import logging
from typing import Any

# A terminal sends Ctrl-C to all of its processes, but the session ends its workers itself.
UNINTERRUPTED = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"


def local_cluster() -> Any:
    """Start a cluster with one worker per core; return it as ``distributed.LocalCluster``."""
    import dask
    import distributed

    # mypy takes it for an untyped function.
    LocalCluster: Any = distributed.LocalCluster
    # A case is given up after it has killed three workers. No second case is queued on a worker,
    # where it would be blamed, too: https://distributed.dask.org/en/stable/killed.html
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": 2,
            "distributed.scheduler.worker-saturation": 1.0,
        }
    )
    return LocalCluster(
        threads_per_worker=1,  # by default with one worker per available core
        memory_limit=0,  # a case that needs too much memory fails as it does without Dask
        dashboard_address="127.0.0.1:0",
        preload=[UNINTERRUPTED],
        silence_logs=logging.CRITICAL,
    )
