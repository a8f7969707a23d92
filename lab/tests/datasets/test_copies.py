"""Tests of copies of datasets."""

import json
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from lab.datasets.column import Column
from lab.datasets.copies import copies, find_copy, write_copy
from lab.datasets.dataset import Dataset, DatasetError
from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import read_table
from lab.errors import LabError
from lab.tests.datasets.test_any_table import TARGET, tables, write


def small(name="small", **columns):
    """Return a small dataset of numbers, categories and missing values."""
    X = pd.DataFrame(
        {"n": [1.0, np.nan, -0.0, 4.0], "c": pd.Categorical(["é", None, "", "é"])} | columns
    )
    return Dataset(name, X, np.array([0, 1, 0, 0], np.int8), "made up", ("one", "two"))


def test_a_copy_is_read_as_it_was_written(tmp_path):
    """A copy has the values, digest, source and notes of the original."""
    data = small()
    entry = write_copy(tmp_path / "new" / "folder", data, "own", title="T", licence="L")
    again = entry.load()
    pd.testing.assert_frame_equal(again.X, data.X)
    assert again.y.tolist() == data.y.tolist()
    facts = ("name", "source", "notes", "digest")
    assert [getattr(again, f) for f in facts] == [getattr(data, f) for f in facts]


def test_an_entry_has_the_facts(tmp_path):
    """The entry of a copy has its sizes and facts before it is loaded."""
    write_copy(tmp_path, small(), "own", title="T", licence="L")
    entry = find_copy(tmp_path, "small")
    assert (entry.name, entry.collection, entry.title, entry.licence) == ("small", "own", "T", "L")
    assert (entry.rows, entry.minority_rows, entry.columns) == (4, 1, 2)
    assert (entry.categorical, entry.missing, entry.notes) == (1, 2, ("one", "two"))
    assert entry.available


def test_a_copy_of_an_earlier_version_lacks_facts(tmp_path):
    """Copies without a schema, or with fewer facts about its columns, are still read."""
    column = Column("n", "numbers", "number")
    write_copy(tmp_path, replace(small(), schema=(column,), missing_words=("?",)), "openml")
    facts = json.loads((tmp_path / "small.json").read_text())
    facts["schema"] = [dict(list(facts["schema"][0].items())[:5])]
    for name in ("missing_words", "value_columns", "value_notes", "value_digest"):
        del facts[name]
    (tmp_path / "small.json").write_text(json.dumps(facts))
    data = find_copy(tmp_path, "small").load()
    assert (data.schema, data.missing_words) == ((column,), ())
    del facts["schema"]
    (tmp_path / "small.json").write_text(json.dumps(facts))
    assert find_copy(tmp_path, "small").load().schema == ()


def valued(number=0.0):
    """Return a small dataset with two value columns, one of them called like a feature."""
    values = pd.DataFrame({"n": [1.5, number, -2.0, 4.0], "": [7.0, 8.0, 9.0, 10.0]})
    return replace(
        small(),
        values=values,
        value_notes=("three",),
        row_numbers=np.array([0, 2, 3, 5]),
        group=pd.Series(["a", "b", None, "a"], name="who"),
    )


def test_a_copy_has_the_value_columns(tmp_path):
    """Value columns are in the copy, in order, and its entry names them."""
    entry = write_copy(tmp_path, valued(), "own")
    assert find_copy(tmp_path, "small").value_columns == entry.value_columns == ("n", "")
    assert entry.notes == ("one", "two", "three")
    again = entry.load()
    pd.testing.assert_frame_equal(again.values, valued().values)
    assert (again.notes, again.value_notes) == (("one", "two"), ("three",))
    assert again.digest == valued().digest
    assert list(again.X.columns) == ["n", "c"]
    assert again.row_numbers.tolist() == [0, 2, 3, 5]
    assert again.group.tolist()[:2] == ["a", "b"]


def test_a_copy_with_changed_values_is_rejected(tmp_path):
    """The copy's values have a digest of their own."""
    entry = write_copy(tmp_path, valued(), "own")
    content = (tmp_path / "small.arrow").read_bytes()
    write_copy(tmp_path / "other", valued(3.0), "own")
    assert (tmp_path / "other" / "small.arrow").read_bytes() != content
    (tmp_path / "other" / "small.arrow").replace(tmp_path / "small.arrow")
    with pytest.raises(DatasetError, match="the copy of dataset 'small', is missing or corrupted"):
        entry.load()


def test_a_copy_with_a_group_instead_of_a_collection_is_read(tmp_path):
    """Copies of earlier versions of the lab are still found."""
    write_copy(tmp_path, small(), "openml")
    facts = json.loads((tmp_path / "small.json").read_text())
    facts["group"] = facts.pop("collection")
    (tmp_path / "small.json").write_text(json.dumps(facts))
    assert find_copy(tmp_path, "small").collection == "openml"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(columns=tables())
def test_any_dataset_keeps_its_digest(tmp_path, columns):
    """The copy of any dataset has the digest of the original."""
    path = tmp_path / "any.parquet"
    write(columns, path)
    try:
        data = prepare("any", read_table(path), TARGET)
    except LabError:
        return
    write_copy(tmp_path, data, "own")
    assert find_copy(tmp_path, "any").load().digest == data.digest


@pytest.mark.parametrize("name", ["a/b", "..", "", "é 🙂", "a.b", ".hidden", "x" * 300, "A"])
def test_a_dataset_of_any_name_has_a_copy(tmp_path, name):
    """A dataset of any name is stored inside the folder, and found by that name only."""
    write_copy(tmp_path, small("a"), "own")
    write_copy(tmp_path, small(name), "own")
    assert find_copy(tmp_path, name).load().name == name
    assert {entry.name for entry in copies(tmp_path)} == {"a", name}
    assert len(list(tmp_path.iterdir())) == 4


def test_columns_of_any_name_are_kept(tmp_path):
    """Columns with an empty name, with that of the target, or with any characters are kept."""
    data = small(**{"": [1.0, 2.0, 3.0, 4.0], "target": [1.0, 2.0, 3.0, 4.0], "a\nb/c": [0.0] * 4})
    assert list(write_copy(tmp_path, data, "own").load().X.columns) == list(data.X.columns)


def test_numbers_are_memory_mapped(tmp_path):
    """Numbers stay in the file, read-only, since several processes share them."""
    values = write_copy(tmp_path, small(), "own").load().X["n"].to_numpy()
    assert not values.flags.owndata
    assert not values.flags.writeable


def test_a_copy_replaces_the_one_before(tmp_path):
    """A second copy of the same name replaces both files of the first."""
    write_copy(tmp_path, small(), "own")
    write_copy(tmp_path, small(n=[9.0, 8.0, 7.0, 6.0]), "own")
    assert find_copy(tmp_path, "small").load().X["n"].tolist() == [9, 8, 7, 6]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.arrow", "small.json"]


def test_a_dataset_without_a_copy_is_not_found(tmp_path):
    """No copy is found in an empty folder or in one that does not exist."""
    assert find_copy(tmp_path, "small") is None
    assert find_copy(tmp_path / "none", "small") is None
    assert copies(tmp_path / "none") == []


@pytest.mark.parametrize("facts", ["", "{", "[]", "null", "{}", '{"name": "small"}', "\udcff"])
def test_a_copy_with_broken_facts_is_ignored(tmp_path, facts):
    """A copy whose facts cannot be read is not found, while others are."""
    write_copy(tmp_path, small(), "own")
    write_copy(tmp_path, small("other"), "own")
    (tmp_path / "small.json").write_bytes(facts.encode(errors="surrogateescape"))
    assert find_copy(tmp_path, "small") is None
    assert [entry.name for entry in copies(tmp_path)] == ["other"]


def test_a_corrupted_copy_is_rejected(tmp_path):
    """A missing, truncated or changed copy is rejected, unless its content is unaffected."""
    entry = write_copy(tmp_path, small(), "own")
    path, digest = tmp_path / "small.arrow", entry.load().digest
    whole = path.read_bytes()
    for end in range(0, len(whole), 64):
        path.write_bytes(whole[:end])
        with pytest.raises(DatasetError, match=r"small.arrow, the copy of dataset 'small', is m"):
            entry.load()
    for i in range(0, len(whole), 3):
        path.write_bytes(whole[:i] + bytes([whole[i] ^ 0xFF]) + whole[i + 1 :])
        try:
            assert entry.load().digest == digest
        except DatasetError:
            continue
    path.unlink()
    with pytest.raises(DatasetError, match="is missing or corrupted: run the command again"):
        entry.load()


def test_a_digest_mismatch_is_rejected(tmp_path):
    """A copy whose facts state another digest is rejected."""
    write_copy(tmp_path, small(), "own")
    facts = json.loads((tmp_path / "small.json").read_text())
    (tmp_path / "small.json").write_text(json.dumps(facts | {"digest": "0" * 32}))
    with pytest.raises(DatasetError, match="the copy of dataset 'small', is missing or corrupted"):
        find_copy(tmp_path, "small").load()


def test_an_unwritable_folder_is_an_error(tmp_path):
    """A copy that cannot be stored is an error that names dataset and folder."""
    (tmp_path / "file").touch()
    with pytest.raises(DatasetError, match=r"dataset 'small' cannot be stored in .*file"):
        write_copy(tmp_path / "file", small(), "own")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every folder")
def test_a_folder_without_permission_is_an_error(tmp_path):
    """A folder without write permission is an error that says so."""
    tmp_path.chmod(0o500)
    with pytest.raises(DatasetError, match="Permission denied"):
        write_copy(tmp_path, small(), "own")
