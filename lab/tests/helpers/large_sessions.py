"""Sessions of many cases, for the slow tests: how large they are, and how far they have come."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from lab.tests.helpers.forks import Fork
    from lab.tests.helpers.scratch import Scratch

# On request sessions are as large, and accidents as many, as the documentation reports.
FULL = os.environ.get("LAB_SLOW") == "full"
CASES = 504 if FULL else 12
INTERRUPTED_CASES = 504 if FULL else 24  # of a session that must not end before the accident
WORKERS = 16 if FULL else 2
WORKERS_OF_TWO = 8 if FULL else 2  # workers of each of two concurrent sessions


def grid(cases: int) -> list[str]:
    """Return options that select a number of small cases, a multiple of 12."""
    options = [f"--dataset=synthetic:rows=200,minority=0.15,seed={i}" for i in range(cases // 12)]
    options += [f"--strategy={name}" for name in ("raw", "smote", "random_over", "class_weight")]
    options += [f"--model={name}" for name in ("logistic_regression", "decision_tree", "xgboost")]
    return [*options, "--folds=3", "-q"]


def stored_results(scratch: Scratch) -> list[Path]:
    """Return the JSON files of the stored results."""
    return list((scratch.root / ".lab" / "results").glob("*/*.json"))


def wait_for_results(scratch: Scratch, process: Fork, number: int) -> None:
    """Wait until a number of results are stored, or the session has ended."""
    deadline = time.monotonic() + 120
    while len(stored_results(scratch)) < number and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
