"""Tests of what is asked of a cluster, and of the order in which tests take its cases."""

from types import SimpleNamespace

import pytest

from lab.engine import Dispatch
from lab.engine.worker import WorkerError, check, environment
from lab.experiment import Case
from lab.tests.examples import TINY

pytest.importorskip("distributed")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--scheduler", "nowhere"], "'nowhere' is no address: give tcp://HOST:PORT, or 'local'"),
        (
            ["--scheduler", "http://127.0.0.1:8786"],
            "'http://127.0.0.1:8786' is no address: give tcp",
        ),
        (["--scheduler", ""], "--scheduler takes tcp://HOST:PORT, or 'local'"),
        (["--scheduler", "local", "-n", "2"], "--scheduler takes the place of -n"),
        (["--scheduler", "local", "--case-timeout", "0"], "--case-timeout takes a number"),
        (["--scheduler", "local", "--case-timeout", "nan"], "--case-timeout takes a number"),
        (["--case-timeout", "9"], "--case-timeout goes with --scheduler"),
        (["--scheduler", "local", "--log-models"], "--log-models fits on this machine"),
    ],
)
def test_what_cannot_be_asked_of_a_cluster_is_said(scratch, options, sentence):
    """Options that exclude each other, and addresses that are none, end with a sentence."""
    done = scratch.run("--dataset", TINY, *options)
    assert done.returncode == 4
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_worker_with_other_packages_is_refused():
    """Each package that differs is named, with both versions; equal ones pass."""
    mine = environment()
    check(dict(mine), mine, "tcp://there")
    theirs = {**mine, "numpy": "1.0"}
    del theirs["scipy"]
    with pytest.raises(WorkerError, match=r"tcp://there would give other scores: numpy is 1\.0 th"):
        check(theirs, mine, "tcp://there")
    with pytest.raises(WorkerError, match="scipy is missing there and "):
        check(theirs, mine, "tcp://there")


class Script:
    """A cluster whose cases end in an order that is given, some only if they are waited for."""

    def __init__(self, cases, *, lost_after=99):
        self.cases, self.lost_after, self.lost = list(cases), lost_after, ""

    def is_waiting(self, case):
        """Return whether a case was handed out: all but one were."""
        return case.model != "knn"

    def ended(self, *, wait=True):
        """Return the next case; the second, fourth, ... has not ended yet if nobody waits."""
        self.lost_after -= 1
        self.lost = "gone" if self.lost_after < 0 else ""
        if not self.cases or self.lost or (len(self.cases) % 2 and not wait):
            return None
        return self.cases.pop(0)


def item(case, *fixtures):
    """Return a pytest item, as far as its order takes one."""
    params = SimpleNamespace(params={"case": case})
    return SimpleNamespace(fixturenames=("run", "case", *fixtures), callspec=params)


@pytest.mark.parametrize("lost_after", [0, 1, 2, 3, 4, 99])
def test_every_test_comes_once_whatever_ends_first(lost_after):
    """What is told to follow follows, and cases come as they end, before tests that judge them."""
    models = ["xgboost", "decision_tree", "random_forest", "knn", "logistic_regression"]
    cases = [Case(TINY, "raw", model) for model in models]
    computing = [item(case) for case in cases]
    judging = [item(case, "observe") for case in cases]
    ends = [cases[4], cases[0], cases[2], cases[1]]
    dispatch = Dispatch(Script(ends, lost_after=lost_after))
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
