"""Download datasets of OpenML, and imbalanced-learn's, once for all sessions on a machine.

What a download comes to is kept as a copy with a digest of its content (see ``copies.py``), and
nothing else stays: a file that arrives broken, or not at all, leaves the folder as it was. The two
sources are ``openml.py`` and ``zenodo.py``; the latter says why imbalanced-learn's own function is
not used.
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
UNFINISHED = ".download-"  # how the folder of a download starts that is under way


def cache() -> Path:
    """Return the folder of the copies: that of this project within scikit-learn's data."""
    home = os.environ.get("SCIKIT_LEARN_DATA") or Path("~", "scikit_learn_data")
    return Path(home).expanduser() / "mlflow-lab"


def cached(name: str) -> Entry | None:
    """Return the entry of a dataset if there is a copy of it; the copy may yet be damaged."""
    return find_copy(cache(), name)


def fetch(name: str, say: Callable[[str], None]) -> Entry:
    """Return the entry of a dataset, after a download if there is no copy of it.

    Parameters
    ----------
    name : str
        ``openml:ID`` or ``imblearn:NAME``.
    say : callable
        Is called with one line before a download starts.

    Raises
    ------
    UnknownNameError
        imbalanced-learn has no dataset of this name.
    DatasetError
        It cannot be downloaded, cannot be used or cannot be kept.
    """
    _check(name)
    if entry := _whole(name):
        return entry
    folder = cache()
    try:
        # Who had to wait finds what the other session downloaded.
        with lock(folder / LOCK):
            return _whole(name) or _download(name, folder, say)
    except OSError as error:
        from lab.datasets.fetching.web import not_kept

        raise DatasetError(not_kept(name, folder, error)) from None


def _check(name: str) -> None:
    collection = name.partition(":")[0]
    if collection == OPENML:
        if not NUMBERED.fullmatch(name):
            raise DatasetError(
                f"dataset {name!r}: write openml:ID, where ID is the number that www.openml.org "
                "has for the dataset, as in openml:310"
            )
        return
    names = [entry.name for entry in catalogue() if entry.collection == IMBLEARN]
    if name not in names:
        raise UnknownNameError(unknown(name, names, "dataset"))


def _whole(name: str) -> Entry | None:
    """Return the entry of a copy that can be loaded."""
    entry = cached(name)
    if entry is None:
        return None
    try:
        entry.load()
    # Bytes that changed on a disk can make the reader raise anything.
    except Exception:
        return None
    return entry


def _download(name: str, folder: Path, say: Callable[[str], None]) -> Entry:
    # Imported here, since most sessions download nothing.
    from urllib.parse import urlsplit

    from lab.datasets.fetching import openml, zenodo
    from lab.datasets.fetching.web import downloading

    # The lock is held: whoever made these was killed.
    for path in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)
    is_openml = name.startswith(f"{OPENML}:")
    source = _from_openml if is_openml else _from_zenodo
    address = openml.ADDRESS if is_openml else zenodo.ADDRESS
    say(f"downloading {name} from {urlsplit(address).netloc}")
    with downloading(name, address, folder, is_here=cached(name) is not None):
        return source(name, folder)


def _from_openml(name: str, folder: Path) -> Entry:
    from lab.datasets.fetching import openml

    with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as temporary:
        dataset, title, licence = openml.read(name, Path(temporary))
    return write_copy(folder, dataset, OPENML, title=title, licence=licence)


def _from_zenodo(name: str, folder: Path) -> Entry:
    """Keep all datasets of the archive that one of them is in."""
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
