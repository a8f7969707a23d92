"""How long a session would take on more workers than there are: xdist's hand-out, played."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING

from lab.session.order import order, places

if TYPE_CHECKING:
    from collections.abc import Sequence


def play(seconds: Sequence[float], workers: int) -> float:
    """Return when the last test ends, if pytest-xdist hands tests out in the order given.

    Each worker has two tests to start with, then always one behind the running one. If there are
    not as many, they are dealt out one by one.
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
    """Return how long tests take when they are handed out as the lab does.

    Parameters
    ----------
    expected : sequence of float
        What each test that computes a case is expected to cost, in any unit.
    seconds : sequence of float
        What it does take.
    workers : int
        Number of worker processes.
    judging : sequence of float
        Seconds of the tests that compute nothing. They come last, but for those that fill the
        first pairs where there are few cases.

    Returns
    -------
    float
        From the first test's start to the last one's end, in seconds.
    """
    fillers = judging[: places(len(expected), workers)]
    costs = [*expected, *[0.0] * len(fillers)]
    takes = [*seconds, *fillers]
    handed_out = [takes[position] for position in order(costs, workers)]
    return play([*handed_out, *judging[len(fillers) :]], workers)


def bound(seconds: Sequence[float], workers: int) -> float:
    """Return what no order of tests can beat: the longest, or an equal share of all."""
    return max(sum(seconds) / workers, *seconds)
