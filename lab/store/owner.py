"""Whether the process that owns a session is still there.

The owner holds a lock on a file for as long as it lives, which no crash outlives: unlike the number
of a process, it cannot be another's by now.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path

from lab.files import is_free, lock

ALIVE = "alive"  # in a session's folder, what its owner holds
SWEEP = "sweep.lock"  # beside all of them: held while sessions begin or dead ones go
HOUR = 3600  # seconds in which a session has to take hold of its folder


class Owner:
    """The owner of a session: this process.

    Parameters
    ----------
    path : Path
        The file to hold.

    Attributes
    ----------
    tag : str
        What tells others whether this process is gone, see :func:`is_gone`.

    Raises
    ------
    OSError
        The file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.tag = f"{_place()} {os.getpid()} {path.resolve()}"
        self._held = ExitStack()
        self._held.enter_context(lock(path, wait=False))

    def release(self) -> None:
        """Hold the file no longer."""
        self._held.close()


def hold(session: Path) -> Owner:
    """Take hold of a session's folder.

    Raises
    ------
    OSError
        It cannot be made.
    """
    # Not in the middle of a sweep: the file is there before it is held.
    with lock(session.parent.parent / SWEEP):
        return Owner(session / ALIVE)


def sweep(sessions: Path) -> None:
    """Remove the folders of sessions whose owner died."""
    others = list(sessions.glob("*/"))
    with lock(sessions.parent / SWEEP) if others else nullcontext():
        for other in others:
            is_old = other.exists() and time.time() - other.stat().st_mtime > HOUR
            if is_free(other / ALIVE) if (other / ALIVE).exists() else is_old:
                shutil.rmtree(other, ignore_errors=True)


def is_gone(tag: str) -> bool:
    """Return whether an owner is known to be gone: a process of this machine that has ended.

    Parameters
    ----------
    tag : str
        Of an :class:`Owner`.
    """
    place, _, rest = tag.partition(" ")
    pid, _, path = rest.partition(" ")
    if place != _place() or not pid.isdecimal() or not path:
        return False
    try:
        return is_free(Path(path)) if Path(path).is_file() else not _exists(int(pid))
    except OSError:
        return False  # in a folder of another user's


def _place() -> str:
    """Return where the number of a process means something: a machine, or a container on it."""
    known = [socket.gethostname()]
    with suppress(OSError):
        known.append(Path("/etc/machine-id").read_text(encoding="utf-8").strip())
    with suppress(OSError):
        known.append(str(Path("/proc/self/ns/pid").readlink()))
    return "/".join(known)


def _exists(pid: int) -> bool:
    """Return whether there is a process of a number, where one can ask without ending it."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # another user's
    return True
