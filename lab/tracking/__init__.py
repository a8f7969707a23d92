"""What the lab keeps in MLflow.

The only modules that import mlflow, and only once a connection is made: the import takes seconds
that no other process needs to spend.
"""

from lab.tracking.backend import Backend, TrackingError, tracking_uri
from lab.tracking.tracker import NOTE, RECORD, REPORT, SCORES, Tracker

__all__ = [
    "NOTE",
    "RECORD",
    "REPORT",
    "SCORES",
    "Backend",
    "Tracker",
    "TrackingError",
    "tracking_uri",
]
