"""Tests of the files of stored results."""

import json
from dataclasses import replace

import pytest

from lab.cases import Case, Protocol
from lab.engine.packing import pack
from lab.evaluation import evaluate
from lab.store.result_files import FACTS, PICTURE, StoredResult
from lab.store.sealed_json import DamagedError, seal, unseal
from lab.tests.helpers.examples import TINY


@pytest.fixture(scope="module")
def packed():
    """Return a result ready to be stored."""
    return pack(evaluate(Case(TINY, "raw", "logistic_regression"), Protocol(3)), "key")


def test_a_stored_result_is_read_unchanged(tmp_path, packed):
    """Facts and files are read as they were written; the predictions are in their file."""
    stored = StoredResult(tmp_path / "key")
    assert stored.read() is None
    stored.write(packed)
    found = stored.read()
    assert found.facts == packed.facts
    assert found.files == packed.files
    assert len(found.facts.result.read_predictions()) == 240


def test_a_failed_write_leaves_no_new_file(tmp_path, packed):
    """If a result cannot be written completely, none of its files is left."""
    stored = StoredResult(tmp_path / "key")
    stored.file(PICTURE).mkdir()  # in the way
    with pytest.raises(OSError, match=r"key\.png"):
        stored.write(packed)
    assert [path.name for path in tmp_path.iterdir()] == ["key.png"]
    stored.file(PICTURE).rmdir()
    assert stored.read() is None


def test_a_failed_write_keeps_an_earlier_result(tmp_path, packed):
    """If a result cannot be replaced, the earlier one is still complete."""
    stored = StoredResult(tmp_path / "key")
    stored.write(packed)
    picture = stored.file(PICTURE).read_bytes()
    stored.file(PICTURE).unlink()
    stored.file(PICTURE).mkdir()
    with pytest.raises(OSError, match=r"key\.png"):
        stored.write(replace(packed, facts=replace(packed.facts, picture_key="another")))
    stored.file(PICTURE).rmdir()
    stored.file(PICTURE).write_bytes(picture)
    assert stored.read().facts == packed.facts


def test_facts_of_another_version_are_refused(tmp_path, packed):
    """Facts that lack a field, or have an unknown one, are not mistaken for a result."""
    stored = StoredResult(tmp_path / "key")
    stored.write(packed)
    path = stored.file(FACTS)
    content = unseal(path.read_bytes(), path)
    without = {name: value for name, value in content.items() if name != "metric_keys"}
    for other in (without, content | {"surprise": 1}):
        path.write_bytes(seal(other))
        with pytest.raises(DamagedError, match="written by another version of MLflow Lab"):
            stored.read()


def test_facts_are_json_without_pickles(tmp_path, packed):
    """Stored facts can be read without running code."""
    stored = StoredResult(tmp_path / "key")
    stored.write(packed)
    assert json.loads(stored.file(FACTS).read_bytes())["result"]["case"]["strategy"] == "raw"
