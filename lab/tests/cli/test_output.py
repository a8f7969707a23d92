"""Tests of output to terminals and pipes."""

import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lab.cli import main
from lab.tests.helpers.scratch import PROJECT

LAB = [sys.executable, "-m", "lab"]
BOLD = "\x1b[1m"


def environment(**extra):
    """Return an environment without settings of colours or widths."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return kept | {"PYTHONPATH": str(PROJECT)} | extra


def on_terminal(columns, *arguments, **extra):
    """Return the output of a command on a terminal."""
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
            pass  # on Linux, once the last writer has closed it
    os.close(reads)
    assert process.returncode == 0
    return shown.decode().replace("\r\n", "\n")


def test_tables_fit_a_terminal():
    """On a terminal titles are bold, and no line is wider than the terminal."""
    shown = on_terminal(60, "strategies")
    assert BOLD in shown
    lines = re.sub(r"\x1b\[\d*m", "", shown).splitlines()
    assert max(map(len, lines)) <= 60
    assert any("smote_before_split" in line for line in lines)


@pytest.mark.parametrize(
    ("is_terminal", "variable", "is_bold"),
    [(True, "", True), (True, "NO_COLOR", False), (False, "", False), (False, "FORCE_COLOR", True)],
)
def test_environment_variables_switch_colours(is_terminal, variable, is_bold):
    """NO_COLOR makes a terminal's text plain, FORCE_COLOR a pipe's text bold."""
    variables = {name: "1" if name == variable else None for name in ("NO_COLOR", "FORCE_COLOR")}
    done = CliRunner().invoke(main, ["models", "knn"], env=variables, color=is_terminal)
    assert (BOLD in done.output) is is_bold
    assert done.output.count("\n") == 2


def test_a_closed_pipe_is_not_an_error():
    """A reader that closes the pipe, such as `head`, causes no traceback."""
    command, pipe = [*LAB, "completion", "bash"], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment()) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_help_and_completion_import_no_slow_library():
    """The command line starts, and completes sessions, without NumPy, pandas or MLflow."""
    code = (
        "import sys, lab.cli; from click.shell_completion import ShellComplete;"
        "shell = ShellComplete(lab.cli.main, {}, 'lab', '_LAB_COMPLETE');"
        "shell.get_completions(['observations', '--session'], '');"
        "print(*{'numpy', 'pandas', 'mlflow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("\n", "")
