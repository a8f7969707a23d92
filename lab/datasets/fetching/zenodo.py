"""imbalanced-learn's 27 datasets, from its archive on Zenodo.

imbalanced-learn's own ``fetch_datasets`` is not used: it verifies no checksum, and it extracts the
archive while downloading, so that an interrupted download leaves files that the next call takes for
complete. Here the archive is verified with Zenodo's checksum and extracted in memory, whatever the
paths of its members.
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
LABELS = [-1, 1]  # 1 is the minority class


def read(names: Sequence[str]) -> tuple[list[Dataset], str]:
    """Download the archive.

    Parameters
    ----------
    names : sequence of str
        Names for the datasets, in the order of the archive.

    Returns
    -------
    datasets : list of Dataset
        All datasets of the archive.
    licence : str
        The archive's licence.

    Raises
    ------
    Exception
        Any failure of the network or of a damaged archive.
    """
    record = get_json(f"{ADDRESS}/api/records/{RECORD}")
    # Zenodo renamed this field from filename to key.
    files = {file.get("key", file.get("filename")): file for file in record["files"]}
    stated = files[ARCHIVE]
    content = get(f"{ADDRESS}/records/{RECORD}/files/{ARCHIVE}?download=1")
    if len(content) != stated["size"]:
        raise ValueError(f"{ARCHIVE} has {len(content):,} bytes instead of {stated['size']:,}")
    algorithm, _, checksum = stated["checksum"].rpartition(":")
    found = hashlib.new(algorithm or "md5", content, usedforsecurity=False).hexdigest()
    if found != checksum.lower():
        raise ValueError(f"checksum mismatch of {ARCHIVE}")
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
        raise ValueError(f"{name} has labels other than 1 and -1, or not one per row")
    X = pd.DataFrame({f"x{index}": column for index, column in enumerate(data.T)})
    source = f"Zenodo record {RECORD}, imbalanced-learn's benchmark, {name.partition(':')[2]}"
    return Dataset(name, X, (label == 1).astype(np.int8), source)


def _licence(metadata: dict[str, Any]) -> str:
    licence = metadata.get("license") or ""
    return str(licence["id"] if isinstance(licence, dict) else licence)
