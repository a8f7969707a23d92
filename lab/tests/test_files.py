"""Tests of atomic writes, locks across processes and file names."""

import os
import signal
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.files import lock, slug, write_bytes

HOLD = """
import sys, time
from pathlib import Path
from lab.files import lock
with lock(Path(sys.argv[1])):
    Path(sys.argv[2]).touch()
    time.sleep(60)
"""
# Adds ten to the number in a file, with a pause that would lose updates without a lock.
ADD = """
import sys, time
from pathlib import Path
from lab.files import lock, write_bytes
path = Path(sys.argv[1])
for _ in range(10):
    with lock(path.with_name("lock")):
        number = int(path.read_text())
        time.sleep(0.002)
        write_bytes(path, str(number + 1).encode())
"""


def test_one_process_at_a_time_holds_a_lock(tmp_path, program):
    """Four processes that together add 40 to a number lose no update."""
    path = tmp_path / "number"
    path.write_text("0")
    for process in [program(ADD, path) for _ in range(4)]:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert path.read_text() == "40"


def test_a_killed_holder_releases_its_lock(tmp_path, program):
    """A lock whose holder is killed is available at once."""
    path, held = tmp_path / "lock", tmp_path / "held"
    holder = program(HOLD, path, held)
    while not held.exists():
        assert holder.poll() is None
        time.sleep(0.01)
    with pytest.raises(BlockingIOError), lock(path, wait=False):
        pass
    os.killpg(holder.pid, signal.SIGKILL)
    holder.communicate(timeout=60)
    start = time.monotonic()
    with lock(path):
        assert time.monotonic() - start < 10


def test_waiting_for_a_lock_is_optional(tmp_path):
    """Without waiting, a lock held elsewhere is an error, and a free one is acquired."""
    path = tmp_path / "lock"
    with lock(path, wait=False), pytest.raises(BlockingIOError), lock(path, wait=False):
        pass
    with lock(path, wait=False):
        assert path.exists()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    """A failed write leaves the old content and no temporary file."""
    path = tmp_path / "file"
    write_bytes(path, b"old")
    with pytest.raises(TypeError):
        write_bytes(path, "not bytes")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@given(st.lists(st.text(min_size=1, max_size=200), min_size=2, max_size=2, unique=True))
def test_different_names_have_different_safe_file_names(pair):
    """A file name stays in its folder, is not hidden, and belongs to one name only."""
    one, other = map(slug, pair)
    assert one != other
    assert not one.startswith(".")
    assert not set(one) & set('/\\\0:*?"<>|')
    assert 0 < len(one.encode()) < 200


def test_plain_ids_are_their_own_file_names():
    """The id of a bundled case is its file name."""
    assert slug("yeast_me2-smote-xgboost") == "yeast_me2-smote-xgboost"
