"""One session, from its start to its closing lines.

Owns the order of tests, the recording of cases as MLflow runs, progress, and what a benchmark's
fixtures return. May import everything but the command line and the plugin, and of pytest only
pluggy's markers.
"""

from lab.session.session import Session
from lab.session.workspace import Workspace

__all__ = ["Session", "Workspace"]
