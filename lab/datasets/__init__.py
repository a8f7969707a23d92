"""Imbalanced tables: real ones, bundled or downloaded, the user's own, and a generator."""

from lab.datasets.dataset import DatasetError, Entry
from lab.datasets.registry import (
    CORE,
    CORE_GROUP,
    DATASETS,
    GROUPS,
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
    "CORE",
    "CORE_GROUP",
    "DATASETS",
    "GROUPS",
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
