"""Tests of names that a shell completes."""

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
    """Return what the shell offers for the last of some words."""
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
    """Commands, options and the names of what is registered complete; groups of them, too."""
    assert sorted(completed(*words)) == sorted(offered)


@pytest.mark.skipif(not shutil.which("bash"), reason="asks bash")
def test_bash_offers_sessions_beside_files():
    """What bash makes of it: names, and files where no name begins so."""
    script = CliRunner().invoke(main, ["completion", "bash"]).output
    # Stands for the program on the path, and for what bash sets when a key is pressed.
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
def test_scripts_are_those_of_the_shell(shell):
    """Each script asks the program `lab`, and the shell can read it."""
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert f"_LAB_COMPLETE={shell}_complete" in done.output
    if shutil.which(shell):
        read = subprocess.run(
            [shell, "-n"], input=done.output, text=True, capture_output=True, check=False
        )
        assert (read.returncode, read.stderr) == (0, "")


def test_without_any_session_none_is_offered(tmp_path, monkeypatch):
    """To complete a session's name where none was logged makes no file, nor an error."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "conftest.py").touch()
    monkeypatch.chdir(tmp_path)
    assert completed("observations", "--session", "") == ["latest", "latest~1"]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert completed("observations", "--session", "") == ["latest", "latest~1"]
    assert not (tmp_path / "mlflow.db").exists()
