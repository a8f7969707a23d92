"""Tests that a strategy with an option takes one entry in one file of the library."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lab
from lab.tests.helpers.examples import TINY

ENTRY = """ENTRIES = (
    Strategy(
        "smoothed_over",
        "random minority rows repeated with noise of width {shrinkage}",
        resampled_by("over_sampling.RandomOverSampler"),
        family="over-sampling",
        options={"shrinkage": 1.5},
    ),
"""
NAME = "smoothed_over:shrinkage=0.001"
CASE = f"{TINY}-{NAME}-decision_tree"
TITLE = "random minority rows repeated with noise of width 0.001"


@pytest.fixture
def copy(scratch):
    """Return a scratch copy of the project with a copy of the library, which has a new entry."""
    ignored = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(Path(lab.__file__).parent, scratch.root / "lab", ignore=ignored)
    path = scratch.root / "lab" / "strategies" / "over_sampling.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("ENTRIES = (\n", ENTRY), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    return scratch


def run(copy, *command):
    """Run a command with the copy of the library; return what it prints."""
    environment = copy.environment({"PYTHONPATH": str(copy.root), "COLUMNS": "200"})
    done = subprocess.run(
        [sys.executable, "-m", *command],
        check=False,
        cwd=copy.root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_one_entry_adds_a_strategy_with_an_option(copy):
    """It is in the list of strategies, the terminal, the report and MLflow, with nothing else."""
    listed = json.loads(run(copy, "lab", "strategies", "smoothed_over", "--format", "json"))
    assert listed[0]["options"] == {"shrinkage": 1.5}
    assert "shrinkage=1.5" in run(copy, "lab", "strategies", "*_over")

    given = "smoothed_over:shrinkage=1e-3"  # written in another way than in the permanent name
    options = ("--strategy", "raw", "--strategy", given, "--model", "decision_tree")
    _, _, *command = copy.command("--dataset", TINY, "-n", "0", *options)
    printed = run(copy, *command)
    assert NAME in printed
    assert given not in printed

    recorded = copy.runs()[CASE]
    assert recorded.data.params["strategy"] == NAME
    assert recorded.data.params["randomoversampler__shrinkage"] == "0.001"
    assert TITLE in recorded.data.tags["mlflow.note.content"]

    run(copy, "lab", "report", "-o", "report.html")
    page = (copy.root / "report.html").read_text(encoding="utf-8")
    assert NAME in page
    assert TITLE in page
