"""Runs tests as the cluster gets done with their cases."""

from __future__ import annotations

from collections import Counter, deque
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from lab.errors import LabError
from lab.session.order import case_of, computes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lab.cases import Case
    from lab.engine.cluster import Cluster

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
        """Run each test as soon as the cases that it is about are there."""
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
        queue, test = Queue(tests, self.cluster.is_waiting), None
        while (test or queue.is_waiting) and not self.cluster.lost:
            case = self.cluster.ended(wait=False)
            if case is None and not test and not queue.free:
                case = self.cluster.ended()
                if case is None:
                    break
            if case:
                queue.has_ended(case)
            following = queue.free.popleft() if queue.free else None
            if test:
                yield test, following
            test = following
        rest = [*filter(None, [test]), *queue.rest()]
        yield from zip_longest(rest, rest[1:])


class Queue:
    """Tests by what they wait for.

    Parameters
    ----------
    tests : sequence of pytest items
        All of them.
    is_waiting : callable
        Whether a case is to be waited for.

    Attributes
    ----------
    free : deque of pytest items
        Those that wait for nothing: first those whose case has ended, then those that judge.
    """

    def __init__(self, tests: Sequence[Any], is_waiting: Callable[[Case], bool]) -> None:
        self.free: deque[Any] = deque()
        self._computing: dict[Case, list[Any]] = {}
        # A test that judges a case looks at those of the same dataset and model.
        self._judging: dict[tuple[str, str], list[Any]] = {}
        self._others: list[Any] = []
        for test in tests:
            case = case_of(test)
            if case and computes(test) and is_waiting(case):
                self._computing.setdefault(case, []).append(test)
            elif case and not computes(test):
                self._judging.setdefault((case.dataset, case.model), []).append(test)
            else:
                self._others.append(test)
        self._open = Counter((case.dataset, case.model) for case in self._computing)

    @property
    def is_waiting(self) -> bool:
        """Whether any test waits for a case."""
        return bool(self._computing)

    def has_ended(self, case: Case) -> None:
        """Hear that a case has ended."""
        if tests := self._computing.pop(case, None):
            self.free.extendleft(reversed(tests))
            kind = (case.dataset, case.model)
            self._open[kind] -= 1
            if not self._open[kind]:
                self.free += self._judging.pop(kind, [])

    def rest(self) -> list[Any]:
        """Return what is left, those that compute first."""
        left = [*self._computing.values(), self.free, *self._judging.values(), self._others]
        return [test for tests in left for test in tests]
