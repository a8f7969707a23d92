"""Engines, which evaluate the cases of a session: in local processes, or on a Dask cluster.

Owns the sharing of work among processes, the tasks of a cluster, and the packing of results for the
store. May import the store and evaluation, and what these import. Nothing below this package knows
where a case is evaluated.
"""

from lab.engine.cluster import Cluster
from lab.engine.connection import EngineError
from lab.engine.local import Local
from lab.store import Engine

__all__ = ["Cluster", "Engine", "EngineError", "Local"]
