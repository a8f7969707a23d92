"""Real imbalanced tables, bundled, and a generator."""

from lab.datasets.registry import (
    CORE,
    DATASETS,
    GENERATED,
    DatasetError,
    Entry,
    entry,
    load,
    select,
)

__all__ = ["CORE", "DATASETS", "GENERATED", "DatasetError", "Entry", "entry", "load", "select"]
