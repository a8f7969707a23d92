"""Imbalanced tables: real ones, bundled or downloaded, the user's own, and a generator."""

from lab.datasets.dataset import DatasetError, Entry
from lab.datasets.index import (
    COLLECTIONS,
    CORE,
    CORE_COLLECTION,
    DATASETS,
    LARGE,
    entry,
    hold,
    is_known,
    is_remote,
    load,
    select,
    use,
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
    "hold",
    "is_known",
    "is_remote",
    "load",
    "select",
    "use",
]
