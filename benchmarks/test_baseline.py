"""The committed baseline: every score is as recorded, or better."""

from pathlib import Path

import pytest

from lab.baseline import Baseline

FILE = Path(__file__).with_name("baseline.json")


def test_baseline(comparison):
    """No metric is worse than the baseline by more than its tolerance."""
    if comparison.alarming:
        pytest.fail(str(comparison), pytrace=False)


def test_every_case_of_the_baseline_exists():
    """The dataset, strategy and model of every recorded case are registered."""
    gone = Baseline.read(FILE).gone()
    remedy = f"name the --plugin that registers them, or delete their lines from {FILE.name}"
    assert not gone, f"no longer exist: {', '.join(gone)}: {remedy}"
