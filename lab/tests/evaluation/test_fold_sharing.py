"""Tests of the folds of a long case, which several processes take."""

import os
import time
from multiprocessing import get_context

import pytest

from lab.cases import Case, Protocol
from lab.evaluation.cross_validation import Evaluation, evaluate
from lab.evaluation.fold_sharing import DeadlyError, Folds
from lab.tests.helpers.examples import TINY, plugin, scores

CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(4)
# A plugin of a scratch project: every case is long, and each fold notes its process.
SPLIT = """
import os, time
from lab.evaluation import cross_validation as evaluation
from lab.store import store
store.LONG = 0.0
fold = evaluation.Evaluation.fold
def noting(self, number):
    with open(os.environ["NOTES"], "a") as file:
        file.write(f"{number} {os.getpid()}\\n")
    time.sleep(0.2)
    return fold(self, number)
evaluation.Evaluation.fold = noting
"""


class Slow(Evaluation):
    """An evaluation whose first fold takes until its last is there."""

    def __init__(self, folder):
        super().__init__(CASE, PROTOCOL)
        self.folder, self.done = folder, []

    def fold(self, number):
        """Evaluate a fold, in its time."""
        deadline = time.monotonic() + 60
        while number == 0 and not (self.folder / "3").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.done.append(number)
        return super().fold(number)


def take(folder):
    """Evaluate the case as the one that it fell to; return its scores, and the folds it did."""
    evaluation = Slow(folder)
    result = evaluation.result(Folds(evaluation, folder).all())
    return result.scores, evaluation.done


def help_it(folder):
    """Help with it; return the folds that were done."""
    while not folder.exists():
        time.sleep(0.01)
    evaluation = Slow(folder)
    Folds(evaluation, folder).help(lambda: True)
    return evaluation.done


def test_two_processes_share_the_folds_of_a_case(tmp_path):
    """Each fold is evaluated once, by either, and the scores are those of one process."""
    with get_context("spawn").Pool(2) as pool:
        own, helped = (pool.apply_async(f, [tmp_path / "folds"]) for f in (take, help_it))
        (found, mine), others = own.get(), helped.get()
    assert sorted([*mine, *others]) == [0, 1, 2, 3]
    assert 3 in others
    assert 0 in mine
    assert found == evaluate(CASE, PROTOCOL).scores


class Deadly(Evaluation):
    """An evaluation that kills its process."""

    def fold(self, number):
        """Die."""
        os._exit(9)


def die(folder):
    """Help with a case, and die."""
    Folds(Deadly(CASE, PROTOCOL), folder).help(lambda: True)


def test_a_fold_of_which_a_process_died_kills_no_other(tmp_path):
    """The case fails, and says why; who helps stops."""
    process = get_context("spawn").Process(target=die, args=[tmp_path])
    process.start()
    process.join()
    assert process.exitcode == 9
    with pytest.raises(DeadlyError, match="a process that evaluated a fold of it died"):
        evaluate(CASE, PROTOCOL, None, tmp_path)
    with pytest.raises(DeadlyError):
        Folds(Slow(tmp_path), tmp_path).help(lambda: True)


def test_nobody_helps_with_what_has_ended(tmp_path):
    """As soon as the case is no more at work no fold is taken."""
    evaluation, left = Slow(tmp_path), iter([True, False, False, False])
    Folds(evaluation, tmp_path).help(lambda: next(left))
    assert evaluation.done == [3]


@pytest.mark.parametrize("error", [ValueError("no such luck"), BlockingIOError("no such luck")])
def test_what_a_fold_raises_is_raised(tmp_path, error):
    """The case fails as it does without help, and so it does if that is asked for again."""

    class Broken(Evaluation):
        def fold(self, number):
            raise error

    for _ in range(2):
        with pytest.raises(type(error), match="no such luck"):
            Folds(Broken(CASE, PROTOCOL), tmp_path).all()


def test_a_session_s_only_case_keeps_all_workers_busy(scratch):
    """A worker whose test waits for the case does folds of it; no score depends on that."""
    loads, notes = plugin(scratch, SPLIT), scratch.root / "notes"
    options = ("--dataset", TINY, "--strategy", "raw", "--model", "decision_tree", *loads)
    env = {"NOTES": str(notes)}
    assert scratch.run(*options, "-n", "2", env=env).returncode == 0
    folds = [line.split() for line in notes.read_text().splitlines()]
    assert sorted(number for number, _ in folds) == list("01234")
    assert len({process for _, process in folds}) == 2
    found = scores(scratch.runs())
    assert scratch.run(*options, "-n", "0", "-k", "test_case", env=env).returncode == 0
    assert scores(scratch.runs()) == found
