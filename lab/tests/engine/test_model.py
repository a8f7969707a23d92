"""Tests of the model that is kept of a case."""

from lab.cases import Case, Protocol
from lab.engine.model import packed_model
from lab.tests.helpers.examples import TINY

CASE = Case(TINY, "threshold_cost", "logistic_regression")


def test_a_model_comes_with_the_facts_to_log_it():
    """Examples, types, threshold and format are known without loading the model."""
    packed = packed_model(CASE, Protocol())
    facts = packed.facts
    assert packed.content
    assert (facts.note, facts.format, facts.output) == ("", "skops", "float64")
    assert (len(facts.examples), len(facts.columns)) == (5, 20)
    assert facts.threshold == 1 / 11


def test_a_mistake_has_no_model():
    """The model of a strategy that leaks is not kept, and the note says why."""
    packed = packed_model(CASE.under("smote_before_split"), Protocol())
    assert packed.content == b""
    assert packed.facts.note == (
        "no model: smote_before_split is a mistake, and its model is not for use"
    )


def test_any_failure_is_a_note(monkeypatch):
    """An error of a library costs the model, not the case."""

    def failing(case, protocol):
        raise MemoryError("no such luck\nat all")

    monkeypatch.setattr("lab.evaluation.refit.refit", failing)
    packed = packed_model(CASE, Protocol())
    assert packed.facts.note == "no model: MemoryError: no such luck at all"
