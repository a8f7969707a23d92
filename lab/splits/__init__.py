"""Splits: how rows are divided into training and test rows, at every level.

Folds of the cross-validation, folds within a training fold, checks and intervals all ask here. A
split knows the rows' target, group, time and copies, never their features. It may import the small
modules only.
"""

from lab.splits.division import COPIES, DROP, KEEP, TOGETHER, divide, seen_groups
from lab.splits.error import ProtocolError
from lab.splits.gap import Gap
from lab.splits.inner import INNER_FOLDS, InnerFolds, stratified_folds
from lab.splits.rows import Rows
from lab.splits.split import (
    FEWEST_GROUPS,
    GROUP,
    RANDOM,
    SPLITS,
    TIME,
    Fold,
    GroupSplit,
    Split,
)

__all__ = [
    "COPIES",
    "DROP",
    "FEWEST_GROUPS",
    "GROUP",
    "INNER_FOLDS",
    "KEEP",
    "RANDOM",
    "SPLITS",
    "TIME",
    "TOGETHER",
    "Fold",
    "Gap",
    "GroupSplit",
    "InnerFolds",
    "ProtocolError",
    "Rows",
    "Split",
    "divide",
    "seen_groups",
    "stratified_folds",
]
