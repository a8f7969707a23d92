"""What several tests need: scratch copies of the project, and sessions run in them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from lab.tests.forking import Fork, Forks
from lab.tests.reading import read, refused  # noqa: F401 (fixtures)
from lab.tests.serving import site  # noqa: F401 (a fixture)
from lab.tracking import Backend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow.entities import Run

# Two workers with threads of their own would fight over the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
PROJECT = Path(__file__).parents[2]
# An example that imports a library takes seconds, on a busy machine any does: no test is timed.
settings.register_profile("lab", deadline=None)
settings.load_profile("lab")
# Plugins that a session does not need; that of hypothesis takes seconds to import.
LEAVE_OUT = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the tests that run whole sessions: they take longest."""
    items.sort(key=lambda item: "scratch" not in getattr(item, "fixturenames", ()))


def environment(extra: dict[str, str]) -> dict[str, str]:
    """Return the environment of a process: this one's, less what pytest and MLflow left in it."""
    left = ("PYTEST_", "MLFLOW_", "OMP_")
    return {n: value for n, value in os.environ.items() if not n.startswith(left)} | extra


class Scratch:
    """A copy of the project's benchmarks, with its own runs and store."""

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
        """Return the environment of a session: this one's, less what pytest and MLflow left."""
        # The copy's lab is this one: a scratch conftest imports it from here.
        return environment({"PYTHONPATH": str(PROJECT), "COLUMNS": "100"} | (extra or {}))

    def start(self, *arguments: str, **extra: str) -> subprocess.Popen[str] | Fork:
        """Start a session in a group of processes of its own, for signals."""
        command, environment = self.command(*arguments), self.environment(extra)
        if self.forks:
            return self.forks.start(command, self.root, environment)
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # What runs in the background of a shell, as tests may, ignores it, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )

    def run(
        self, *arguments: str, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a session to its end."""
        process = self.start(*arguments, **(env or {}))
        out, err = process.communicate(timeout=1200)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def runs(self, uri: str | None = None, experiment: str = "mlflow-lab") -> dict[str, Run]:
        """Return the newest run of each name; sessions' own runs start with ``session``."""
        from mlflow.tracking import MlflowClient

        client = MlflowClient(uri or f"sqlite:///{self.root / 'mlflow.db'}")
        found = client.get_experiment_by_name(experiment)
        assert found is not None
        runs = client.search_runs([found.experiment_id], max_results=5000)
        return {run.info.run_name: run for run in reversed(runs)}


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database without runs: to copy it takes no time, to make one two seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        root = tmp_path_factory.mktemp("database")
        Backend(root).make_database()
    return root / "mlflow.db"


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks | None]:
    """Yield what runs sessions in forks, where the system has forks that are safe."""
    if not sys.platform.startswith("linux"):
        yield None
        return
    forks = Forks(os.environ | {"PYTHONPATH": str(PROJECT)})
    yield forks
    forks.close()


@pytest.fixture
def scratch(tmp_path: Path, empty_database: Path, forks: Forks | None) -> Iterator[Scratch]:
    """Yield a scratch copy of the project; it goes when the test passes."""
    root = tmp_path / "project"
    root.mkdir()
    shutil.copy(empty_database, root)
    yield Scratch(root, forks)
    shutil.rmtree(root, ignore_errors=True)
