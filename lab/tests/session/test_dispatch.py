"""Tests of the order of tests whose cases a cluster evaluates."""

from types import SimpleNamespace

import pytest

from lab.cases import Case
from lab.session.dispatch import Dispatch
from lab.tests.helpers.examples import TINY


class Script:
    """A cluster whose cases end in a given order, some only if they are waited for."""

    def __init__(self, cases, *, lost_after=99):
        self.cases, self.lost_after, self.lost = list(cases), lost_after, ""

    def is_submitted(self, case):
        """Return whether a case was submitted: all but one were."""
        return case.model != "knn"

    def next_ended(self, *, wait=True):
        """Return the next case; every other one has not ended yet unless it is waited for."""
        self.lost_after -= 1
        self.lost = "gone" if self.lost_after < 0 else ""
        if not self.cases or self.lost or (len(self.cases) % 2 and not wait):
            return None
        return self.cases.pop(0)


def item(case, *fixtures):
    """Return the attributes of a pytest item that the order depends on."""
    params = SimpleNamespace(params={"case": case})
    return SimpleNamespace(fixturenames=("run", "case", *fixtures), callspec=params)


@pytest.mark.parametrize("lost_after", [0, 1, 2, 3, 4, 99])
def test_every_test_runs_once_in_any_order_of_cases(lost_after):
    """Cases come as they end, before the tests that judge them; announced tests do follow."""
    models = ["xgboost", "decision_tree", "random_forest", "knn", "logistic_regression"]
    cases = [Case(TINY, "raw", model) for model in models]
    computing = [item(case) for case in cases]
    judging = [item(case, "observe") for case in cases]
    ends = [cases[4], cases[0], cases[2], cases[1]]
    dispatch = Dispatch(Script(ends, lost_after=lost_after), lambda _case: False)
    found = list(dispatch._order([*judging, *computing]))
    order = [test for test, _ in found]
    assert sorted(map(id, order)) == sorted(map(id, [*judging, *computing]))
    for (_, following), test in zip(found, order[1:], strict=False):
        assert following in (None, test)
    assert found[-1][1] is None
    if lost_after == 99:
        assert [test for test in order if test in computing[:3] + computing[4:]] == [
            computing[i] for i in (4, 0, 2, 1)
        ]
        assert all(
            order.index(test) < order.index(judge)
            for test, judge in zip(computing, judging, strict=True)
            if test is not computing[3]
        )
