"""Every score is where the committed baseline has it, or better."""

from pathlib import Path

import pytest

from lab.baseline import Baseline


def test_baseline(comparison):
    """No metric is worse than the baseline by more than its tolerance."""
    if comparison.alarming:
        pytest.fail(str(comparison), pytrace=False)


def test_every_case_of_the_baseline_exists():
    """No case that was recorded is missing from the registries of today."""
    path = Path(__file__).with_name("baseline.json")
    gone = Baseline.read(path).gone()
    remedy = f"name the --plugin that registers them, or delete their lines from {path.name}"
    assert not gone, f"no longer exist: {', '.join(gone)}: {remedy}"
