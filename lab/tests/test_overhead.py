"""Tests of the simulation of sessions on more workers than the machine has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scripts.timing.makespan import bound, simulate

lengths = st.lists(st.floats(0.01, 100), min_size=1, max_size=60)


@given(lengths, lengths, st.integers(1, 40))
def test_no_order_beats_the_bound(seconds, judging, workers):
    """A simulated session takes at least as long as its longest test, and an equal share of all."""
    least = bound([*seconds, *judging], workers)
    assert simulate(seconds, seconds, workers, judging) >= least - 1e-9 * least


@given(lengths, st.integers(1, 40))
def test_one_worker_takes_the_sum(seconds, seed):
    """One worker runs one test after the other, whatever their expected costs."""
    expected = [(seed * position) % 7 for position in range(len(seconds))]
    assert simulate(expected, seconds, 1) == pytest.approx(sum(seconds))


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_equal_tests_reach_the_bound(workers):
    """Tests of equal length end together."""
    assert simulate([1] * 20, [3] * 20, workers) == 3 * 20 / workers


def test_a_long_case_hides_all_others_if_its_cost_is_known():
    """If it starts first, a session takes hardly longer; if its cost is unknown, it comes late."""
    short = [1.0] * 40 + [0.1] * 4
    seconds = [50, *short]
    assert simulate(seconds, seconds, 4) == pytest.approx(50.1)  # one is queued behind it
    assert simulate([0.5, *short], seconds, 4) > 55
    assert bound(seconds, 4) == 50


def test_few_cases_are_not_queued_behind_each_other():
    """With a worker for each case, only tests that judge are queued behind cases."""
    assert simulate([9, 8, 7], [9, 8, 7], 3, judging=[0.1] * 3) == pytest.approx(9.1)
    assert simulate([9, 8, 7], [9, 8, 7], 3) == 9
