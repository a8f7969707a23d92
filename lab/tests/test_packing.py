"""Tests of the order in which tests are handed out."""

import heapq

from hypothesis import given
from hypothesis import strategies as st

from lab.packing import order

costs = st.lists(st.floats(0.01, 100), min_size=1, max_size=60)


def makespan(durations, workers):
    """Play pytest-xdist: two tests each to start with, then one behind the running one."""
    pending = list(durations)
    queues = [[pending.pop(0) for _ in range(2) if pending] for _ in range(workers)]
    clock = [(queue.pop(0), i) for i, queue in enumerate(queues) if queue]
    heapq.heapify(clock)
    end = 0.0
    while clock:
        end, worker = heapq.heappop(clock)
        if pending:
            queues[worker].append(pending.pop(0))
        if queues[worker]:
            heapq.heappush(clock, (end + queues[worker].pop(0), worker))
    return end


@given(costs, st.integers(1, 8))
def test_every_test_is_handed_out_once(durations, workers):
    """The order is a permutation."""
    assert sorted(order(durations, workers)) == list(range(len(durations)))


def test_without_workers_the_dearest_comes_first():
    """One process simply starts with the longest."""
    assert order([1, 3, 2], 1) == [1, 2, 0]


def test_no_worker_starts_with_two_long_tests():
    """The longest tests start on different workers, each followed by one of the shortest."""
    durations = [5, 5, 5, 5, *[0.1] * 20]
    assert makespan([durations[i] for i in order(durations, 4)], 4) < 6
    assert makespan(sorted(durations, reverse=True), 4) >= 10


@given(st.lists(st.floats(0.1, 10), min_size=40, max_size=80), st.integers(2, 6))
def test_packing_is_near_the_lower_bound(durations, workers):
    """With many tests the makespan is within two of the longest tests of the best possible."""
    best = max(sum(durations) / workers, max(durations))
    packed = makespan([durations[i] for i in order(durations, workers)], workers)
    assert packed <= best + 2 * max(durations)
