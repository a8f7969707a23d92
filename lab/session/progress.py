"""Progress of a session, and an estimate of the time left. The caller supplies the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.wording import about, clock, counted, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST_DONE = 0.03  # share of the work to be done before the time left is estimated
OVERRUN = 0.2  # a case that is overdue is expected to take at least this share of its time more
LATE_SECONDS, LATE_FACTOR = 60.0, 3.0  # a case is late beyond both, the factor of its expected time
NO_WORKER = "no worker is connected: cases are waiting for one"
LOG_SHARE, LOG_SECONDS = 0.1, 60.0  # share of the whole time, and seconds, between lines of a log


@dataclass
class _Work:
    """A case to compute: its expected seconds, start and end."""

    expected: float
    start: float | None = None
    end: float | None = None
    counts: bool = True  # whether its duration tells anything about others

    def elapsed(self, now: float) -> float:
        """Return the seconds taken so far."""
        return 0.0 if self.start is None else (now if self.end is None else self.end) - self.start


class Progress:
    """Done and running tests and cases of a session, by name.

    The first test of a case computes it; the others only judge it.

    Parameters
    ----------
    start : float
        Start of the session, in seconds of any clock.

    Attributes
    ----------
    failed : int
        Number of failed tests.
    """

    def __init__(self, start: float) -> None:
        self.failed = 0
        self._start = start
        self._total = self._done = 0
        self._work: dict[str, _Work] = {}
        self._running: dict[str, str | None] = {}  # test -> case
        self._workers = 1
        self._elsewhere: Mapping[str, float] = {}  # cases evaluated by a cluster
        self._is_stuck = False  # no worker is connected
        self._told: set[str] = set()
        self._last_line, self._last_share = start, 0.0

    def expect(self, tests: int, seconds: Mapping[str, float]) -> None:
        """Set the number of tests, and the expected seconds of each case."""
        self._total = tests
        self._work = {case: _Work(expected) for case, expected in seconds.items()}

    def started(self, test: str, case: str | None, now: float) -> None:
        """Record the start of a test, and of its case if it has one."""
        self._running[test] = case
        # The most that ever ran at once: idle workers do not shorten the rest.
        self._workers = max(self._workers, len(self._running))
        work = self._work.get(case or "")
        if work and work.start is None:
            work.start = now

    def evaluating(self, seconds: Mapping[str, float], now: float, workers: int) -> None:
        """Record the cases that a cluster is evaluating.

        Their tests start once they have ended.

        Parameters
        ----------
        seconds : mapping of str to float
            For each case's id how long it has been running.
        now : float
            The time.
        workers : int
            Number of connected workers.
        """
        self._is_stuck = not workers
        self._workers = max(self._workers, len(seconds))
        for case, work in self._work.items():
            if case in seconds:
                # A case that looked finished is evaluated again if its worker died.
                work.start, work.end = now - seconds[case], None
            elif case in self._elsewhere and work.end is None:
                work.end = now
        self._elsewhere = dict(seconds)

    def ended(self, test: str, now: float, *, counts: bool = True) -> None:
        """Record the end of a test.

        Parameters
        ----------
        test : str
            The test.
        now : float
            The time.
        counts : bool
            Whether its case was evaluated: false if it failed, or was reused from an earlier
            session.
        """
        self._done += 1
        work = self._work.get(self._running.pop(test, None) or "")
        if work and work.end is None:
            work.end, work.counts = now, counts

    def left(self, now: float) -> float | None:
        """Return an estimate of the seconds left; None while too little is done for one."""
        works = list(self._work.values())  # a copy: another thread may ask
        if (pace := self._pace()) is None:
            return None
        # A case that is overdue tells as much about the pace as one that has ended.
        took = wanted = 0.0
        for work in works:
            ended = work.end is not None and work.counts
            if ended or (work.end is None and work.elapsed(now) > work.expected * pace):
                took, wanted = took + work.elapsed(now), wanted + work.expected
        rest = [
            max(work.expected * took / wanted - work.elapsed(now), OVERRUN * work.elapsed(now))
            for work in works
            if work.end is None
        ]
        return max(sum(rest) / self._workers, max(rest, default=0.0))

    def late(self, now: float) -> list[str]:
        """Return a sentence on each newly late case, and on missing workers; each once."""
        pace = self._pace()
        found = []
        if not self._is_stuck:
            self._told.discard(NO_WORKER)
        elif NO_WORKER not in self._told:
            self._told.add(NO_WORKER)
            found.append(NO_WORKER)
        for case, work in self._at_work():
            expected, elapsed = work.expected * (pace or 0.0), work.elapsed(now)
            if (
                pace
                and case not in self._told
                and elapsed > max(LATE_SECONDS, LATE_FACTOR * expected)
            ):
                self._told.add(case)
                about = clock(max(1.0, expected))
                found.append(
                    f"{case} has been running for {clock(elapsed)}, expected about {about}"
                )
        return found

    def line(self, now: float, width: int) -> str:
        """Return the progress in one line, narrower than the terminal."""
        running = [f"{case} {clock(work.elapsed(now))}" for case, work in self._at_work()]
        parts = [self._counts(now), f"running: {', '.join(running)}" if running else ""]
        return cut("  ".join(filter(None, parts)), width - 1)

    def log_line(self, now: float) -> str:
        """Return the progress as a line of a log; empty if the last one is too recent."""
        left, seconds = self.left(now), now - self._start
        if left is None or now - self._last_line < LOG_SECONDS:
            return ""
        share = seconds / (seconds + left)
        if share - self._last_share < LOG_SHARE:
            return ""
        self._last_line, self._last_share = now, share
        return self._counts(now)

    def _counts(self, now: float) -> str:
        cases = sum(work.end is not None for work in list(self._work.values()))
        left, time = self.left(now), clock(now - self._start)
        if left is not None and cases < len(self._work):
            time += f", {about(left)} left"
        return "  ".join(
            [
                *([f"{cases}/{counted(len(self._work), 'case')}"] if self._work else []),
                f"{self._done}/{counted(self._total, 'test')}",
                *([f"{self.failed} failed"] if self.failed else []),
                time,
            ]
        )

    def _at_work(self) -> list[tuple[str, _Work]]:
        """Return the cases being computed."""
        cases = dict.fromkeys(c for c in [*self._running.values(), *self._elsewhere] if c)
        works = ((case, self._work.get(case)) for case in cases)
        return [(case, work) for case, work in works if work and work.end is None]

    def _pace(self) -> float | None:
        """Return the ratio of actual to expected seconds; None if too few cases have ended."""
        works = list(self._work.values())
        ended = [work for work in works if work.end is not None and work.counts]
        wanted = sum(work.expected for work in ended)
        if not ended or wanted < FEWEST_DONE * sum(work.expected for work in works if work.counts):
            return None
        return sum(work.elapsed(0.0) for work in ended) / wanted or None
