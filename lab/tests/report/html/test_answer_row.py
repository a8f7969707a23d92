"""Tests of the rows of the table of answers."""

from dataclasses import replace

import pytest

from lab.observations.answer_parts import Gain, Plain, Reached
from lab.observations.choice import Choice
from lab.report.answer_text import BY_COST, explanation
from lab.report.html.answer_row import answer_row
from lab.tests.helpers.examples import answers_of


@pytest.fixture
def answers(record):
    """Return the answers of the record by goal, and two with references."""
    more = answers_of(record.results, goals=["cost:miss=10,alarm=1", "net_benefit:at=0.1"])
    return {answer.goal.partition(":")[0]: answer for answer in [*record.answers, *more]}


def test_a_missed_bound_is_told(answers):
    """A cutoff that does not reach its bound has a word of its own, in the table and in text."""
    missed = Reached(0.6, 0.5, 0.7, "recall", 0.8, missed=True)
    answer = replace(answers["recall"], constraint=missed)
    row = answer_row(answer)
    assert row.missed == "misses 0.8"
    assert row.value[1] == "at recall 0.600 [0.500, 0.700]"
    assert "at recall 0.600 [0.500, 0.700], which misses 0.8;" in explanation(answer)[0]
    assert answer_row(replace(answer, constraint=replace(missed, missed=False))).missed == ""


def test_goals_with_references_show_them(answers):
    """Costs and net benefit stand beside flagging every row and none, others beside no model."""
    for goal in ("cost", "net_benefit"):
        line = answer_row(answers[goal]).value[1]
        assert line.startswith("do nothing ")
        assert ", flag every row " in line
    assert answer_row(answers["rank"]).value[1].startswith("without a model 0.1")


def test_probabilities_show_their_calibration(answers):
    """Intercept and slope have intervals."""
    line = answer_row(answers["probabilities"]).value[-1]
    assert "calibrated: intercept " in line
    assert ", slope " in line


def test_the_cutoff_is_a_number_or_told_in_words(answers):
    """Some goals decide nothing, or take the highest scores, or decide row by row."""
    assert float(answer_row(answers["f1"]).cutoff) == pytest.approx(answers["f1"].cutoff, rel=1e-2)
    assert answer_row(answers["rank"]).cutoff == ""
    assert answer_row(answers["alerts"]).cutoff == "the highest scores"
    assert answer_row(replace(answers["cost"], rule="expected_cost")).cutoff == BY_COST
    silent = replace(answers["f1"], cutoff=None, counts=Plain(100, 10, 0, 0, None))
    assert answer_row(silent).cutoff == "no alarm"
    assert answer_row(replace(answers["f1"], dataset=None, cutoff=None, counts=None)).cutoff == ""


def test_two_similar_pairs_are_named(answers):
    """They are fastest first; further ones are counted."""
    also = [Choice("smote", f"m{number}", 0.5, number) for number in range(5)]
    row = answer_row(replace(answers["rank"], also=also))
    assert row.similar == ["smote with m0", "smote with m1", "and 3 more"]


def test_rare_positives_are_counted_over_more_rows(answers):
    """One positive of 1,000 rows would be rounded away, so counts are over 10,000."""
    counts = Plain(100_000, 70, 300, 40, 2_000)
    row = answer_row(replace(answers["cost"], counts=counts))
    assert row.counts == "of 10,000 rows: 30 alarms, 4 of 7 positives found, 200 in costs"


def test_a_better_pair_is_compared_with_raw_data(answers):
    """What is shown to be better states the pair that it beats; other gains state their own."""
    versus = Choice("raw", "knn", 0.25, 1.0)
    gained = replace(answers["f1"], gain=Gain(0.2, 0.1, 0.3, versus, better_on=1, datasets=1))
    row = answer_row(replace(gained, standing="better", reason="better than raw data"))
    assert row.better
    assert row.gain == ["+0.200 [+0.100, +0.300] against raw with knn, 0.250"]
    row = answer_row(replace(gained, standing="not_shown", reason="not shown to be better"))
    assert not row.better
    assert row.gain == [f"{gained.best} +0.200 [+0.100, +0.300]"]
    assert answer_row(replace(gained, gain=None)).gain == []
