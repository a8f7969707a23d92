"""What several tests need: scratch copies of the project, and sessions run in them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from lab.tests.helpers.chromium import browser  # noqa: F401 (a fixture)
from lab.tests.helpers.forks import Forks
from lab.tests.helpers.scratch import PROJECT, Scratch
from lab.tests.helpers.table_files import read, refused  # noqa: F401 (fixtures)
from lab.tests.helpers.web_site import site  # noqa: F401 (a fixture)
from lab.tracking import Backend

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Two workers with threads of their own would fight over the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# An example that imports a library takes seconds, on a busy machine any does: no test is timed.
settings.register_profile("lab", deadline=None)
settings.load_profile("lab")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the tests that run whole sessions: they take longest."""
    items.sort(key=lambda item: "scratch" not in getattr(item, "fixturenames", ()))


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
