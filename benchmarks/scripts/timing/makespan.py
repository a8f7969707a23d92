"""Simulation of pytest-xdist: the duration of a session on any number of workers."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING

from lab.session.order import order, places

if TYPE_CHECKING:
    from collections.abc import Sequence


def play(seconds: Sequence[float], workers: int) -> float:
    """Return when the last test ends if pytest-xdist distributes tests in the given order.

    Each worker starts with two tests, then always has one queued behind the running one. With
    fewer tests than that, they are dealt out one by one.
    """
    pending = iter(seconds)
    if len(seconds) < 2 * workers:
        queues = [list(seconds[worker::workers]) for worker in range(workers)]
        pending = iter(())
    else:
        queues = [[next(pending), next(pending)] for _ in range(workers)]
    running = [(queue.pop(0), worker) for worker, queue in enumerate(queues) if queue]
    heapq.heapify(running)
    now = 0.0
    while running:
        now, worker = heapq.heappop(running)
        queues[worker] += islice(pending, 1)
        if queues[worker]:
            heapq.heappush(running, (now + queues[worker].pop(0), worker))
    return now


def simulate(
    expected: Sequence[float], seconds: Sequence[float], workers: int, judging: Sequence[float] = ()
) -> float:
    """Return how long tests take if they are distributed in the lab's order.

    Parameters
    ----------
    expected : sequence of float
        Expected cost of each test that computes a case, in any unit.
    seconds : sequence of float
        Its duration.
    workers : int
        Number of worker processes.
    judging : sequence of float
        Durations of the tests that compute nothing. They come last, except for those that fill up
        the first pairs if there are few cases.

    Returns
    -------
    float
        Seconds from the start of the first test to the end of the last.
    """
    fillers = judging[: places(len(expected), workers)]
    costs = [*expected, *[0.0] * len(fillers)]
    takes = [*seconds, *fillers]
    ordered = [takes[position] for position in order(costs, workers)]
    return play([*ordered, *judging[len(fillers) :]], workers)


def bound(seconds: Sequence[float], workers: int) -> float:
    """Return the lower bound for any order of tests: the longest, or an equal share of all."""
    return max(sum(seconds) / workers, *seconds)
