"""Scratch copies of the project, and sessions run in them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow.entities import Run

    from lab.tests.helpers.forks import Fork, Forks

PROJECT = Path(__file__).parents[3]
# Plugins that a session does not need; Hypothesis takes seconds to import.
LEAVE_OUT = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio")


def environment(extra: dict[str, str]) -> dict[str, str]:
    """Return this process's environment without the variables of pytest, MLflow and OpenMP."""
    left = ("PYTEST_", "MLFLOW_", "OMP_")
    return {n: value for n, value in os.environ.items() if not n.startswith(left)} | extra


def start(
    command: list[str],
    folder: Path,
    environment: dict[str, str],
    forks: Forks | None,
    terminal: int | None = None,
) -> subprocess.Popen[str] | Fork:
    """Start a command line of Python in a process group of its own, which can be signalled.

    It writes to a terminal, given by a descriptor, or for :meth:`communicate`.
    """
    if forks:
        name = os.ttyname(terminal) if terminal is not None else ""
        return forks.start(command, folder, environment, name)
    stream = subprocess.PIPE if terminal is None else terminal
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=stream,
        stderr=stream,
        text=True,
        start_new_session=True,
        # A background job of a shell ignores SIGINT, and its children would, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )


class Scratch:
    """A copy of the project's benchmarks, with its own runs and stored results."""

    def __init__(self, root: Path, forks: Forks | None = None) -> None:
        self.root, self.forks = root, forks
        for name in ("benchmarks", "conftest.py", "pyproject.toml"):
            source = PROJECT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, root / name)

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a session with these arguments."""
        return [sys.executable, "-m", "pytest", *LEAVE_OUT, "benchmarks", *arguments]

    def environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a session."""
        # The copy has no library of its own.
        return environment({"PYTHONPATH": str(PROJECT), "COLUMNS": "100"} | (extra or {}))

    def start(
        self, *arguments: str, terminal: int | None = None, **extra: str
    ) -> subprocess.Popen[str] | Fork:
        """Start a session, which writes to a terminal if a descriptor of one is given."""
        environment = self.environment(extra)
        return start(self.command(*arguments), self.root, environment, self.forks, terminal)

    def run(
        self, *arguments: str, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a session to its end."""
        process = self.start(*arguments, **(env or {}))
        out, err = process.communicate(timeout=1200)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def lab(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ``lab`` to its end."""
        command = [sys.executable, "-c", "from lab.cli import main; main()", *arguments]
        process = start(command, self.root, self.environment(), self.forks)
        out, err = process.communicate(timeout=600)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def runs(self, uri: str | None = None, experiment: str = "mlflow-lab") -> dict[str, Run]:
        """Return the newest run of each name; a session's own run is named ``session ID``."""
        from mlflow.tracking import MlflowClient

        client = MlflowClient(uri or f"sqlite:///{self.root / 'mlflow.db'}")
        found = client.get_experiment_by_name(experiment)
        assert found is not None
        runs = client.search_runs([found.experiment_id], max_results=5000)
        return {run.info.run_name: run for run in reversed(runs)}
