"""Tests of what the benchmark of the lab itself says of more workers than there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing.makespan import bound, simulate

lengths = st.lists(st.floats(0.01, 100), min_size=1, max_size=60)


@given(lengths, lengths, st.integers(1, 40))
def test_no_order_beats_the_bound(seconds, judging, workers):
    """A simulated session takes as long as its longest test, and as an equal share of all."""
    least = bound([*seconds, *judging], workers)
    assert simulate(seconds, seconds, workers, judging) >= least - 1e-9 * least


@given(lengths, st.integers(1, 40))
def test_whatever_is_expected_one_worker_takes_the_sum(seconds, seed):
    """One worker does one test after the other, in any order."""
    expected = [(seed * position) % 7 for position in range(len(seconds))]
    assert simulate(expected, seconds, 1) == pytest.approx(sum(seconds))


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_equal_tests_come_to_an_equal_share(workers):
    """Tests of one length end together."""
    assert simulate([1] * 20, [3] * 20, workers) == 3 * 20 / workers


def test_one_long_case_hides_all_others_if_it_is_expected():
    """Started first, the longest is about all that a session takes; by surprise, it is late."""
    short = [1.0] * 40 + [0.1] * 4
    seconds = [50, *short]
    assert simulate(seconds, seconds, 4) == pytest.approx(50.1)  # one is queued behind it
    assert simulate([0.5, *short], seconds, 4) > 55
    assert bound(seconds, 4) == 50


def test_where_cases_are_few_none_waits_behind_another():
    """With a worker for each case, tests that judge are queued behind them, or none is."""
    assert simulate([9, 8, 7], [9, 8, 7], 3, judging=[0.1] * 3) == pytest.approx(9.1)
    assert simulate([9, 8, 7], [9, 8, 7], 3) == 9
