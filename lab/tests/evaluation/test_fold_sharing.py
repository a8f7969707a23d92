"""Tests of long cases whose folds several processes evaluate."""

import json
import os
import time

import pytest

from lab.cases import Case, Protocol
from lab.evaluation import Evaluation, evaluate
from lab.evaluation.fold_sharing import COMPLETE, FoldCrashError, SharedFolds
from lab.tests.helpers.examples import TINY

CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(4)
# A program that calls a function below with a folder.
CALL = """
import json, sys; from pathlib import Path; from lab.tests.evaluation import test_fold_sharing
print(json.dumps(getattr(test_fold_sharing, sys.argv[1])(Path(sys.argv[2]))))
"""


class Slow(Evaluation):
    """An evaluation whose first fold ends after the last fold has a result."""

    def __init__(self, folder):
        super().__init__(CASE, PROTOCOL)
        self.folder, self.done = folder, []

    def fold(self, number):
        """Evaluate a fold; wait in the first one."""
        deadline = time.monotonic() + 60
        while number == 0 and not (self.folder / "3").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.done.append(number)
        return super().fold(number)


def take(folder):
    """Evaluate the case; return its scores, and the folds that were evaluated here."""
    evaluation = Slow(folder)
    result = evaluation.result(SharedFolds(folder).results(evaluation))
    return result.scores, evaluation.done


def help_it(folder):
    """Help with the case; return the folds that were evaluated here."""
    folds = SharedFolds(folder)
    while not folds.begun:
        time.sleep(0.01)
    evaluation = Slow(folder)
    folds.help(evaluation, lambda: True)
    return evaluation.done


def test_two_processes_share_the_folds_of_a_case(tmp_path, program):
    """Each fold is evaluated by one of them, and the scores are those of a single process."""
    folder = tmp_path / "folds"
    both = [program(CALL, function.__name__, folder) for function in (take, help_it)]
    (found, mine), others = (json.loads(one.communicate(timeout=120)[0]) for one in both)
    assert sorted([*mine, *others]) == [0, 1, 2, 3]
    assert 3 in others
    assert 0 in mine
    assert found == evaluate(CASE, PROTOCOL).scores
    assert [path.name for path in folder.iterdir()] == [COMPLETE]


class Deadly(Evaluation):
    """An evaluation that kills its process."""

    def fold(self, number):
        """Die."""
        os._exit(9)


def die(folder):
    """Help with a case, and die."""
    SharedFolds(folder).help(Deadly(CASE, PROTOCOL), lambda: True)


def test_a_deadly_fold_kills_one_process_only(tmp_path, program):
    """The case fails with the reason, and helpers stop."""
    process = program(CALL, die.__name__, tmp_path)
    process.communicate(timeout=120)
    assert process.returncode == 9
    for do in (SharedFolds(tmp_path).results, lambda e: SharedFolds(tmp_path).help(e, lambda: 1)):
        with pytest.raises(FoldCrashError, match="process that evaluated one of its folds died"):
            do(Evaluation(CASE, PROTOCOL))


def test_helpers_stop_when_the_case_has_ended(tmp_path):
    """No fold is started once the case is no longer pending, or complete."""
    evaluation, left = Slow(tmp_path), iter([True, False, False, False])
    folds = SharedFolds(tmp_path)
    folds.help(evaluation, lambda: next(left))
    assert evaluation.done == [3]
    folds.results(evaluation)
    evaluation.done.clear()
    folds.help(evaluation, lambda: True)
    assert evaluation.done == []


@pytest.mark.parametrize("error", [ValueError("no such luck"), BlockingIOError("no such luck")])
def test_the_error_of_a_fold_is_raised(tmp_path, error):
    """The case fails as it does without help, the second time as well."""

    class Broken(Evaluation):
        def fold(self, number):
            raise error

    for _ in range(2):
        with pytest.raises(type(error), match="no such luck"):
            SharedFolds(tmp_path).results(Broken(CASE, PROTOCOL))
