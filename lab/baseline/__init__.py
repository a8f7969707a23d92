"""The committed scores and verdicts that a session is compared with.

Owns the file, the choice of a file for each dataset, and the comparison. May import cases,
observations and what these import.
"""

from lab.baseline.comparison import Comparison, Snapshot, Status
from lab.baseline.file import Baseline, BaselineError
from lab.baseline.lookup import Baselines

__all__ = ["Baseline", "BaselineError", "Baselines", "Comparison", "Snapshot", "Status"]
