"""Tests of what the command line writes to terminals and pipes."""

import os
import re
import subprocess
import sys

import pytest

from lab.tests.helpers.scratch import PROJECT

LAB = [sys.executable, "-m", "lab"]
BOLD = "\x1b[1m"


def environment(**extra):
    """Return an environment that says nothing of colours or widths."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return kept | {"PYTHONPATH": str(PROJECT)} | extra


def on_terminal(columns, *arguments, **extra):
    """Return what a command writes to a terminal of so many columns."""
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    reads, writes = pty.openpty()
    termios.tcsetwinsize(writes, (24, columns))
    with subprocess.Popen([*LAB, *arguments], stdout=writes, env=environment(**extra)) as process:
        os.close(writes)
        shown = b""
        try:
            while part := os.read(reads, 65536):
                shown += part
        except OSError:
            pass  # Linux says so when the last writer is gone
    os.close(reads)
    assert process.returncode == 0
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [60, 110])
def test_tables_fit_a_terminal(columns):
    """On a terminal titles are bold and no line is longer than it is wide."""
    shown = on_terminal(columns, "strategies")
    assert BOLD in shown
    lines = re.sub(r"\x1b\[\d*m", "", shown).splitlines()
    assert max(map(len, lines)) <= columns
    assert any("smote_before_split" in line for line in lines)


def test_no_color_is_heard():
    """With NO_COLOR a terminal gets plain text, with FORCE_COLOR a pipe gets bold."""
    assert "\x1b" not in on_terminal(80, "models", NO_COLOR="1")
    for extra, is_bold in ({}, False), ({"FORCE_COLOR": "1"}, True):
        done = subprocess.run(
            [*LAB, "models", "knn"],
            env=environment(**extra),
            capture_output=True,
            text=True,
            check=True,
        )
        assert (BOLD in done.stdout) is is_bold
        assert done.stdout.count("\n") == 2


def test_a_reader_may_go():
    """Where nobody reads any more, as behind `head`, there is no traceback."""
    with subprocess.Popen(
        [*LAB, "datasets"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_help_and_completion_import_little():
    """Neither imports pandas or MLflow, which take seconds; nor do names of sessions."""
    code = (
        "import sys, lab.cli; from click.shell_completion import ShellComplete;"
        "print(*{'pandas', 'mlflow', 'sklearn'} & set(sys.modules));"
        "shell = ShellComplete(lab.cli.main, {}, 'lab', '_LAB_COMPLETE');"
        "shell.get_completions(['observations', '--session'], '');"
        "print(*{'mlflow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("\n\n", "")
