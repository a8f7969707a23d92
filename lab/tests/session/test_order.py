"""Tests of the order in which tests are handed out."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scripts.timing.makespan import play
from lab import datasets
from lab.cases import Case
from lab.grid import Grid
from lab.session.order import compute_first, order

costs = st.lists(st.floats(0.01, 100), min_size=1, max_size=60)


@given(costs, st.integers(1, 8))
def test_every_test_is_handed_out_once(durations, workers):
    """The order is a permutation."""
    assert sorted(order(durations, workers)) == list(range(len(durations)))


def test_without_workers_the_longest_comes_first():
    """One process simply starts with the longest."""
    assert order([1, 3, 2], 1) == [1, 2, 0]


def test_no_worker_starts_with_two_long_tests():
    """The longest tests start on different workers, each followed by one of the shortest."""
    durations = [5, 5, 5, 5, *[0.1] * 20]
    assert play([durations[i] for i in order(durations, 4)], 4) < 6
    assert play(sorted(durations, reverse=True), 4) >= 10


@pytest.mark.parametrize("workers", [2, 4, 8])
def test_the_default_cases_pack_near_the_lower_bound(workers):
    """By their expected costs, the default cases end within 5 % of the best possible."""
    durations = [case.cost() for case in Grid.select().cases()]
    packed = play([durations[i] for i in order(durations, workers)], workers)
    assert packed <= 1.05 * max(sum(durations) / workers, *durations)


class FakeTest:
    """The part of a pytest item that the order depends on."""

    def __init__(self, case, *fixtures):
        self.fixturenames = ("run", "case", *fixtures)
        self.callspec = SimpleNamespace(params={"case": case})
        self.nodeid = "test"


def test_with_few_cases_judging_tests_fill_the_pairs():
    """Eight cases on eight workers start on eight workers; the longest two never share one."""
    names = [*datasets.CORE, "fars_unknown", "synthetic"]
    cases = [Case(name, "smote", "random_forest") for name in names]
    computing = [FakeTest(case) for case in cases]
    judging = [FakeTest(case, "observe") for case in cases for _ in range(3)]
    ordered = compute_first([*judging, *computing], 8, Case.cost)
    assert sorted(map(id, ordered)) == sorted(map(id, [*judging, *computing]))
    pairs = [ordered[i : i + 2] for i in range(0, 16, 2)]
    assert all(sum(test in computing for test in pair) == 1 for pair in pairs)


class FakeClaim:
    """The part of a claim on a model that the order depends on."""

    def __init__(self, model):
        self.fixturenames = ("overall", "model", "observe")
        self.callspec = SimpleNamespace(params={"model": model})


def test_claims_come_last():
    """A claim needs all results, so it comes after all tests of cases."""
    case = Case("nursery", "smote", "random_forest")
    claim, judging, computing = FakeClaim("m"), FakeTest(case, "observe"), FakeTest(case)
    comparing = FakeTest(case, "comparison")
    ordered = compute_first([claim, judging, comparing, computing], 1, Case.cost)
    assert ordered == [computing, judging, comparing, claim]


def test_placeholders_are_removed():
    """A placeholder for a test without a selected case is removed; a test without a case stays."""
    other = SimpleNamespace(fixturenames=[])
    assert compute_first([FakeTest("NOTSET"), FakeClaim(object()), other], 1, Case.cost) == [other]
