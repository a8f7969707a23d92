"""Tests of the bundled datasets, the generator and the digest."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import datasets
from lab.datasets.bundled import BUNDLED
from lab.datasets.bundled.build import main
from lab.datasets.bundled.recipes import RECIPES, BuildError, read_keel
from lab.datasets.dataset import Dataset
from lab.errors import UnknownNameError

# rows, minority rows, numeric columns, categorical columns, missing values
FACTS = {
    "abalone_19": (4174, 32, 7, 1, 0),
    "caravan": (5822, 348, 83, 2, 0),
    "nursery": (12960, 328, 0, 8, 0),
    "page_blocks": (5472, 559, 10, 0, 0),
    "yeast_me2": (1484, 51, 8, 0, 0),
    "car_crash": (26217, 1180, 5, 6, 1),
    "fars_unknown": (100968, 1200, 5, 24, 0),
}


@pytest.mark.parametrize("name", FACTS)
def test_bundled_data_are_what_they_are_said_to_be(name):
    """Rows, minority rows, kinds of columns and missing values are pinned."""
    data = datasets.load(name)
    missing = int(data.X.isna().sum().sum())
    found = (data.rows, data.minority_rows, len(data.numeric), len(data.categorical), missing)
    assert found == FACTS[name]
    entry = datasets.entry(name)
    assert (entry.rows, entry.minority_rows, entry.columns) == (*found[:2], sum(found[2:4]))


def test_the_core_is_six_datasets():
    """A session's default is the six core datasets; the large one is not among them."""
    assert set(datasets.CORE) >= set(FACTS) - {"fars_unknown"}
    assert "fars_unknown" not in datasets.CORE


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_each_file_has_its_facts_beside_it(recipe):
    """Source, licence, citation and digest stand beside each file, and the licence is free."""
    facts = json.loads((BUNDLED / f"{recipe.name}.json").read_text())
    assert all(facts[key] for key in ("source", "licence", "citation", "digest", "raw_file"))
    assert facts["licence"] == "CC BY 4.0" or facts["licence"].startswith("public domain")


def test_bundled_files_are_small():
    """All Parquet files together stay under 1.5 MB."""
    assert sum(path.stat().st_size for path in BUNDLED.glob("*.parquet")) < 1.5e6


def test_no_feature_states_the_outcome():
    """Columns that identify a case or state its outcome are dropped from car_crash."""
    columns = set(datasets.load("car_crash").X.columns)
    assert not columns & {"caseid", "injSeverity", "weight", "dead", "rownames"}


def test_a_changed_file_is_refused(monkeypatch, tmp_path):
    """A bundled file that does not have the digest stated beside it is not used."""
    table = pd.read_parquet(BUNDLED / "yeast_me2.parquet")
    table.iloc[0, 0] += 1
    table.to_parquet(tmp_path / "yeast_me2.parquet")
    monkeypatch.setattr("lab.datasets.bundled.BUNDLED", tmp_path)
    with pytest.raises(datasets.DatasetError, match="does not have the digest"):
        datasets.entry("yeast_me2").load()


@given(rows=st.integers(40, 3000), minority=st.floats(0.05, 0.5), seed=st.integers(0, 2**31 - 1))
def test_the_generator_makes_exactly_what_is_asked_for(rows, minority, seed):
    """Rows and minority rows of generated data are exact for any parameters."""
    entry = datasets.entry(f"synthetic:rows={rows},minority={minority},seed={seed}")
    data = entry.load()
    assert (data.rows, data.minority_rows) == (rows, round(rows * minority))
    assert (entry.rows, entry.minority_rows) == (data.rows, data.minority_rows)


def test_the_generator_is_deterministic():
    """Equal parameters give equal content, another seed gives other content."""
    one, same, other = (
        datasets.entry(f"synthetic:rows=200,seed={seed}").load().digest for seed in (1, 1, 2)
    )
    assert one == same != other


@pytest.mark.parametrize(
    "name",
    [
        "synthetic:rows=abc",
        "synthetic:rows",
        "synthetic:depth=3",
        "synthetic:minority=0.9",
        "synthetic:minority=nan",
        "synthetic:minority=inf",
        "synthetic:rows=3",
        "synthetic:rows=999999999999",
        "synthetic:seed=-1",
    ],
)
def test_bad_parameters_of_the_generator_are_named(name):
    """A parameter that does not exist or is out of range is an error that names the dataset."""
    with pytest.raises(datasets.DatasetError, match="dataset 'synthetic"):
        datasets.select([name])


def test_an_unknown_dataset_offers_the_near_ones():
    """A misspelt dataset is an error that offers the near names."""
    with pytest.raises(UnknownNameError, match="did you mean yeast_me2"):
        datasets.select(["yeast_me"])


def small(**changes):
    """Return a small dataset with a number column and a category column."""
    number = changes.get("number", [1.0, np.nan, 3.0, 4.0])
    category = changes.get("category", ["a", None, "b", "a"])
    y = np.array(changes.get("y", [0, 1, 0, 0]), dtype=np.int8)
    X = pd.DataFrame({"n": number, "c": pd.Categorical(category)})
    return Dataset("small", X, y, "made up")


@given(row=st.integers(0, 3), value=st.floats(allow_nan=False))
def test_any_changed_number_changes_the_digest(row, value):
    """The digest covers every number."""
    numbers = [1.0, np.nan, 3.0, 4.0]
    same = numbers[row] == value
    numbers[row] = value
    assert (small(number=numbers).digest == small().digest) == same


@pytest.mark.parametrize(
    "changes",
    [
        {"category": ["a", "a", "b", "a"]},
        {"category": ["a", None, "c", "a"]},
        {"y": [0, 1, 0, 1]},
        {"number": [1.0, 3.0, np.nan, 4.0]},
    ],
)
def test_any_other_change_changes_the_digest(changes):
    """The digest covers categories, missing values, their places and the target."""
    assert small(**changes).digest != small().digest


def test_the_digest_does_not_depend_on_how_values_are_held():
    """Equal values held as another type, or with other unused levels, have an equal digest."""
    data = small()
    other = Dataset("other", data.X.astype({"c": object, "n": "Float64"}), data.y, "elsewhere")
    unused = data.X.assign(c=data.X["c"].cat.add_categories("never"))
    again = Dataset("small", unused, data.y, "made up")
    assert data.digest == other.digest == again.digest
    assert data.X.equals(other.X)
    assert data.X.equals(again.X)


def test_numbers_and_texts_are_different_content():
    """Codes held as numbers and the same codes held as categories differ."""
    numbers = small(category=[1, 2, 1, 2]).X["c"].astype(float)
    data = small(category=[1, 2, 1, 2])
    other = Dataset("small", data.X.assign(c=numbers), data.y, "made up")
    assert other.digest != data.digest


KEEL = b"""@relation toy\r
@attribute Size integer [1, 9]\r
@attribute Kind{red, blue, red}\r
@data\r
1, red\r
?, blue\r
"""


def test_keel_files_keep_levels_and_missing_values():
    """Declared levels become categories, ``?`` becomes missing, a level declared twice is one."""
    table = read_keel(KEEL)
    assert list(table["Kind"].cat.categories) == ["red", "blue"]
    assert table["Size"].isna().tolist() == [False, True]


def test_an_undeclared_level_is_an_error():
    """A raw file whose values contradict its header is refused."""
    with pytest.raises(BuildError, match="green"):
        read_keel(KEEL + b"2, green\r\n")


def test_the_build_script_says_what_is_missing(tmp_path, capsys):
    """Without the two packages the script ends with one sentence and a non-zero exit."""
    assert main([str(tmp_path)]) == 1
    assert "pip download" in capsys.readouterr().err


def test_naming_datasets_imports_no_heavy_library():
    """The process that only names datasets, strategies and models imports no learner."""
    heavy = "{'sklearn', 'xgboost', 'imblearn', 'mlflow', 'matplotlib', 'scipy'}"
    code = f"import sys, lab.session.session, lab.grid; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_table_of_another_process_is_known_until_there_is_none():
    """A worker knows a session's table by its name, also a bundled one's, and forgets it again."""
    bundled = datasets.load("yeast_me2")
    for source in ("one file", "another"):
        theirs = replace(bundled, source=source)  # of equal content
        datasets.remember("yeast_me2", theirs)
        assert datasets.load("yeast_me2").source == source
        assert datasets.entry("yeast_me2").rows == bundled.rows
    datasets.remember("yeast_me2", None)
    assert datasets.load("yeast_me2").source == bundled.source
