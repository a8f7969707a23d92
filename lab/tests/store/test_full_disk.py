"""Tests of the store on a disk that is full, or fills."""

import os
import shutil
import subprocess
from contextlib import suppress

import pytest

from lab.cases import Case, Protocol
from lab.engine import Local
from lab.store import CaseError, StoreError
from lab.tests.helpers.examples import TINY, make_store

CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(3)


class Broken(Local):
    """An engine that must not be asked."""

    def evaluate(self, case):
        """Fail."""
        raise ValueError("no such luck")


@pytest.fixture
def full_disk(tmp_path):
    """Yield a folder on a disk of 128 kB, and a function that fills it."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")

    def fill():
        with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    yield folder, fill
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_reported(full_disk):
    """On a full disk a case fails before it is evaluated; earlier results stay."""
    folder, fill = full_disk
    store = make_store(folder / "store")
    raw = store.result(CASE.under("raw"))
    fill()
    store.use(Broken(PROTOCOL, store.folder.path))
    with pytest.raises(StoreError, match=f"^{CASE.id} cannot be stored in .*full"):
        store.result(CASE)
    assert store.find(CASE.under("raw")).result == raw
    assert not raw.read_predictions().empty


def test_a_disk_that_fills_leaves_no_partial_result(full_disk):
    """A case whose result cannot be stored is evaluated once, and everyone gets the reason."""
    folder, fill = full_disk

    class Filling(Local):
        def evaluate(self, case):
            fill()
            return super().evaluate(case)

    store = make_store(folder / "store", engine=Filling)
    with pytest.raises(StoreError, match=f"^{CASE.id} cannot be stored in .*: No space left"):
        store.result(CASE)
    store.use(Broken(PROTOCOL, store.folder.path))
    with pytest.raises(CaseError, match="No space left on device"):
        store.result(CASE)
    assert [path for path in (folder / "store" / "results").rglob("*") if path.is_file()] == []
