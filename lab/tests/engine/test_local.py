"""Tests of evaluation in the processes that run the tests."""

import pytest

from lab.cases import Case, Protocol
from lab.engine import Local
from lab.evaluation import Evaluation, evaluate
from lab.evaluation.fold_sharing import SharedFolds
from lab.files import slug
from lab.store.costs import Costs
from lab.store.result_files import PICTURE, PREDICTIONS
from lab.tests.helpers.examples import TINY, plugin, scores

CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(3)
# A plugin of a scratch project: every case is long, and each fold notes its process.
SHARING = """
import os, time
from lab.engine import local
from lab.evaluation import Evaluation
local.LONG = 0.0
fold = Evaluation.fold
def noting(self, number):
    with open(os.environ["NOTES"], "a") as file:
        file.write(f"{number} {os.getpid()}\\n")
    time.sleep(0.2)
    return fold(self, number)
Evaluation.fold = noting
"""


@pytest.fixture
def every_case_is_long(monkeypatch):
    """Let processes share cases of any length."""
    monkeypatch.setattr("lab.engine.local.LONG", 0.0)


def test_an_evaluated_case_is_ready_to_be_stored(tmp_path):
    """It has the scores of the cross-validation, predictions, a picture and its key."""
    engine = Local(PROTOCOL, tmp_path)
    packed = engine.evaluate(CASE)
    assert packed.facts.result.scores == evaluate(CASE, PROTOCOL).scores
    assert packed.facts.fingerprint == engine.key(CASE)
    assert set(packed.files) == {PREDICTIONS, PICTURE}
    assert packed.files[PICTURE].startswith(b"\x89PNG")


def test_a_plan_changes_no_score(tmp_path):
    """Cases that share prepared folds score the same bits as each case alone."""
    cases = [CASE, Case(TINY, "smote", "decision_tree")]
    engine = Local(PROTOCOL, tmp_path)
    engine.plan(cases)
    for case in cases:
        alone = Local(PROTOCOL, tmp_path / "alone").evaluate(case)
        assert engine.evaluate(case).facts.result.scores == alone.facts.result.scores


def test_only_long_cases_are_shared(tmp_path):
    """A short case leaves no folds, and offers none to other processes."""
    engine = Local(PROTOCOL, tmp_path, Costs())
    engine.evaluate(CASE)
    assert not (tmp_path / "folds").exists()
    assert not engine.help(CASE, lambda: True)


def test_a_process_without_peers_shares_nothing(tmp_path, every_case_is_long):
    """Without costs, the process is the session's only one."""
    engine = Local(PROTOCOL, tmp_path)
    engine.evaluate(CASE)
    assert not (tmp_path / "folds").exists()
    assert not engine.help(CASE, lambda: True)


def test_help_waits_for_the_first_fold(tmp_path, every_case_is_long):
    """Before it, a helper is told to ask again; after the last fold, there is nothing to do."""
    engine = Local(PROTOCOL, tmp_path, Costs())
    assert engine.help(CASE, lambda: True)
    packed = engine.evaluate(CASE)
    assert packed.facts.result.scores == evaluate(CASE, PROTOCOL).scores
    assert not engine.help(CASE, lambda: True)


def test_a_helper_evaluates_folds(tmp_path, every_case_is_long):
    """Folds of a helper are part of the result; its errors are left to the other process."""
    engine = Local(PROTOCOL, tmp_path, Costs())
    folder = tmp_path / "folds" / slug(CASE.id)
    folder.mkdir(parents=True)
    assert not engine.help(CASE, lambda: True)
    assert {"0", "1", "2"} <= {path.name for path in folder.iterdir()}

    class Broken(Evaluation):
        def fold(self, number):
            raise ValueError("no such luck")

    found = Broken(CASE, PROTOCOL).result(SharedFolds(folder).results(Broken(CASE, PROTOCOL)))
    assert found.scores == evaluate(CASE, PROTOCOL).scores
    impossible = CASE.under("smotenc")  # without a categorical column
    (tmp_path / "folds" / slug(impossible.id)).mkdir()
    assert not engine.help(impossible, lambda: True)


def test_a_session_s_only_case_keeps_all_workers_busy(scratch):
    """A worker whose test waits for the case evaluates folds of it, without effect on scores."""
    loads, notes = plugin(scratch, SHARING), scratch.root / "notes"
    options = ("--dataset", TINY, "--strategy", "raw", "--model", "decision_tree", *loads)
    env = {"NOTES": str(notes)}
    assert scratch.run(*options, "-n", "2", env=env).returncode == 0
    folds = [line.split() for line in notes.read_text().splitlines()]
    assert sorted(number for number, _ in folds) == list("01234")
    assert len({process for _, process in folds}) == 2
    found = scores(scratch.runs())
    assert scratch.run(*options, "-n", "0", "-k", "test_case", env=env).returncode == 0
    assert scores(scratch.runs()) == found
