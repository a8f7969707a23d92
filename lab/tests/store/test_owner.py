"""Tests of the owner of a session."""

import os
import signal
import time

import pytest

from lab.files import is_free
from lab.store.owner import Owner, is_gone

# Acquires a file, and writes its tag to another.
ACQUIRE = """
import sys, time; from pathlib import Path; from lab.files import write_bytes
from lab.store.owner import Owner
owner = Owner(Path(sys.argv[1]))
write_bytes(Path(sys.argv[2]), owner.tag.encode())
time.sleep(60)
"""
# Another user tells whether an owner is gone.
TELL = """
import os, sys; from lab.store.owner import is_gone
os.setuid(65534)
print(is_gone(sys.argv[1]))
"""


def test_a_killed_owner_is_gone(tmp_path, program):
    """An owner is there while its process lives, and gone after any crash."""
    path, told = tmp_path / "alive", tmp_path / "tag"
    process = program(ACQUIRE, path, told)
    while not told.exists():
        assert process.poll() is None
        time.sleep(0.01)
    tag = told.read_text()
    assert not is_gone(tag)
    assert not is_free(path)
    with pytest.raises(BlockingIOError):
        Owner(path)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert is_gone(tag)
    # Without the file, the number of the process decides.
    path.unlink()
    assert is_gone(tag)


def test_an_owner_that_released_its_file_is_gone(tmp_path):
    """A process that lives on may give up its session."""
    owner = Owner(tmp_path / "alive")
    assert not is_gone(owner.tag)
    owner.release()
    assert is_gone(owner.tag)


@pytest.mark.parametrize("tag", ["", "elsewhere 1 /nowhere/alive", "{place}", "{place} x y"])
def test_an_unknown_owner_is_not_gone(tmp_path, tag):
    """An owner on another machine, or with an invalid tag, does not count as gone."""
    owner = Owner(tmp_path / "alive")
    place = owner.tag.partition(" ")[0]
    assert not is_gone(tag.format(place=place))
    # Nor is one whose file is deleted while its process lives.
    assert not is_gone(f"{place} {os.getpid()} /nowhere/alive")
    owner.release()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="root alone can be another")
def test_an_owner_in_another_user_s_folder_is_not_gone(tmp_path, program):
    """If the file cannot be read, the owner does not count as gone, without an error."""
    owner = Owner(tmp_path / "alive")
    tmp_path.chmod(0o700)
    out, err = program(TELL, owner.tag).communicate(timeout=60)
    assert out == "False\n", err
    owner.release()
