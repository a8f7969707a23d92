"""Tests of registering the user's own files as datasets."""

from dataclasses import replace

import pandas as pd
import pytest

from lab import datasets
from lab.datasets.bundled import BUNDLED
from lab.datasets.copies import write_copy
from lab.datasets.dataset import KEYS
from lab.datasets.user_files import read_file, register_copies, register_files
from lab.errors import TableError
from lab.read_options import ReadOptions


@pytest.fixture(autouse=True)
def forget():
    """Remove the user's own datasets after each test."""
    yield
    datasets.set_own([])


def write(folder, name, positive="yes", rows=40):
    """Write a table with four positives; return its file."""
    labels = [positive if i % 10 == 0 else "no" for i in range(rows)]
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    pd.DataFrame({"x": [i * 0.7 % 3 for i in range(rows)], "y": labels}).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", ["abalone_19", "car_crash", "page_blocks", "yeast_me2"])
def test_a_csv_copy_is_the_bundled_dataset(tmp_path, name):
    """A CSV copy of a bundled table has the same digest, and so the same scores."""
    pd.read_parquet(BUNDLED / f"{name}.parquet").to_csv(tmp_path / "copy.csv", index=False)
    bundled = datasets.entry(name)
    keys = {key: frozenset(filter(None, [getattr(bundled, f"{key}_column")])) for key in KEYS}
    register_files(
        [tmp_path / "copy.csv"], ["target"], [], tmp_path / "copies", ReadOptions(**keys)
    )
    assert datasets.load("copy").digest == datasets.load(name).digest


def test_a_parquet_copy_keeps_codes_as_categories(tmp_path):
    """Numeric codes that a Parquet file declares as categories stay categories."""
    register_files([BUNDLED / "caravan.parquet"], ["target"], [], tmp_path)
    assert datasets.entry("caravan").collection == "own"
    own = datasets.load("caravan")
    datasets.set_own([])
    assert own.digest == datasets.load("caravan").digest


def test_targets_are_given_once_or_per_file(tmp_path):
    """Targets and positive values are given once for all files, or once per file in order."""
    one, other = write(tmp_path, "one.csv"), write(tmp_path, "other.csv.gz", positive="1")
    assert register_files([one, other], ["y"], [], tmp_path / "copies") == ["one", "other"]
    assert datasets.entry("other").notes[0] == "positive class: y = '1', 4 of 40 rows (10.00%)"
    register_files([one, other], ["y"], ["yes", "1"], tmp_path / "copies")
    with pytest.raises(TableError, match=r"other.csv.gz: target 'y' has no value 'yes'"):
        register_files([one, other], ["y"], ["yes"], tmp_path / "copies")
    with pytest.raises(TableError, match="--target is given 3 times for 2 files of --data"):
        register_files([one, other], ["y"] * 3, [], tmp_path / "copies")


def test_another_process_registers_the_copies(tmp_path):
    """Another process finds a dataset in its copy, even if the original file is gone."""
    file = write(tmp_path, "mine.csv")
    register_files([file], ["y"], [], tmp_path / "copies")
    before = datasets.load("mine")
    file.unlink()
    datasets.set_own([])
    assert register_copies(tmp_path / "copies", 1) == ["mine"]
    after = datasets.load("mine")
    assert (after.digest, after.notes) == (before.digest, before.notes)
    assert datasets.entry("mine").baseline == tmp_path / "mine.baseline.json"
    assert register_copies(tmp_path / "nothing", 0) == []
    with pytest.raises(TableError, match="copies of your data are missing from"):
        register_copies(tmp_path / "copies", 2)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("churn 2026.csv", "churn 2026"),
        ("a.b.parquet.csv", "a.b.parquet"),
        ("tab\tand\nline.csv", "tab_and_line"),
        ("\N{PARTY POPPER}.CSV", "\N{PARTY POPPER}"),
        (".csv", "_"),
        ("x" * 200 + ".csv", "x" * 100),
        ("[a]*?'\".csv", "[a]*?'\""),
        ("raw-xgboost.csv", "raw-xgboost"),
    ],
)
def test_a_dataset_is_named_after_its_file(tmp_path, file, name):
    """The name is the file's without its extension; only unprintable characters are replaced."""
    assert register_files([write(tmp_path, file)], ["y"], [], tmp_path / "copies") == [name]
    assert datasets.load(name).rows == 40
    assert register_copies(tmp_path / "copies", 1) == [name]


def test_an_unwritable_folder_is_an_error(tmp_path):
    """A copy that cannot be stored is an error that names dataset and folder."""
    (tmp_path / "copies").write_text("a file")
    with pytest.raises(datasets.DatasetError, match=r"'mine' cannot be stored in .*copies"):
        register_files([write(tmp_path, "mine.csv")], ["y"], [], tmp_path / "copies")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"missing": "unknwon"}, "--missing unknwon: no cell of text is 'unknwon'"),
        ({"drop": "z"}, "--drop 'z' is not a column: "),
        ({"numeric": "y"}, "--numeric 'y' is the target: leave one of the options out"),
        ({"drop": "x", "numeric": "x"}, "--drop and --numeric both name 'x': leave one of them"),
    ],
)
def test_invalid_options_of_columns_are_explained(tmp_path, options, message):
    """An option must name a column of a file, and each column is named by one option."""
    chosen = ReadOptions(**{name: frozenset([column]) for name, column in options.items()})
    with pytest.raises(TableError, match=message):
        register_files([write(tmp_path, "mine.csv")], ["y"], [], tmp_path / "copies", chosen)


def test_a_copy_keeps_row_numbers_and_schema(tmp_path):
    """The copy of a table has the rows' numbers in the file, and how columns were read."""
    file = write(tmp_path, "mine.csv")
    file.write_text(file.read_text().replace("yes", "", 1))
    register_files([file], ["y"], [], tmp_path / "copies")
    register_copies(tmp_path / "copies", 1)
    data = datasets.load("mine")
    assert data.row_numbers.tolist() == list(range(1, 40))
    assert [one.name for one in data.schema] == ["x", "y"]
    assert datasets.entry("mine").schema == data.schema


def test_a_dataset_knows_how_its_file_is_read(tmp_path):
    """Notation, types and words that mean missing are part of the dataset and of its copy."""
    amounts = [f"{i}.{i}50" if i % 2 else str(i) for i in range(1, 9)]
    rows = {"n": range(8), "amount": amounts, "code": ["-1", "a", "b"] * 2 + ["a"] * 2}
    rows["t"] = [1, 0] * 4
    pd.DataFrame(rows).to_csv(tmp_path / "text.csv", index=False)
    pd.DataFrame(rows).to_parquet(tmp_path / "typed.parquet")
    options = ReadOptions(numeric=frozenset({"amount", "n"}), missing=frozenset({"-1"}))
    for name, typed in (("text.csv", set()), ("typed.parquet", {"n"})):
        data = read_file(tmp_path / name, "t", "1", options)
        copy = write_copy(tmp_path / "copies", data, "own").load()
        for one in (data, copy):
            schema = {column.name: column for column in one.schema}
            assert (schema["amount"].decimal, schema["amount"].thousands) == (",", ".")
            assert (schema["n"].decimal, schema["n"].thousands) == (".", "")
            assert {column.name for column in one.schema if column.typed} == typed
            assert "-1" in one.missing_words
            assert ("?" in one.missing_words) == (not typed)
        assert copy.identity == data.identity
        assert replace(data, missing_words=()).identity != data.identity
