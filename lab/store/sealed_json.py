"""JSON files with a checksum of their own content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lab.errors import LabError
from lab.files import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHECKSUM = "sha256"


class DamagedError(LabError):
    """A stored file that cannot be read, or differs from the one that was written."""


def seal(content: Mapping[str, Any]) -> bytes:
    """Return some content as JSON with its checksum."""
    return _dump({CHECKSUM: digest(_dump(content)), **content})


def unseal(text: bytes, path: Path) -> dict[str, Any]:
    """Return the content that :func:`seal` was given.

    Parameters
    ----------
    text : bytes
        Content of the file.
    path : Path
        The file, for the error's message.

    Raises
    ------
    DamagedError
        The text differs from the one that was written.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        is_whole = content.pop(CHECKSUM) == digest(_dump(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise DamagedError(f"{path} is corrupted (checksum mismatch)")
    return content


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    DamagedError
        It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedError(f"{path} cannot be read: {error.strerror}") from None


def _dump(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content).encode()
