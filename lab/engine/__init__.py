"""Where cases are evaluated, if not by the processes that test: on a Dask cluster."""

from lab.engine.cluster import Cluster, EngineError

__all__ = ["Cluster", "EngineError"]
