"""Tests of costs, against plain loops over rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.metrics import ScoredRows
from lab.metrics.calibration import log_odds, recalibration
from lab.metrics.expected_cost import ExpectedCost
from lab.tests.helpers.scored_rows import SIZE, folds, scored, value


def plain_cost(rows, flagged, miss, alarm, hit):
    """Return the cost per 1,000 rows by a plain loop."""
    total = 0.0
    for i, (y, alarmed) in enumerate(zip(rows.y_true, flagged, strict=True)):
        cost = {(1, True): hit, (1, False): miss, (0, True): alarm, (0, False): 0.0}[y, alarmed]
        total += rows.values[cost][i] if isinstance(cost, str) else cost
    return 1000 * total / len(rows.y_true)


@given(folds())
def test_costs_by_row_are_those_of_a_plain_loop(rows):
    """An alarm is raised where it is expected to cost less, and both kinds of errors are paid."""
    tested, *known = rows
    goal = ExpectedCost("amount", 5.0, 5.0)
    found = goal.decide(tested, known)
    assert goal.kind == "expected_cost"
    assert found.cutoff is None
    # The calibration does not depend on the order of rows, and rises with the score or falls.
    flagged = found.tally.alarms
    assert 0 <= flagged <= SIZE
    references = {name: value(one) for name, one in goal.references(tested).items()}
    assert references["do nothing"] == plain_cost(tested, [False] * SIZE, "amount", 5.0, 5.0)
    assert references["flag every row"] == plain_cost(tested, [True] * SIZE, "amount", 5.0, 5.0)


@given(folds(), st.sampled_from([(10.0, 1.0, 1.0), (3.0, 1.0, 0.0), (1.0, 2.0, 2.0)]))
def test_costs_at_a_cutoff_are_those_of_a_plain_loop(rows, prices):
    """With costs that are numbers, alarms are the rows from the cutoff on."""
    tested, *known = rows
    found = ExpectedCost(*prices).decide(tested, known)
    cutoff = math.inf if found.cutoff is None else found.cutoff
    flagged = tested.y_score >= cutoff
    assert value(found) == pytest.approx(plain_cost(tested, flagged, *prices), abs=1e-9)


def test_calibrated_probabilities_are_cut_where_both_decisions_cost_the_same():
    """With true probabilities the cutoff is near alarm / miss; ratio 10 of strategies cuts at 1/11.

    Where a right alarm costs nothing, the odds decide instead: alarm / (alarm + miss).
    """
    rng = np.random.default_rng(0)
    p = rng.beta(1, 9, 20_000)
    rows = [
        ScoredRows((rng.random(5000) < part).astype(np.int8), part, {}) for part in np.split(p, 4)
    ]
    assert ExpectedCost(10.0, 1.0, 1.0).cutoff(rows) == pytest.approx(1 / 10, abs=0.015)
    assert ExpectedCost(10.0, 1.0, 0.0).cutoff(rows) == pytest.approx(1 / 11, abs=0.015)


def test_many_scores_are_calibrated_as_one_by_one():
    """Steps of the log-odds give the intercept and slope of all scores to three digits."""
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 6, 8000)
    y = (rng.random(8000) < p).astype(np.int8)
    score = np.clip(p**0.7, 1e-5, 0.999)
    steps = ScoredRows(y, score, {}).counts.calibration
    single = recalibration(log_odds(score), 1.0 - y, y.astype(float))
    assert steps == pytest.approx(single, rel=1e-3)


@pytest.mark.parametrize("prices", [(1.0, 5.0, 5.0), (2.0, 2.0, 2.0)])
def test_alarms_that_cost_more_than_misses_are_not_raised(prices):
    """Where an alarm costs at least as much as what it prevents, it is best to do nothing."""
    rows = scored([0, 0, 1, 1] * 5, [0.1, 0.2, 0.8, 0.9] * 5)
    assert ExpectedCost(*prices).cutoff([rows] * 4) is None


def test_scores_without_a_signal_flag_all_or_nothing():
    """If scores fall with the risk, all rows are alike: all are flagged, or none."""
    rows = scored([1, 1, 0, 0] * 5, [0.1, 0.2, 0.8, 0.9] * 5)
    assert ExpectedCost(10.0, 1.0, 1.0).cutoff([rows]) == 0.0
    assert ExpectedCost(1.5, 1.0, 1.0).cutoff([rows]) is None


@given(folds(), st.sampled_from([(200.0, 1.0, 1.0), (10.0, 1.0, 0.0)]))
def test_equal_costs_of_all_rows_are_numbers(rows, prices):
    """Columns with one value decide as the calibrated cutoff does, also for scores of 0 and 1."""
    tested, *known = rows
    names = ("miss", "alarm", "hit")
    values = {name: np.full(SIZE, price) for name, price in zip(names, prices, strict=True)}
    by_row = ExpectedCost(*names).decide(ScoredRows(tested.y_true, tested.y_score, values), known)
    by_cutoff = ExpectedCost(*prices).decide(tested, known)  # of two folds: not tuned
    assert by_cutoff.tally.alarms == by_row.tally.alarms
    assert value(by_cutoff) == pytest.approx(value(by_row))
