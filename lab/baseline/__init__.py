"""The committed scores and verdicts that a session is compared with.

Owns the file, the choice of a file for each dataset, and the comparison. May import cases,
observations and what these import.
"""

from lab.baseline.comparison import Comparison, Status
from lab.baseline.file import Baseline
from lab.baseline.lookup import Baselines
from lab.baseline.snapshot import Snapshot
from lab.baseline.update import Update
from lab.baseline.verdicts import BaselineError, RecordedVerdict

__all__ = [
    "Baseline",
    "BaselineError",
    "Baselines",
    "Comparison",
    "RecordedVerdict",
    "Snapshot",
    "Status",
    "Update",
]
