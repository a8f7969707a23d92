"""Tests of the owner of a session."""

import os
import subprocess
import sys

import pytest

from lab.files import is_free
from lab.store.owner import Owner, is_gone

ACQUIRE = (
    "import sys; from pathlib import Path; from lab.store.owner import Owner;o = Owner(Path({!r}));"
)
TELL = "print(o.tag, flush=True);"


def test_a_killed_owner_is_gone(tmp_path):
    """An owner is there while its process lives, and gone after any crash."""
    path = str(tmp_path / "alive")
    code = ACQUIRE.format(path) + TELL + "sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        tag = process.stdout.readline().rstrip("\n")
        assert not is_gone(tag)
        assert not is_free(tmp_path / "alive")
        with pytest.raises(BlockingIOError):
            Owner(tmp_path / "alive")
        process.kill()
        process.wait()
        assert is_gone(tag)
        # Without the file, the number of the process decides.
        (tmp_path / "alive").unlink()
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
def test_an_owner_in_another_user_s_folder_is_not_gone(tmp_path):
    """If the file cannot be read, the owner does not count as gone, without an error."""
    owner = Owner(tmp_path / "alive")
    tmp_path.chmod(0o700)
    code = (
        "import os, sys; from lab.store.owner import is_gone; os.setuid(65534); "
        "sys.exit(is_gone(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code, owner.tag], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    owner.release()
