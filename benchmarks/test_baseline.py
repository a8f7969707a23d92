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
    """Recorded cases have a registered dataset, strategy and model, and observations a test."""
    baseline = Baseline.read(FILE)
    remedy = f"name the --plugin that registers them, or delete their lines from {FILE.name}"
    gone = baseline.gone()
    assert not gone, f"no longer exist: {', '.join(gone)}: {remedy}"
    gone = [key for key in sorted(baseline.observations) if not has_test(key)]
    assert not gone, f"no test records {', '.join(gone)}: delete their lines from {FILE.name}"


def has_test(key):
    """Return whether the module of an observation has its test."""
    module, _, name = key.partition(".")
    path = FILE.with_name(f"{module}.py")
    return path.exists() and f"def test_{name}(" in path.read_text(encoding="utf-8")
