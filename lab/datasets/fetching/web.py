"""Requests to servers, with one-sentence errors for every failure."""

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

CHOOSE_AVAILABLE = "choose a dataset that `lab datasets` lists as available"
TIMEOUT = 30.0  # seconds without an answer


def get(url: str) -> bytes:
    """Return the body of a server's answer; errors are those of ``urllib``."""
    request = Request(url, headers={"User-Agent": f"mlflow-lab/{__version__}"})  # noqa: S310
    with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
        content: bytes = response.read()
    return content


def get_json(url: str) -> Any:
    """Return a server's answer, parsed from JSON."""
    return json.loads(get(url))


@contextmanager
def downloading(name: str, address: str, folder: Path, *, damaged: bool = False) -> Iterator[None]:
    """Turn every failure of a download into a DatasetError, and silence libraries' warnings.

    Parameters
    ----------
    name : str
        The dataset.
    address : str
        The server.
    folder : Path
        Folder that the dataset is stored in.
    damaged : bool
        Whether the folder has a copy already, which is damaged.

    Raises
    ------
    DatasetError
        The download failed; the message names the dataset, the reason and a remedy.
    """
    host = urlsplit(address).netloc
    before = socket.getdefaulttimeout()
    # Libraries that set no timeout would wait for a silent server forever.
    socket.setdefaulttimeout(TIMEOUT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except LabError:
        raise
    # A broken answer can make a parser raise anything.
    except Exception as error:
        if isinstance(error, HTTPError):
            error.close()
        raise DatasetError(_explained(name, host, folder, error, damaged=damaged)) from None
    finally:
        socket.setdefaulttimeout(before)


def _explained(name: str, host: str, folder: Path, error: Exception, *, damaged: bool) -> str:
    dataset, reason = f"dataset {name!r}", _reason(error)
    if isinstance(error, HTTPError):
        return (
            f"{dataset} cannot be downloaded: {host} answers {error.code} ({reason}): try again "
            f"later, or {CHOOSE_AVAILABLE}"
        )
    # Some of these are OSErrors by class, but are not about files.
    is_content = isinstance(error, gzip.BadGzipFile | HTTPException)
    if isinstance(
        error, URLError | ConnectionError | TimeoutError | socket.gaierror | ssl.SSLError
    ):
        state = "has a damaged copy" if damaged else "is not available locally"
        return (
            f"{dataset} {state}, and {host} cannot be reached ({reason}): check the connection, or "
            f"{CHOOSE_AVAILABLE}"
        )
    if isinstance(error, OSError) and not is_content:
        return not_stored(name, folder, error)
    return (
        f"{dataset}: the download from {host} is corrupted ({reason}): try again, or choose "
        "another dataset"
    )


def not_stored(name: str, folder: Path, error: OSError) -> str:
    """Return the error message for a folder that cannot be written to."""
    return (
        f"dataset {name!r} cannot be stored in {folder} ({_reason(error)}): fix this, or set the "
        "environment variable SCIKIT_LEARN_DATA to another folder"
    )


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", None)
    if isinstance(inner, Exception):
        return _reason(inner)
    if isinstance(error, HTTPError):
        return str(inner)
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return first_sentence(error)
