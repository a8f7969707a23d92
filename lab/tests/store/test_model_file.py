"""Tests of the files of fitted models."""

from lab.cases import Case, Protocol
from lab.store.model_file import ModelFile
from lab.tests.helpers.examples import TINY

CASE = Case(TINY, "threshold_cost", "logistic_regression")


def test_what_was_written_is_read(tmp_path):
    """Facts are read as they were made, and a file that was cut short is noticed."""
    stem = tmp_path / "stem"
    assert not ModelFile.is_whole(stem)
    made = ModelFile.make(stem, CASE, Protocol())
    assert ModelFile.read(stem) == made
    assert made.path.name == "stem.skops"
    assert (made.note, len(made.examples), made.output) == ("", 5, "float64")
    assert ModelFile.is_whole(stem)
    made.path.write_bytes(made.path.read_bytes()[:-1])
    assert not ModelFile.is_whole(stem)


def test_a_case_without_a_model_has_the_reason(tmp_path):
    """What can have no model is no error: a sentence says why."""
    stem = tmp_path / "stem"
    made = ModelFile.make(stem, CASE.under("smote_before_split"), Protocol())
    assert made.note == "no model: smote_before_split is a mistake, and its model is not for use"
    assert ModelFile.read(stem) == made
    assert not ModelFile.is_whole(stem)
