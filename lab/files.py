"""Files written atomically, locks across processes, and safe file names."""

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
    """Yield a temporary path; what is written there replaces the file atomically.

    No reader ever sees a partial file, even if this process is killed.
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
    """Write a file atomically."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def lock(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock file that one process at a time can hold.

    The operating system releases it when its holder dies. It is SQLite's file lock, which is in
    the standard library and works alike on Linux, macOS and Windows.

    Parameters
    ----------
    path : Path
        The lock file; made if it does not exist.
    wait : bool
        Whether to wait, for as long as it takes, while another process holds it.

    Raises
    ------
    BlockingIOError
        Another process holds it, and ``wait`` is false.
    OSError
        The file cannot be locked at all.
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
    """Return whether no process holds a lock."""
    with suppress(OSError), lock(path, wait=False):
        return True
    return False


def slug(name: str) -> str:
    """Return a safe file name for any name; different names have different file names.

    Examples
    --------
    >>> slug("nursery-smote-xgboost")
    'nursery-smote-xgboost'
    >>> slug("a/b")
    'a_b-c14cddc0'
    """
    safe = re.sub(r"[^A-Za-z0-9_.=,-]+", "_", name)[:100]
    if safe and safe == name and not name.startswith("."):
        return name
    return f"{safe.lstrip('.')}-{sha256(name.encode()).hexdigest()[:8]}"


def digest(content: bytes) -> str:
    """Return the SHA-256 digest of bytes, in hexadecimal."""
    return sha256(content).hexdigest()
