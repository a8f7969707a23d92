"""Ask a server, and say in a sentence what went wrong, whatever it was."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import warnings
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from lab import __version__
from lab.datasets.dataset import DatasetError
from lab.errors import LabError, first_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMEOUT = 30.0  # seconds that a server may be silent


def get(url: str) -> bytes:
    """Return what a server answers; errors are those of ``urllib``."""
    request = Request(url, headers={"User-Agent": f"mlflow-lab/{__version__}"})  # noqa: S310
    with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
        content: bytes = response.read()
    return content


def get_json(url: str) -> Any:
    """Return the JSON that a server answers."""
    return json.loads(get(url))


@contextmanager
def downloading(name: str, address: str, folder: Path, *, is_here: bool = False) -> Iterator[None]:
    """Turn whatever a download fails by into a DatasetError; libraries' warnings are silenced.

    Parameters
    ----------
    name : str
        The dataset.
    address : str
        The server's.
    folder : Path
        Where what arrives is written.
    is_here : bool
        Whether there is a copy on this machine, which then is damaged.
    """
    host = urlsplit(address).netloc
    before = socket.getdefaulttimeout()
    # A library that does not state a timeout would wait for a silent server forever.
    socket.setdefaulttimeout(TIMEOUT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except LabError:
        raise
    # What a server or a broken file can make a parser raise is not known.
    except Exception as error:
        if isinstance(error, HTTPError):
            error.close()
        raise DatasetError(_sentence(name, host, folder, error, is_here=is_here)) from None
    finally:
        socket.setdefaulttimeout(before)


def _sentence(name: str, host: str, folder: Path, error: Exception, *, is_here: bool) -> str:
    dataset, reason = f"dataset {name!r}", _reason(error)
    if isinstance(error, HTTPError):
        return (
            f"{dataset} cannot be downloaded: {host} answers {error.code} ({reason}): try again "
            "later, or choose from `lab datasets`, which says what is at hand"
        )
    # Both are errors of the operating system by their class, but not by their nature.
    is_content = isinstance(error, gzip.BadGzipFile | HTTPException)
    if isinstance(
        error, URLError | ConnectionError | TimeoutError | socket.gaierror | ssl.SSLError
    ):
        state = "is damaged" if is_here else "is not"
        return (
            f"{dataset} {state} on this machine and {host} cannot be reached ({reason}): connect, "
            "or choose from `lab datasets`, which says what is at hand"
        )
    if isinstance(error, OSError) and not is_content:
        return not_kept(name, folder, error)
    return (
        f"{dataset}: what {host} sends cannot be read ({reason}), so the download is damaged: try "
        "again, and if that does not help choose another dataset"
    )


def not_kept(name: str, folder: Path, error: OSError) -> str:
    """Return the sentence for a folder that cannot be written to."""
    return (
        f"dataset {name!r} cannot be kept in {folder} ({_reason(error)}): put that right, or name "
        "another folder in the environment variable SCIKIT_LEARN_DATA"
    )


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", None)
    if isinstance(inner, Exception):
        return _reason(inner)
    if isinstance(error, HTTPError):
        return str(inner)
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    return first_sentence(error)
