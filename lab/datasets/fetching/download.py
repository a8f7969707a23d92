"""Download datasets from OpenML and Zenodo, once for all sessions on a machine.

A download is stored as a copy with a digest of its content (``copies.py``), and nothing else is: a
download that fails leaves the folder unchanged. ``openml.py`` and ``zenodo.py`` read the two
sources; the latter explains why imbalanced-learn's own function is not used.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lab.datasets.copies import find_copy, write_copy
from lab.datasets.dataset import DatasetError, Entry
from lab.datasets.fetching.remote import IMBLEARN, NUMBERED, OPENML, catalogue
from lab.errors import UnknownNameError
from lab.files import lock
from lab.names import unknown

if TYPE_CHECKING:
    from collections.abc import Callable

LOCK = ".lock"
UNFINISHED = ".download-"  # prefix of the folder of an unfinished download


def cache() -> Path:
    """Return the folder of the copies, inside scikit-learn's data folder."""
    home = os.environ.get("SCIKIT_LEARN_DATA") or Path("~", "scikit_learn_data")
    return Path(home).expanduser() / "mlflow-lab"


def cached(name: str) -> Entry | None:
    """Return the entry of a dataset's copy, which may be damaged, or None."""
    return find_copy(cache(), name)


def fetch(name: str, say: Callable[[str], None]) -> Entry:
    """Return the entry of a dataset, which is downloaded first if there is no intact copy.

    Parameters
    ----------
    name : str
        ``openml:ID`` or ``imblearn:NAME``.
    say : callable
        Called with one line before a download starts.

    Raises
    ------
    UnknownNameError
        imbalanced-learn has no dataset of this name.
    DatasetError
        It cannot be downloaded, used or stored.
    """
    _check(name)
    if entry := _intact(name):
        return entry
    folder = cache()
    try:
        # Another session may have downloaded it while this one waited.
        with lock(folder / LOCK):
            return _intact(name) or _download(name, folder, say)
    except OSError as error:
        from lab.datasets.fetching.web import not_stored

        raise DatasetError(not_stored(name, folder, error)) from None


def _check(name: str) -> None:
    collection = name.partition(":")[0]
    if collection == OPENML:
        if not NUMBERED.fullmatch(name):
            raise DatasetError(
                f"dataset {name!r}: write openml:ID with the dataset's number on www.openml.org, "
                "such as openml:310"
            )
        return
    names = [entry.name for entry in catalogue() if entry.collection == IMBLEARN]
    if name not in names:
        raise UnknownNameError(unknown(name, names, "dataset"))


def _intact(name: str) -> Entry | None:
    """Return the entry of a copy if it can be loaded, else None."""
    entry = cached(name)
    if entry is None:
        return None
    try:
        entry.load()
    # A damaged file can make the reader raise anything.
    except Exception:
        return None
    return entry


def _download(name: str, folder: Path, say: Callable[[str], None]) -> Entry:
    # Imported late, since most sessions download nothing.
    from urllib.parse import urlsplit

    from lab.datasets.fetching import openml, zenodo
    from lab.datasets.fetching.web import downloading

    # This process holds the lock, so these are leftovers of killed downloads.
    for path in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)
    is_openml = name.startswith(f"{OPENML}:")
    source = _from_openml if is_openml else _from_zenodo
    address = openml.ADDRESS if is_openml else zenodo.ADDRESS
    say(f"downloading {name} from {urlsplit(address).netloc}")
    with downloading(name, address, folder, damaged=cached(name) is not None):
        return source(name, folder)


def _from_openml(name: str, folder: Path) -> Entry:
    from lab.datasets.fetching import openml

    with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as temporary:
        dataset, title, licence = openml.read(name, Path(temporary))
    return write_copy(folder, dataset, OPENML, title=title, licence=licence)


def _from_zenodo(name: str, folder: Path) -> Entry:
    """Store all datasets of the archive, and return the entry of one."""
    from lab.datasets.fetching import zenodo

    titles = {entry.name: entry.title for entry in catalogue() if entry.collection == IMBLEARN}
    datasets, licence = zenodo.read(list(titles))
    entries = {
        dataset.name: write_copy(
            folder, dataset, IMBLEARN, title=titles[dataset.name], licence=licence
        )
        for dataset in datasets
    }
    return entries[name]
