"""Runs in MLflow: logging a session, reading sessions back, and serving their pages.

The only package that imports mlflow, and only once a connection is needed: the import takes
seconds, which workers never spend. Other slow imports wait until they are needed, too, since shells
complete the names of sessions. It may import ``lab.store`` and what lies below it.
"""

from lab.tracking.backend import Backend, TrackingError
from lab.tracking.tracker import BASELINES, NOTE, REPORT, SCORES, SESSION_RECORD, Tracker

__all__ = [
    "BASELINES",
    "NOTE",
    "REPORT",
    "SCORES",
    "SESSION_RECORD",
    "Backend",
    "Tracker",
    "TrackingError",
]
