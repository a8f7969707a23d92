"""What can be downloaded: 60 imbalanced binary datasets of OpenML, and imbalanced-learn's 27.

``remote.csv`` states OpenML's figures as a study of 60 such datasets does. Those of
imbalanced-learn are those of its documentation, which gives a ratio of the classes instead of the
rows of the minority: these are ``round(rows / (1 + ratio))``. A copy on this machine knows better.
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
OPENML, IMBLEARN = "openml", "imblearn"  # the collections, and how names in them start
NUMBERED = re.compile(rf"{OPENML}:[1-9][0-9]{{0,8}}")  # any dataset of OpenML


def catalogue() -> list[Entry]:
    """Return the entries of all datasets that are known before they are downloaded."""
    return list(_entries())


def uncatalogued(name: str) -> Entry:
    """Return the entry of a dataset of OpenML of which nothing is known before it is downloaded."""
    return Entry(name, OPENML, "", 0, 0, 0, _not_here(name), available=False)


@lru_cache(maxsize=1)
def _entries() -> tuple[Entry, ...]:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return tuple(map(_entry, csv.DictReader(file)))


def _entry(line: dict[str, str]) -> Entry:
    collection = line["name"].partition(":")[0]
    # All columns of imbalanced-learn's arrays are numbers, and none is missing.
    known = 0 if collection == IMBLEARN else None
    return Entry(
        line["name"],
        collection,
        line["title"],
        int(line["rows"]),
        int(line["minority_rows"]),
        int(line["columns"]),
        _not_here(line["name"]),
        categorical=known,
        missing=known,
        available=False,
    )


def _not_here(name: str) -> Callable[[], NoReturn]:
    def load() -> NoReturn:
        raise DatasetError(
            f"dataset {name!r} is not on this machine: `lab datasets {name} --download` gets it"
        )

    return load
