"""Tests that take minutes: whether they are asked for, and how large they are."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from lab.tests.helpers.forks import Fork
    from lab.tests.helpers.scratch import Scratch

ASKED = os.environ.get("LAB_SLOW", "")
FULL = ASKED == "full"
if_asked = pytest.mark.skipif(not ASKED, reason="they take minutes: LAB_SLOW=some, or full")
CASES = 504 if FULL else 24
WORKERS = 16 if FULL else 2
TOGETHER = 8 if FULL else 2  # workers of each of two sessions at once


def grid(cases: int) -> list[str]:
    """Return options that select so many small cases, a multiple of 12."""
    options = [f"--dataset=synthetic:rows=200,minority=0.15,seed={i}" for i in range(cases // 12)]
    options += [f"--strategy={name}" for name in ("raw", "smote", "random_over", "class_weight")]
    options += [f"--model={name}" for name in ("logistic_regression", "decision_tree", "xgboost")]
    return [*options, "--folds=3", "-q"]


def records(scratch: Scratch) -> list[Path]:
    """Return the records of the results that are stored."""
    return list((scratch.root / ".lab" / "results").glob("*/*.json"))


def wait_for_results(scratch: Scratch, process: Fork, number: int) -> None:
    """Wait until so many results are stored, or the session has ended."""
    deadline = time.monotonic() + 120
    while len(records(scratch)) < number and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
