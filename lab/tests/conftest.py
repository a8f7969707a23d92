"""Fixtures of several packages: scratch copies of the project, and sessions run in them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from lab.tests.helpers.chromium import browser  # noqa: F401 (a fixture)
from lab.tests.helpers.forks import Forks
from lab.tests.helpers.published_datasets import site  # noqa: F401 (a fixture)
from lab.tests.helpers.scratch import PROJECT, Scratch, environment, start
from lab.tests.helpers.table_files import read, rejected  # noqa: F401 (fixtures)
from lab.tracking import Backend

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lab.tests.helpers.forks import Fork

# Workers with several threads each would compete for the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Hypothesis times no example: one that imports a library takes seconds.
settings.register_profile("lab", deadline=None, max_examples=50)
settings.load_profile("lab")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of whole sessions and processes first: they take longest."""
    items.sort(key=lambda item: "forks" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def no_address() -> Iterator[None]:
    """Remove tracking address and experiment from the environment: no test may log to a user's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TRACKING_URI", "EXPERIMENT_NAME", "EXPERIMENT_ID", "RUN_ID"):
            patch.delenv(f"MLFLOW_{name}", raising=False)
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, no_address: None) -> Path:
    """Return a database without runs: copying it is instant, creating one takes two seconds."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # which all workers share
    Backend(root).create_database()
    return root / "mlflow.db"


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks | None]:
    """Yield a runner of sessions in forked processes, or None where forks are not safe."""
    if not sys.platform.startswith("linux"):
        yield None
        return
    forks = Forks(os.environ | {"PYTHONPATH": str(PROJECT)})
    yield forks
    forks.close()


@pytest.fixture
def program(tmp_path: Path, forks: Forks | None) -> Callable[..., subprocess.Popen[str] | Fork]:
    """Return a function that starts Python code in a process, with the arguments that follow."""

    def started(code: str, *arguments: object) -> subprocess.Popen[str] | Fork:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return start(command, tmp_path, environment({"PYTHONPATH": str(PROJECT)}), forks)

    return started


@pytest.fixture
def scratch(tmp_path: Path, empty_database: Path, forks: Forks | None) -> Iterator[Scratch]:
    """Yield a scratch copy of the project, which is removed if the test passes."""
    root = tmp_path / "project"
    root.mkdir()
    shutil.copy(empty_database, root)
    yield Scratch(root, forks)
    shutil.rmtree(root, ignore_errors=True)
