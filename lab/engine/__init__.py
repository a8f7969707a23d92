"""Where cases are evaluated, if not by the processes that test: on a Dask cluster."""

from lab.engine.cluster import Cluster, EngineError
from lab.engine.dispatch import Dispatch

__all__ = ["Cluster", "Dispatch", "EngineError"]
