"""Runs tests as the cluster gets done with their cases."""

from __future__ import annotations

from collections import deque
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from lab.errors import LabError
from lab.packing import computes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.engine.cluster import Cluster
    from lab.experiment import Case

hook = HookimplMarker("pytest")


class Dispatch:
    """Hooks that decide which test is next.

    Parameters
    ----------
    cluster : Cluster
        What evaluates the cases.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    @hook
    def pytest_report_header(self) -> str:
        """Say where cases are evaluated."""
        return self.cluster.description()

    @hook
    def pytest_runtestloop(self, session: Any) -> bool | None:
        """Run each test that computes a case once the case is there; then those that judge."""
        if session.testsfailed or session.config.option.collectonly:
            return None  # pytest says what is wrong
        try:
            self.cluster.submit(self.cluster.planned)
        except LabError as error:
            raise session.Interrupted(str(error)) from None
        for test, following in self._order(session.items):
            test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if self.cluster.lost:
                session.shouldstop = self.cluster.lost
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return True

    def _order(self, tests: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield tests, each as soon as it need not wait, and with each the one that follows.

        If that is not known yet it is None: pytest then leaves all fixtures, of a module or the
        session, too, and enters them again. So no test waits for another's case.
        """
        waiting: dict[Case, list[Any]] = {}
        rest = []
        for test in tests:
            case = computes(test)
            if case and self.cluster.is_waiting(case):
                waiting.setdefault(case, []).append(test)
            else:
                rest.append(test)
        ready: deque[Any] = deque()
        while (ready or waiting) and not self.cluster.lost:
            if not ready:
                if (case := self.cluster.ended()) is None:
                    break
                ready += waiting.pop(case, [])
                continue
            test = ready.popleft()
            if not ready and (case := self.cluster.ended(wait=False)):
                ready += waiting.pop(case, [])
            yield test, ready[0] if ready else None
        rest = [*ready, *(test for later in waiting.values() for test in later), *rest]
        yield from zip_longest(rest, rest[1:])
