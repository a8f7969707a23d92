"""Tests that a strategy with an option takes one entry in one file of the library."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lab
from lab.tests.helpers.examples import TINY
from lab.tests.helpers.scratch import Scratch

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


pytestmark = pytest.mark.slow  # a process that imports a copy of the library


@pytest.fixture
def copy(tmp_path, empty_database):
    """Return a scratch copy of the project with a copy of the library, which has a new entry.

    A fork would have the library without the entry.
    """
    shutil.copy(empty_database, tmp_path)
    scratch = Scratch(tmp_path)
    ignored = shutil.ignore_patterns("__pycache__", "tests")
    shutil.copytree(Path(lab.__file__).parent, scratch.root / "lab", ignore=ignored)
    path = scratch.root / "lab" / "strategies" / "over_sampling.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("ENTRIES = (\n", ENTRY), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    return scratch


# A program that lists strategies, runs a session and writes its report, in one process: each that
# imports the copy of the library takes seconds.
PROGRAM = """
import json
import sys
import pytest
from click.testing import CliRunner
from lab.cli import main
def lab(*command):
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    return done.stdout
for name, style in (("facts.json", "json"), ("table.txt", "text")):
    with open(name, "w", encoding="utf-8") as file:
        file.write(lab("strategies", "smoothed_over", "--format", style))
status = pytest.main(sys.argv[1:])
lab("report", "-o", "report.html")
sys.exit(status)
"""


def test_one_entry_adds_a_strategy_with_an_option(copy):
    """It is in the list of strategies, the terminal, the report and MLflow, with nothing else."""
    given = "smoothed_over:shrinkage=1e-3"  # written in another way than in the permanent name
    options = (
        "--strategy",
        "raw",
        "--strategy",
        given,
        "--model",
        "decision_tree",
        "-k",
        "test_case",
    )
    _, _, _, *arguments = copy.command("--dataset", TINY, "-n", "0", *options)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        check=False,
        cwd=copy.root,
        env=copy.environment({"PYTHONPATH": str(copy.root), "COLUMNS": "200"}),
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert NAME in done.stdout
    assert given not in done.stdout

    def written(name):
        return (copy.root / name).read_text(encoding="utf-8")

    (facts,) = json.loads(written("facts.json"))
    assert facts["options"] == {"shrinkage": 1.5}
    assert "shrinkage=1.5" in written("table.txt")
    for text in (NAME, TITLE):
        assert text in written("report.html")

    recorded = copy.runs()[CASE]
    assert recorded.data.params["strategy"] == NAME
    assert recorded.data.params["randomoversampler__shrinkage"] == "0.001"
    assert TITLE in recorded.data.tags["mlflow.note.content"]
