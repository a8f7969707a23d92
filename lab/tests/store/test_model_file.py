"""Tests of the files of fitted models."""

from lab.cases import Case, Protocol
from lab.engine.model import packed_model
from lab.store.model_file import ModelFile, PackedModel
from lab.tests.helpers.examples import TINY

CASE = Case(TINY, "threshold_cost", "logistic_regression")


def test_a_stored_model_is_read_unchanged(tmp_path):
    """Facts are read as they were written, and a truncated file is noticed."""
    stem = tmp_path / "stem"
    assert not ModelFile.is_whole(stem)
    written = ModelFile.write(stem, packed_model(CASE, Protocol()))
    assert ModelFile.read(stem) == written
    assert written.path.name == "stem.skops"
    assert ModelFile.is_whole(stem)
    written.path.write_bytes(written.path.read_bytes()[:-1])
    assert not ModelFile.is_whole(stem)


def test_a_missing_model_has_a_reason(tmp_path):
    """Without a model, the facts say why, and no model is taken for whole."""
    stem = tmp_path / "stem"
    written = ModelFile.write(stem, PackedModel.missing("its strategy is a mistake"))
    assert written == ModelFile(note="no model: its strategy is a mistake")
    assert ModelFile.read(stem) == written
    assert not ModelFile.is_whole(stem)
