"""The owner of a session: a process, and a way for others to tell whether it still runs.

The owner holds a lock on a file as long as it lives. The operating system frees the lock after any
crash. Unlike the number of a process, a lock never belongs to another process by now.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path

from lab.files import is_free, lock

ALIVE = "alive"  # locked by the owner, in the session's folder
SWEEP = "sweep.lock"  # locked while a session starts or dead ones are removed
GRACE = 3600  # seconds after which a session's folder without a lock counts as dead


class Owner:
    """Ownership of a session by this process.

    Parameters
    ----------
    path : Path
        The file to lock.

    Attributes
    ----------
    tag : str
        Tells other processes whether this one is gone, see :func:`is_gone`.

    Raises
    ------
    BlockingIOError
        Another process owns the session.
    OSError
        The file cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.tag = f"{_place()} {os.getpid()} {path.resolve()}"
        self._lock = ExitStack()
        self._lock.enter_context(lock(path, wait=False))

    def release(self) -> None:
        """Unlock the file."""
        self._lock.close()


def acquire(session: Path) -> Owner:
    """Become the owner of a session's folder.

    Raises
    ------
    OSError
        The folder cannot be created, or has an owner.
    """
    # A sweep would remove the file between its creation and the lock.
    with lock(session.parent.parent / SWEEP):
        return Owner(session / ALIVE)


def sweep(sessions: Path) -> None:
    """Remove the folders of sessions whose owner died."""
    others = list(sessions.glob("*/"))
    with lock(sessions.parent / SWEEP) if others else nullcontext():
        for other in others:
            is_old = other.exists() and time.time() - other.stat().st_mtime > GRACE
            if is_free(other / ALIVE) if (other / ALIVE).exists() else is_old:
                shutil.rmtree(other, ignore_errors=True)


def is_gone(tag: str) -> bool:
    """Return whether an owner is known to be gone: a process of this machine that has ended.

    Parameters
    ----------
    tag : str
        Tag of an :class:`Owner`.
    """
    place, _, rest = tag.partition(" ")
    pid, _, path = rest.partition(" ")
    if place != _place() or not pid.isdecimal() or not path:
        return False
    try:
        return is_free(Path(path)) if Path(path).is_file() else not _exists(int(pid))
    except OSError:
        return False  # the folder is another user's


def _place() -> str:
    """Return the machine, or the container on it, within which process numbers are unique."""
    known = [socket.gethostname()]
    with suppress(OSError):
        known.append(Path("/etc/machine-id").read_text(encoding="utf-8").strip())
    with suppress(OSError):
        known.append(str(Path("/proc/self/ns/pid").readlink()))
    return "/".join(known)


def _exists(pid: int) -> bool:
    """Return whether a process exists; True where the system has no harmless way to ask."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # another user's process
    return True
