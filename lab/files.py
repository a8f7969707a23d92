"""Write files whole or not at all, and lock across processes."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from contextlib import ExitStack, closing, contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Lend a path to write to, whose file then takes the place of another if there is one.

    So no reader ever sees half of it, even if this process is killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        if temporary.exists():
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def lock(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock that one process at a time can hold; wait for it as long as it takes.

    Without ``wait``, a lock that is held elsewhere is a ``BlockingIOError``. One that cannot be had
    at all is an ``OSError``.

    The operating system frees it when its holder dies. SQLite's own file lock is used because it
    is in the standard library and works alike on Linux, macOS and Windows.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    timeout = 1e6 if wait else 0.0
    with ExitStack() as stack:
        try:
            connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
            stack.enter_context(closing(connection))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise BlockingIOError(f"{path} is held") from None
            raise OSError(errno.EIO, f"cannot be locked: {error}", str(path)) from None
        yield


def is_free(path: Path) -> bool:
    """Return whether a lock can be had."""
    with suppress(OSError), lock(path, wait=False):
        return True
    return False


def slug(name: str) -> str:
    """Return a file name for a name of any characters; names that differ do not share one."""
    safe = re.sub(r"[^A-Za-z0-9_.=,-]+", "_", name)[:100]
    if safe and safe == name and not name.startswith("."):
        return name
    return f"{safe.lstrip('.')}-{sha256(name.encode()).hexdigest()[:8]}"


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return sha256(content).hexdigest()
