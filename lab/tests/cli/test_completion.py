"""Tests of shell completion."""

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from lab.cli import main
from lab.cli.completion import SHELLS
from lab.tests.helpers.scratch import PROJECT

PROGRAM = 'import sys; sys.argv[0] = "lab"; from lab.cli import main; main()'


def completed(*words):
    """Return the completions of the last word."""
    shell = ShellComplete(main, {}, "lab", "_LAB_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("se",), ["sessions", "serve"]),
        (("datasets", "car"), ["car_crash", "caravan"]),
        (
            ("datasets", "imblearn:o"),
            ["imblearn:optical_digits", "imblearn:oil", "imblearn:ozone_level"],
        ),
        (("strategies", "raw", "threshold_p"), ["threshold_prevalence"]),
        (("models", "core", "x"), ["xgboost"]),
        (("metrics", "recall_"), ["recall_at_precision_50"]),
        (("observations", "smote_keeps"), ["smote_keeps_auc"]),
        (("compare", "base"), ["baseline", "base"]),
        (("models", "--format", ""), ["text", "json"]),
    ],
)
def test_names_are_offered(words, offered):
    """Commands, options, registered names and groups complete."""
    assert sorted(completed(*words)) == sorted(offered)


@pytest.mark.skipif(not shutil.which("bash"), reason="asks bash")
def test_bash_completes_names_and_files():
    """In bash a name completes, and a file if no name has the prefix."""
    script = CliRunner().invoke(main, ["completion", "bash"]).output
    # Replaces the program on the path, and sets the variables that bash sets on a key press.
    program = f"env() {{ command env \"$@\" {sys.executable} -c '{PROGRAM}'; }}"
    ask = "COMP_WORDS=(lab compare b); COMP_CWORD=2; _lab_completion; echo ${COMPREPLY[*]}"
    done = subprocess.run(
        ["bash", "--norc", "-c", f"compopt() {{ :; }}; {script}\n{program}\n{ask}"],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "baseline\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_can_read_its_script(shell):
    """The script calls `lab`, and the shell finds no syntax error."""
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert f"_LAB_COMPLETE={shell}_complete" in done.output
    if shutil.which(shell):
        read = subprocess.run(
            [shell, "-n"], input=done.output, text=True, capture_output=True, check=False
        )
        assert (read.returncode, read.stderr) == (0, "")


def test_completion_without_sessions_creates_nothing(tmp_path, monkeypatch):
    """Completing a session without a database or a server creates no file and raises no error."""
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "conftest.py").touch()
    monkeypatch.chdir(tmp_path)
    assert completed("observations", "--session", "") == ["latest", "latest~1"]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert completed("observations", "--session", "") == ["latest", "latest~1"]
    assert not (tmp_path / "mlflow.db").exists()
