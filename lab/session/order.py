"""The order of tests that keeps every worker busy to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.cases import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


# Fixtures of tests that judge results without computing any.
JUDGING = {"observe", "comparison"}
# Workers that may die; pytest-xdist allows for four times their number. A case is tried once, so it
# kills at most the workers that share its folds, and all other cases can still be computed.
RESTARTS = 200


def prepare(options: Any) -> None:
    """Set the options of pytest-xdist that the user left open, if it is loaded."""
    # One test at a time to a worker that is free: tests differ a hundredfold in length.
    if getattr(options, "maxschedchunk", 0) is None:
        options.maxschedchunk = 1
    if getattr(options, "maxworkerrestart", 0) is None:
        options.maxworkerrestart = str(RESTARTS)


def case_of(test: Any) -> Case | None:
    """Return the case of a pytest item, if it is about one."""
    if "run" not in getattr(test, "fixturenames", ()):
        return None
    case = test.callspec.params["case"]
    return case if isinstance(case, Case) else None


def computes(test: Any) -> Case | None:
    """Return the case that a pytest item computes, unless it only judges."""
    return None if set(getattr(test, "fixturenames", ())) & JUDGING else case_of(test)


def compute_first(tests: Sequence[Any], workers: int, cost: Callable[[Case], float]) -> list[Any]:
    """Sort tests: those that compute a case first, packed, then those that judge results.

    So no worker ever waits for another's fit.

    Parameters
    ----------
    tests : sequence of pytest items
        Those with a fixture of ``JUDGING`` judge.
    workers : int
        Number of worker processes.
    cost : callable
        Expected duration of a case, in any unit.

    Returns
    -------
    list of pytest items
        Without pytest's placeholders for tests that no selected case is about.
    """
    judging: list[Any] = []
    claims: list[Any] = []
    computing: list[tuple[float, Any]] = []
    for test in tests:
        fixtures, case = set(getattr(test, "fixturenames", ())), case_of(test)
        if case is None:
            claim = "overall" in fixtures
            if "run" in fixtures or (claim and not isinstance(test.callspec.params["model"], str)):
                continue  # pytest's placeholder for a test that nothing selected is about
            # Claims need all results.
            (claims if claim else judging).append(test)
        elif computes(test):
            computing.append((cost(case), test))
        else:
            judging.append(test)
    judging += claims
    fillers = judging[: places(len(computing), workers)]
    head = computing + [(0.0, test) for test in fillers]
    positions = order([cost for cost, _ in head], workers)
    return [head[position][1] for position in positions] + judging[len(fillers) :]


def places(computing: int, workers: int) -> int:
    """Return how many judging tests fill up pairs, where workers get fewer than two to compute."""
    return max(0, 2 * workers - computing) if workers > 1 else 0


def order(costs: Sequence[float], workers: int) -> list[int]:
    """Return the order in which to hand out tests: longest first, except for the first pairs.

    pytest-xdist sends each worker two consecutive tests before any finishes. Plain longest-first
    order would give the first worker the two longest, so each of the longest is followed by one of
    the shortest.

    Parameters
    ----------
    costs : sequence of float
        Expected duration of each test.
    workers : int
        Number of worker processes.

    Returns
    -------
    list of int
        Positions in ``costs``, each once.
    """
    longest = sorted(range(len(costs)), key=lambda i: (-costs[i], i))
    if workers < 2 or len(costs) < 2 * workers:
        return longest
    pairs = zip(longest[:workers], reversed(longest[-workers:]), strict=True)
    head = [test for pair in pairs for test in pair]
    return head + longest[workers:-workers]
