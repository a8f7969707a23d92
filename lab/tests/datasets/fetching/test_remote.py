"""Tests of the catalogue of downloads."""

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest

from lab.datasets.dataset import DatasetError
from lab.datasets.fetching.remote import catalogue

ENTRIES = {entry.name: entry for entry in catalogue()}


def test_the_catalogue_has_60_datasets_of_openml_and_27_of_imbalanced_learn():
    """Every dataset has a title and a unique name that starts with its collection."""
    collections = [entry.collection for entry in catalogue()]
    assert Counter(collections) == {"openml": 60, "imblearn": 27}
    assert len(ENTRIES) == 87
    assert all(name.startswith(f"{entry.collection}:") for name, entry in ENTRIES.items())
    assert all(entry.title for entry in ENTRIES.values())


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_sizes_are_plausible(entry):
    """Every dataset has columns, and at least two positive rows, which are a minority."""
    assert 2 <= entry.minority_rows < entry.rows / 2
    assert entry.columns > 0


def test_entries_of_the_catalogue_are_not_available():
    """Loading an entry of the catalogue is an error that says how to download it."""
    assert not any(entry.available for entry in catalogue())
    with pytest.raises(
        DatasetError,
        match=r"'openml:310' is not available locally: run `lab datasets openml:310 --download`",
    ):
        ENTRIES["openml:310"].load()


def test_unknown_facts_are_none():
    """Categories and missing values are unknown for OpenML, and 0 for imbalanced-learn."""
    known = {(e.collection, e.categorical, e.missing, e.licence) for e in catalogue()}
    assert known == {("openml", None, None, ""), ("imblearn", 0, 0, "")}


def test_the_two_sources_agree_where_they_overlap():
    """The study and imbalanced-learn's documentation state the same sizes of mammography."""
    both = [ENTRIES[name] for name in ("openml:310", "imblearn:mammography")]
    figures = [(entry.rows, entry.minority_rows, entry.columns) for entry in both]
    assert figures[0] == figures[1] == (11183, 260, 6)


def test_imbalanced_learn_documents_the_same_datasets():
    """Names, order, titles and sizes are those that the installed package documents."""
    package = Path(importlib.util.find_spec("imblearn").origin).parent
    text = (package / "datasets" / "_zenodo.py").read_text(encoding="utf-8").partition("Ref")[0]
    pattern = r"^ \d+ +(\w+) +(.+?) +([\d.]+):1 +([\d,]+) +(\d+)$"
    found = []
    for name, title, ratio, size, columns in re.findall(pattern, text, re.MULTILINE):
        rows = int(size.replace(",", ""))
        minority = round(rows / (1 + float(ratio)))
        found.append((f"imblearn:{name}", title, rows, minority, int(columns)))
    assert found == [
        (e.name, e.title, e.rows, e.minority_rows, e.columns)
        for e in catalogue()
        if e.collection == "imblearn"
    ]
