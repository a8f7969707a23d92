"""Hooks that run tests in the order in which a cluster finishes their cases."""

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
    from lab.engine import Cluster

hook = HookimplMarker("pytest")


class Dispatch:
    """Hooks that choose the next test.

    Parameters
    ----------
    cluster : Cluster
        Evaluates the cases.
    is_stored : callable
        Tells of a case whether a stored result is reused, so that the cluster need not evaluate
        it.
    """

    def __init__(self, cluster: Cluster, is_stored: Callable[[Case], bool]) -> None:
        self.cluster, self.is_stored = cluster, is_stored

    @hook
    def pytest_report_header(self) -> str:
        """Show where cases are evaluated."""
        return self.cluster.description()

    @hook
    def pytest_runtestloop(self, session: Any) -> bool | None:
        """Submit all cases; run each test as soon as the cases that it is about have ended."""
        if session.testsfailed or session.config.option.collectonly:
            return None  # pytest reports the errors, or the tests
        try:
            self.cluster.submit(case for case in self.cluster.planned if not self.is_stored(case))
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
        """Yield each test as soon as it need not wait, with the test that follows.

        The following test is None as long as it is not known. pytest then tears down all fixtures,
        those of modules and of the session included, and sets them up again. Otherwise one test
        would have to wait for the case of the next.
        """
        queue, test = Queue(tests, self.cluster.is_submitted), None
        while (test or queue.is_waiting) and not self.cluster.lost:
            case = self.cluster.next_ended(wait=False)
            if case is None and not test and not queue.free:
                case = self.cluster.next_ended()
                if case is None:
                    break
            if case:
                queue.release(case)
            following = queue.free.popleft() if queue.free else None
            if test:
                yield test, following
            test = following
        rest = [*filter(None, [test]), *queue.rest()]
        yield from zip_longest(rest, rest[1:])


class Queue:
    """Tests by the cases that they wait for.

    Parameters
    ----------
    tests : sequence of pytest items
        All tests.
    is_submitted : callable
        Tells of a case whether the cluster evaluates it.

    Attributes
    ----------
    free : deque of pytest items
        Tests that need not wait: first those that compute a case, then those that judge results.
    """

    def __init__(self, tests: Sequence[Any], is_submitted: Callable[[Case], bool]) -> None:
        self.free: deque[Any] = deque()
        self._computing: dict[Case, list[Any]] = {}
        # A test that judges a case needs other cases of the same dataset and model.
        self._judging: dict[tuple[str, str], list[Any]] = {}
        self._others: list[Any] = []
        for test in tests:
            case = case_of(test)
            if case and computes(test) and is_submitted(case):
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

    def release(self, case: Case) -> None:
        """Free the tests that waited for a case only."""
        if tests := self._computing.pop(case, None):
            self.free.extendleft(reversed(tests))
            kind = (case.dataset, case.model)
            self._open[kind] -= 1
            if not self._open[kind]:
                self.free += self._judging.pop(kind, [])

    def rest(self) -> list[Any]:
        """Return the tests that are left, those that compute cases first."""
        left = [*self._computing.values(), self.free, *self._judging.values(), self._others]
        return [test for tests in left for test in tests]
