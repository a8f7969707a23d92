"""Index of all datasets by name: bundled, generated, downloaded or a user's own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lab.datasets.bundled import bundled
from lab.datasets.dataset import Dataset, Entry
from lab.datasets.fetching.download import cached
from lab.datasets.fetching.remote import IMBLEARN, NUMBERED, OPENML, catalogue, uncatalogued
from lab.datasets.synthetic import GENERATOR, parse_synthetic, synthetic
from lab.errors import LabError, UnknownNameError
from lab.names import pick, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Collections; those to download have their source's name.
CORE_COLLECTION, LARGE, OWN = "core", "large", "own"

DATASETS: dict[str, Entry] = {
    entry.name: entry for entry in (*bundled(), synthetic(), *catalogue())
}
_own: dict[str, Entry] = {}


def _of(*collections: str) -> tuple[str, ...]:
    return tuple(name for name, entry in DATASETS.items() if entry.collection in collections)


CORE = _of(CORE_COLLECTION)
COLLECTIONS = {
    "core": CORE,
    "large": _of(LARGE),
    "imblearn": _of(IMBLEARN),
    "climb": _of(OPENML),
    "all": _of(CORE_COLLECTION, LARGE, IMBLEARN, OPENML),
}
"""Datasets under one name."""


def set_own(own: Iterable[Entry]) -> None:
    """Know datasets of the user's own, in place of those before; their names go first."""
    _own.clear()
    _own.update((entry.name, entry) for entry in own)
    load.cache_clear()


def remember(name: str, dataset: Dataset | None) -> None:
    """Know a dataset that another process has read by its name, or no such one any more."""
    if dataset is None:
        if _own.pop(name, None):
            load.cache_clear()
    elif name not in _own or load(name).identity != dataset.identity:
        load.cache_clear()
        facts = {
            "name": dataset.name,
            "collection": OWN,
            "title": "",
            "licence": "",
            **dataset.sizes,
        }
        _own[dataset.name] = Entry.from_json(facts, lambda: dataset, notes=dataset.notes)


def entry(name: str) -> Entry:
    """Return the entry of a dataset's name.

    ``synthetic:rows=2000,minority=0.02,seed=1`` names a generated table by its parameters,
    ``openml:31`` a table of OpenML by its number.

    Raises
    ------
    UnknownNameError
        No dataset has this name.
    DatasetError
        The generator's parameters are not valid.
    """
    if name in _own:
        return _own[name]
    if is_remote(name):
        return cached(name) or DATASETS.get(name) or uncatalogued(name)
    base, _, parameters = name.partition(":")
    if base != GENERATOR or not parameters:
        if name not in DATASETS:
            raise UnknownNameError(unknown(name, [*DATASETS, *COLLECTIONS], "dataset"))
        return DATASETS[name]
    return parse_synthetic(name)


def is_known(name: str) -> bool:
    """Return whether a dataset has this name."""
    try:
        return bool(entry(name))
    except LabError:
        return False


def is_remote(name: str) -> bool:
    """Return whether a name is of a dataset that has to be downloaded once."""
    known = name in DATASETS and not DATASETS[name].available
    return name not in _own and (known or NUMBERED.fullmatch(name) is not None)


def select(patterns: Sequence[str]) -> list[str]:
    """Return the names of the datasets that names, globs and collections pick, each once.

    A glob without a colon matches no dataset that has to be downloaded.
    """
    names: dict[str, None] = {}
    for pattern in patterns:
        if pattern in COLLECTIONS:
            picked: Sequence[str] = COLLECTIONS[pattern]
        elif pattern.startswith(f"{GENERATOR}:") or is_remote(pattern):
            picked = [entry(pattern).name]
        else:
            known = [name for name in DATASETS if (":" in name) <= (":" in pattern)]
            picked = pick([pattern], known, "dataset", COLLECTIONS)
        names.update(dict.fromkeys(picked))
    return list(names)


@lru_cache(maxsize=8)
def load(name: str) -> Dataset:
    """Load a dataset; the last few are kept, so that a worker reads each once."""
    return entry(name).load()
