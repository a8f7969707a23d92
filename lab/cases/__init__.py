"""Cases, the protocol that cross-validates them, and their results.

Owns the facts that travel through the lab. Pure: no file is written here, and nothing is tracked.
May import strategies, models, datasets and what these import.
"""

from lab.cases.case import Case
from lab.cases.data_fit import check_folds, fold_notes, situation
from lab.cases.holdout import Holdout
from lab.cases.protocol import Protocol
from lab.cases.result import NO_ROW, Result, ScoresByFold
from lab.splits import ProtocolError

__all__ = [
    "NO_ROW",
    "Case",
    "Holdout",
    "Protocol",
    "ProtocolError",
    "Result",
    "ScoresByFold",
    "check_folds",
    "fold_notes",
    "situation",
]
