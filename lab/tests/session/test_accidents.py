"""Tests of sessions that an accident happens to: no run stays open, and the reason is shown."""

import os
import signal
import time
from collections import Counter

import pytest
from mlflow.tracking import MlflowClient

from lab.tests.helpers.examples import COUNT, TINY, plugin, scores, statuses

LR = ("--model", "logistic_regression")
ONE = ("--dataset", TINY, *LR, "--folds", "3")

# Plugins of a scratch project, each of which causes an accident.
CRASH = """
import os
from lab.engine import Local
evaluate = Local.evaluate
def crashing(self, case):
    with open(os.environ["COUNT"], "a") as file:
        file.write(case.id + "\\n")
    if case.strategy == "raw":
        os._exit(9)
    return evaluate(self, case)
Local.evaluate = crashing
"""
# A worker dies between collection and its first test: all of them, or the one that makes a file.
DIE = """
import os, time
import pytest
from contextlib import suppress
@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    with suppress(FileExistsError):
        if hasattr(session.config, "workerinput"):
            if once := os.environ.get("ONCE"):
                open(once, "x").close()
            os._exit(9)
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished():
    time.sleep(1)  # tests are sent after the death, and before xdist learns of it
"""
FAIL = """
from lab.engine import Local
evaluate = Local.evaluate
def failing(self, case):
    if case.strategy == "raw":
        raise MemoryError("no such luck")
    return evaluate(self, case)
Local.evaluate = failing
"""
NO_PAGE = """
from lab.session import summary
def failing(record):
    raise KeyError("no such name")
summary.page = failing
"""
SLOW = """
import time
from lab.engine import Local
evaluate = Local.evaluate
def slow(self, case):
    if case.strategy == "smote":
        time.sleep(60)
    return evaluate(self, case)
Local.evaluate = slow
"""
LOSE_PARENT = """
from lab.tracking import Tracker
def broken(self, *arguments, **options):
    raise OSError("the disk is gone")
Tracker.close = broken
import lab.baseline.lookup
lab.baseline.lookup.update = broken
"""
FORGET = """
from lab.tracking import Tracker
def broken(self, *arguments, **options):
    raise OSError("the disk is gone")
Tracker.log_result = broken
"""


def test_a_crashed_worker_fails_its_case_and_its_dependants(scratch):
    """The case of a dead worker is not tried again; tests that need it fail with the reason."""
    count = {"COUNT": str(scratch.root / "count")}
    done = scratch.run("-n", "1", *plugin(scratch, CRASH), *ONE, env=count)
    assert done.returncode == 1
    runs = scratch.runs()
    assert "crashed" in {run.data.tags["lab.outcome"] for run in runs.values()}
    assert statuses(runs) == {"FAILED": 4}
    raw = runs[f"{TINY}-raw-logistic_regression"].data
    assert "the process that evaluated it died" in raw.tags["lab.error"]
    assert "recall" in runs[f"{TINY}-smote-logistic_regression"].data.metrics
    tried = Counter((scratch.root / "count").read_text().split())
    assert set(tried.values()) == {1}


def test_a_worker_that_dies_before_its_first_test_is_replaced(scratch):
    """One test is reported as crashed; the others run, and no run is left open."""
    once = {"ONCE": str(scratch.root / "once")}
    done = scratch.run("-n", "1", *plugin(scratch, DIE), *ONE, env=once)
    assert "INTERNALERROR" not in done.stdout
    assert done.returncode == 1, done.stdout
    assert "crashed while running 'benchmarks/" in done.stdout
    assert "1 failed" in done.stdout
    runs = scratch.runs()
    assert statuses(runs) == {"FAILED": 2, "FINISHED": 2}
    assert all("recall" in metrics for metrics in scores(runs).values())


def test_workers_that_all_die_before_their_first_test_end_the_session(scratch):
    """One line says so, with the exit status of other errors, and no run is left open."""
    done = scratch.run("-n", "1", *plugin(scratch, DIE), *ONE)
    assert "INTERNALERROR" not in done.stdout
    assert done.returncode == 4
    assert "ERROR: 3 workers died one after another before their first test: " in done.stderr
    assert "RUNNING" not in statuses(scratch.runs())


def test_a_failed_evaluation_fails_its_dependants(scratch):
    """One test shows why raw could not be evaluated; those that need it fail with the reason."""
    done = scratch.run("-n", "0", *plugin(scratch, FAIL), "--dataset", "yeast_me2", *LR)
    assert done.returncode == 1
    cause = "yeast_me2-raw-logistic_regression could not be evaluated: MemoryError: no such luck"
    assert done.stdout.count(f"\n{cause}\n") > 5
    assert done.stdout.count("E   MemoryError: no such luck") == 1
    assert "CaseError" not in done.stdout
    runs = scratch.runs()
    raw = runs["yeast_me2-raw-logistic_regression"]
    assert (raw.info.status, raw.data.tags["lab.error"]) == ("FAILED", cause)
    assert runs["yeast_me2-smote-logistic_regression"].info.status == "FAILED"


def test_an_interrupted_session_ends_its_runs_killed(scratch):
    """After Ctrl-C no run is RUNNING: open ones are KILLED, finished ones keep their scores.

    The report is about these; an answer needs all.
    """
    process = scratch.start("-n", "2", *plugin(scratch, SLOW), *ONE, "-k", "test_case")
    deadline = time.monotonic() + 60
    # One case is done, and the other worker is at its own.
    awaited = (".lab/sessions/*/*raw*.json", ".lab/sessions/*/*smote*.running")
    while time.monotonic() < deadline and not all(any(scratch.root.glob(w)) for w in awaited):
        time.sleep(0.1)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    # Some cases did not finish, so nothing is recommended.
    assert "No recommendation: " in output
    assert "Recommendation (" not in output
    runs = scratch.runs()
    assert runs[f"{TINY}-smote-logistic_regression"].info.status == "KILLED"
    assert "recall" in runs[f"{TINY}-raw-logistic_regression"].data.metrics
    assert "RUNNING" not in statuses(runs)
    assert scratch.lab("report").returncode == 0
    done = scratch.lab("answer")
    assert done.returncode == 2
    assert "cases did not finish: repeat it with --reuse" in done.stderr


def test_unlogged_results_are_kept(scratch):
    """If logging fails, the session fails with the reason, and ``--reuse`` logs without a fit."""
    done = scratch.run("-n", "0", *plugin(scratch, FORGET), *ONE)
    assert done.returncode == 1
    assert "3 cases could not be logged" in done.stdout
    assert "OSError: the disk is gone" in done.stdout
    runs = scratch.runs()
    assert statuses(runs) == {"FAILED": 4}
    assert "disk is gone" in runs[f"{TINY}-raw-logistic_regression"].data.tags["lab.error"]
    env = {"COUNT": str(scratch.root / "count"), "MLFLOW_EXPERIMENT_NAME": "again"}
    again = scratch.run("-n", "0", *plugin(scratch, COUNT), *ONE, "--reuse", env=env)
    assert again.returncode == 0
    assert not (scratch.root / "count").exists()
    assert len(scores(scratch.runs(experiment="again"))) == 3


def test_an_unwritable_session_run_or_baseline_is_reported(scratch):
    """If the session's own run or the baseline cannot be written, the closing lines say so."""
    done = scratch.run("-n", "0", *plugin(scratch, LOSE_PARENT), *ONE, "--update-baseline")
    assert done.returncode == 1
    assert "the session's own run could not be logged" in done.stdout
    assert "The baseline was not recorded: the disk is gone" in done.stdout
    assert "OSError: the disk is gone" in done.stdout
    assert statuses(scratch.runs())["FINISHED"] == 3


def test_a_failing_report_loses_only_the_report(scratch):
    """If the report fails, the closing lines say so, and scores and record are logged."""
    done = scratch.run("-n", "0", *plugin(scratch, NO_PAGE), *ONE)
    assert done.returncode == 1
    assert "the session's own run could not be logged" in done.stdout
    assert "KeyError: 'no such name'" in done.stdout
    runs = scratch.runs()
    (parent,) = (run for name, run in runs.items() if name.startswith("session"))
    assert (parent.info.status, parent.data.tags["lab.outcome"]) == ("FAILED", "failed")
    client = MlflowClient(f"sqlite:///{scratch.root / 'mlflow.db'}")
    kept = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert {"scores.json", "session.json", "observations.json"} <= kept
    assert "report.html" not in kept
    assert "Recommendation" in parent.data.tags["mlflow.note.content"]


@pytest.mark.parametrize("way", [["-n", "2"], ["-p", "no:xdist"]])
def test_stopping_at_the_first_failure_is_a_failure(scratch, way):
    """With ``-x`` the session ends FAILED, not interrupted, with workers and without xdist."""
    done = scratch.run(*way, "-x", *plugin(scratch, FAIL), *ONE)
    assert done.returncode in (1, 2)
    assert "INTERNALERROR" not in done.stdout
    runs = scratch.runs()
    (parent,) = (run for name, run in runs.items() if name.startswith("session"))
    assert (parent.info.status, parent.data.tags["lab.outcome"]) == ("FAILED", "failed")
    assert "RUNNING" not in statuses(runs)
