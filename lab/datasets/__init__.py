"""Imbalanced tables: bundled, downloaded, generated, or read from the user's own files.

Everything up to a :class:`~lab.datasets.dataset.Dataset`: reading and checking files, downloads,
recipes, and the index of names. It knows nothing of strategies, models or cases.
"""

from lab.datasets.dataset import DatasetError, Entry
from lab.datasets.index import (
    COLLECTIONS,
    CORE,
    CORE_COLLECTION,
    DATASETS,
    LARGE,
    entry,
    is_known,
    is_remote,
    load,
    remember,
    select,
    set_own,
)

__all__ = [
    "COLLECTIONS",
    "CORE",
    "CORE_COLLECTION",
    "DATASETS",
    "LARGE",
    "DatasetError",
    "Entry",
    "entry",
    "is_known",
    "is_remote",
    "load",
    "remember",
    "select",
    "set_own",
]
