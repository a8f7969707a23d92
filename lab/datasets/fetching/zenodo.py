"""Read imbalanced-learn's 27 datasets from the archive that Zenodo keeps.

imbalanced-learn's own ``fetch_datasets`` is not used. It checks no checksum, and it unpacks the
archive into its folder while it reads it: a download that breaks off leaves files there, which the
next call takes for whole. Here the archive is compared with what Zenodo states of it and is
unpacked in memory, whatever paths its members have.
"""

from __future__ import annotations

import hashlib
import tarfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.datasets.dataset import Dataset
from lab.datasets.fetching.web import get, get_json

if TYPE_CHECKING:
    from collections.abc import Sequence

ADDRESS = "https://zenodo.org"
RECORD = 61452
ARCHIVE = "benchmark-imbalanced-learn.tar.gz"
LABELS = [-1, 1]  # 1 is the minority


def read(names: Sequence[str]) -> tuple[list[Dataset], str]:
    """Download the archive.

    Parameters
    ----------
    names : sequence of str
        What to call the datasets, in the order of the archive.

    Returns
    -------
    datasets : list of Dataset
        All of them, or none: they are made before any is returned.
    licence : str
        That of the archive.

    Raises
    ------
    Exception
        Whatever a network and a file that is damaged can lead to.
    """
    record = get_json(f"{ADDRESS}/api/records/{RECORD}")
    # The name of a file is its key; it was called its filename before.
    files = {file.get("key", file.get("filename")): file for file in record["files"]}
    stated = files[ARCHIVE]
    content = get(f"{ADDRESS}/records/{RECORD}/files/{ARCHIVE}?download=1")
    if len(content) != stated["size"]:
        raise ValueError(f"{ARCHIVE} has {len(content):,} bytes instead of {stated['size']:,}")
    algorithm, _, checksum = stated["checksum"].rpartition(":")
    found = hashlib.new(algorithm or "md5", content, usedforsecurity=False).hexdigest()
    if found != checksum.lower():
        raise ValueError(f"{ARCHIVE} does not have the checksum that Zenodo states")
    return _unpack(content, names), _licence(record["metadata"])


def _unpack(content: bytes, names: Sequence[str]) -> list[Dataset]:
    datasets = {}
    positions = {f"x{index}data.npz": index for index in range(1, len(names) + 1)}
    with tarfile.open(fileobj=BytesIO(content), mode="r:gz") as archive:
        for member in archive:
            index = positions.pop(member.name.removeprefix("./"), 0)
            file = archive.extractfile(member) if index else None
            if file is not None:
                datasets[index] = _dataset(names[index - 1], file.read())
    return [datasets[index] for index in range(1, len(names) + 1)]


def _dataset(name: str, content: bytes) -> Dataset:
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        data, label = arrays["data"].astype(np.float64), arrays["label"].reshape(-1)
    if np.unique(label).tolist() != LABELS or len(label) != len(data):
        raise ValueError(f"{name} does not have a label of 1 or -1 for every row")
    X = pd.DataFrame({f"x{index}": column for index, column in enumerate(data.T)})
    source = f"Zenodo record {RECORD}, imbalanced-learn's benchmark, {name.partition(':')[2]}"
    return Dataset(name, X, (label == 1).astype(np.int8), source)


def _licence(metadata: dict[str, Any]) -> str:
    licence = metadata.get("license") or ""
    return str(licence["id"] if isinstance(licence, dict) else licence)
