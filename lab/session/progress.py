"""How far a session is, and how long the rest may take: no clock here, whoever asks says when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.wording import about, clock, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

ENOUGH = 0.03  # share of the work that has to be done before anything is said of the rest
OVERDUE = 0.2  # what takes longer than expected takes so much of its time once more, at least
LONG, TIMES = 60.0, 3.0  # seconds, and times the expected ones, beyond which a case is late
NO_WORKER = "no worker is there: the cases wait for one"
STEP, PAUSE = 0.1, 60.0  # share of the time, and seconds, between two lines of a log


@dataclass
class _Work:
    """A case to compute: expected seconds, when it started, and what it took."""

    expected: float
    start: float | None = None
    end: float | None = None
    counts: bool = True  # whether its duration says anything of others

    def elapsed(self, now: float) -> float:
        """Return the seconds that it has taken so far."""
        return 0.0 if self.start is None else (now if self.end is None else self.end) - self.start


class Progress:
    """What a session has done and is at, by the names of its tests and cases.

    A case is computed by the first of its tests that ends; the others only judge it.

    Parameters
    ----------
    start : float
        When the session started, in seconds of any clock.

    Attributes
    ----------
    failed : int
        Number of tests that failed.
    """

    def __init__(self, start: float) -> None:
        self.failed = 0
        self._start = start
        self._total = self._done = 0
        self._work: dict[str, _Work] = {}
        self._running: dict[str, str | None] = {}  # test -> case
        self._workers = 1
        self._elsewhere: Mapping[str, float] = {}  # cases that others evaluate
        self._is_stuck = False  # no worker is there
        self._told: set[str] = set()
        self._last_line, self._last_share = start, 0.0

    def expect(self, tests: int, seconds: Mapping[str, float]) -> None:
        """Hear how many tests are to come, and of each case how long it is expected to take."""
        self._total = tests
        self._work = {case: _Work(expected) for case, expected in seconds.items()}

    def started(self, test: str, case: str | None, now: float) -> None:
        """Hear that a test starts, of a case or of none."""
        self._running[test] = case
        # As many as ever ran at once: that there are more workers helps nobody.
        self._workers = max(self._workers, len(self._running))
        work = self._work.get(case or "")
        if work and work.start is None:
            work.start = now

    def evaluating(self, seconds: Mapping[str, float], now: float, workers: int) -> None:
        """Hear which cases are evaluated elsewhere, since how many seconds, and by how many.

        Their tests start once they have ended.
        """
        self._is_stuck = not workers
        self._workers = max(self._workers, len(seconds))
        for case, work in self._work.items():
            if case in seconds:
                # What looked ended is evaluated anew if its worker died.
                work.start, work.end = now - seconds[case], None
            elif case in self._elsewhere and work.end is None:
                work.end = now
        self._elsewhere = dict(seconds)

    def ended(self, test: str, now: float, *, counts: bool = True) -> None:
        """Hear that a test ended.

        Parameters
        ----------
        test : str
            The test.
        now : float
            When.
        counts : bool
            Whether its case was evaluated: not if it failed, or was there from an earlier session.
        """
        self._done += 1
        work = self._work.get(self._running.pop(test, None) or "")
        if work and work.end is None:
            work.end, work.counts = now, counts

    def left(self, now: float) -> float | None:
        """Return about how many seconds are left; None while there is nothing to base it on."""
        works = list(self._work.values())  # a copy: another thread may ask
        if (pace := self._pace()) is None:
            return None
        # What runs longer than expected is no less of a sign than what has ended.
        took = wanted = 0.0
        for work in works:
            ended = work.end is not None and work.counts
            if ended or (work.end is None and work.elapsed(now) > work.expected * pace):
                took, wanted = took + work.elapsed(now), wanted + work.expected
        rest = [
            max(work.expected * took / wanted - work.elapsed(now), OVERDUE * work.elapsed(now))
            for work in works
            if work.end is None
        ]
        return max(sum(rest) / self._workers, max(rest, default=0.0))

    def late(self, now: float) -> list[str]:
        """Return a sentence, once, on each case that has become late, and on what others lack."""
        pace = self._pace()
        found = []
        if not self._is_stuck:
            self._told.discard(NO_WORKER)
        elif NO_WORKER not in self._told:
            self._told.add(NO_WORKER)
            found.append(NO_WORKER)
        for case, work in self._at_work():
            expected, elapsed = work.expected * (pace or 0.0), work.elapsed(now)
            if pace and case not in self._told and elapsed > max(LONG, TIMES * expected):
                self._told.add(case)
                about = clock(max(1.0, expected))
                found.append(
                    f"{case} has been running for {clock(elapsed)}, expected about {about}"
                )
        return found

    def line(self, now: float, width: int) -> str:
        """Return one line on how far the session is, less wide than a terminal."""
        running = [f"{case} {clock(work.elapsed(now))}" for case, work in self._at_work()]
        parts = [self._counts(now), f"running: {', '.join(running)}" if running else ""]
        return cut("  ".join(filter(None, parts)), width - 1)

    def log_line(self, now: float) -> str:
        """Return a line for a log that nobody watches; nothing if it is not time for one yet."""
        left, seconds = self.left(now), now - self._start
        if left is None or now - self._last_line < PAUSE:
            return ""
        share = seconds / (seconds + left)
        if share - self._last_share < STEP:
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
                *([f"{cases}/{len(self._work)} cases"] if self._work else []),
                f"{self._done}/{self._total} tests",
                *([f"{self.failed} failed"] if self.failed else []),
                time,
            ]
        )

    def _at_work(self) -> list[tuple[str, _Work]]:
        """Return the cases that are being computed."""
        cases = dict.fromkeys(c for c in [*self._running.values(), *self._elsewhere] if c)
        works = ((case, self._work.get(case)) for case in cases)
        return [(case, work) for case, work in works if work and work.end is None]

    def _pace(self) -> float | None:
        """Return how many times the expected seconds cases took; None if too few have ended."""
        works = list(self._work.values())
        ended = [work for work in works if work.end is not None and work.counts]
        wanted = sum(work.expected for work in ended)
        if not ended or wanted < ENOUGH * sum(work.expected for work in works if work.counts):
            return None
        return sum(work.elapsed(0.0) for work in ended) / wanted or None
