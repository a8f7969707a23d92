"""Catalogue of downloads: 60 imbalanced binary datasets of OpenML, and imbalanced-learn's 27.

The sizes in ``remote.csv`` come from the CLIMB study (NeurIPS 2025) for OpenML, and from its
documentation for imbalanced-learn. The latter states the ratio of the classes instead of the
minority rows, which are ``round(rows / (1 + ratio))``. A downloaded copy has the exact sizes.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lab.datasets.dataset import DatasetError, Entry

if TYPE_CHECKING:
    from collections.abc import Callable

CATALOGUE = Path(__file__).with_name("remote.csv")
OPENML, IMBLEARN = "openml", "imblearn"  # collections, and prefixes of the names in them
NUMBERED = re.compile(rf"{OPENML}:[1-9][0-9]{{0,8}}")  # any dataset of OpenML


def catalogue() -> list[Entry]:
    """Return the entries of the catalogue; loading one is an error until it is downloaded."""
    return list(_entries())


def uncatalogued(name: str) -> Entry:
    """Return the entry of an OpenML dataset outside the catalogue, whose sizes are unknown."""
    return Entry(name, OPENML, "", 0, 0, 0, _not_local(name), available=False)


@lru_cache(maxsize=1)
def _entries() -> tuple[Entry, ...]:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return tuple(map(_entry, csv.DictReader(file)))


def _entry(line: dict[str, str]) -> Entry:
    collection = line["name"].partition(":")[0]
    # imbalanced-learn's arrays are numeric throughout, and complete.
    known = 0 if collection == IMBLEARN else None
    return Entry(
        line["name"],
        collection,
        line["title"],
        int(line["rows"]),
        int(line["minority_rows"]),
        int(line["columns"]),
        _not_local(line["name"]),
        categorical=known,
        missing=known,
        available=False,
    )


def _not_local(name: str) -> Callable[[], NoReturn]:
    def load() -> NoReturn:
        raise DatasetError(
            f"dataset {name!r} is not available locally: run `lab datasets {name} --download`"
        )

    return load
