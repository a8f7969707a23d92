"""Index of all datasets by name: bundled, generated, downloadable and the user's own.

To add a bundled dataset, add a recipe to ``bundled/recipes.py``; to add one to download, a line to
``fetching/remote.csv``.
"""

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

# Collections of entries; downloads have their source as collection.
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
"""Names of the datasets in each collection."""


def set_own(own: Iterable[Entry]) -> None:
    """Replace the user's own datasets; their names take precedence over all others."""
    _own.clear()
    _own.update((entry.name, entry) for entry in own)
    load.cache_clear()


def remember(name: str, dataset: Dataset | None) -> None:
    """Register a dataset that another process has read, so that its name means this content.

    Parameters
    ----------
    name : str
        The dataset's name.
    dataset : Dataset or None
        The dataset. If None, the name again means the lab's own dataset.
    """
    if dataset is None:
        if _own.pop(name, None):
            load.cache_clear()
    elif name not in _own or load(name).identity != dataset.identity:
        load.cache_clear()
        facts = {"name": name, "collection": OWN, "title": "", "licence": "", **dataset.sizes}
        more = ("group_column", "time_column", "times", "value_columns")
        facts |= {key: getattr(dataset, key) for key in more}
        notes = dataset.notes + dataset.value_notes
        _own[name] = Entry.from_json(facts, lambda: dataset, notes=notes, schema=dataset.schema)


def entry(name: str) -> Entry:
    """Return the facts about a dataset, without loading it.

    Parameters
    ----------
    name : str
        A name that ``lab datasets`` lists, or that of a file of the user's own.
        ``synthetic:rows=2000,minority=0.02,seed=1`` is a generated table with these parameters,
        ``openml:31`` the dataset of OpenML with this number.

    Raises
    ------
    UnknownNameError
        No dataset has this name.
    DatasetError
        A parameter of the generator is invalid.

    Examples
    --------
    >>> from lab import datasets
    >>> abalone = datasets.entry("abalone_19")
    >>> abalone.rows, abalone.minority_rows, abalone.columns
    (4174, 32, 8)
    >>> datasets.entry("synthetic:rows=2000,minority=0.02").minority_rows
    40
    """
    if name in _own:
        return _own[name]
    if is_remote(name):
        return cached(name) or DATASETS.get(name) or uncatalogued(name)
    base, _, parameters = name.partition(":")
    if base == GENERATOR and parameters:
        return parse_synthetic(name)
    if name not in DATASETS:
        raise UnknownNameError(unknown(name, [*DATASETS, *COLLECTIONS], "dataset"))
    return DATASETS[name]


def is_known(name: str) -> bool:
    """Return whether a dataset has this name."""
    try:
        return bool(entry(name))
    except LabError:
        return False


def is_remote(name: str) -> bool:
    """Return whether a dataset comes from OpenML or Zenodo, downloaded already or not."""
    known = name in DATASETS and not DATASETS[name].available
    return name not in _own and (known or NUMBERED.fullmatch(name) is not None)


def select(patterns: Sequence[str]) -> list[str]:
    """Return the names of datasets that patterns select, each once.

    Parameters
    ----------
    patterns : sequence of str
        Names, globs and collections. A glob without a colon selects no dataset that has to be
        downloaded.

    Raises
    ------
    UnknownNameError
        A pattern selects nothing; the message suggests close matches.
    DatasetError
        A parameter of the generator is invalid.

    Examples
    --------
    >>> from lab import datasets
    >>> datasets.select(["yeast*", "large", "openml:31"])
    ['yeast_me2', 'fars_unknown', 'openml:31']
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
    """Load a dataset; the last eight are cached, so that a worker reads each once.

    Parameters
    ----------
    name : str
        See :func:`entry`.

    Returns
    -------
    Dataset
        Features ``X`` of shape (n_rows, n_columns) and target ``y``, where 1 is the rare class.

    Raises
    ------
    UnknownNameError
        No dataset has this name.
    DatasetError
        It is not available locally, or its file is corrupted.

    Examples
    --------
    >>> from lab import datasets
    >>> yeast = datasets.load("yeast_me2")
    >>> yeast.X.shape
    (1484, 8)
    >>> int(yeast.y.sum())
    51
    """
    return entry(name).load()
