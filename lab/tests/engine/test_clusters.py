"""Tests of sessions on real Dask clusters, whose schedulers and workers are processes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from itertools import chain

import pytest

from lab.tests.helpers.examples import METRIC, MINE, TINY, scores, statuses
from lab.tests.helpers.large_sessions import (
    INTERRUPTED_CASES,
    grid,
    stored_results,
    wait_for_results,
)
from lab.tests.helpers.scratch import PROJECT, Scratch
from lab.tests.helpers.scratch import environment as clean
from lab.tests.helpers.web_site import closed_port

pytestmark = pytest.mark.slow
SOME = (*grid(INTERRUPTED_CASES), "-k", "test_case")
MODELS = ("--model", "logistic_regression", "--model", "decision_tree")
# Strategies that kill their process, or never end, on a worker.
ACCIDENTS = """
import os
import time
from lab.strategies import STRATEGIES, Strategy
def dies(model, y, seed):
    os._exit(9)
def sleeps(model, y, seed):
    time.sleep(600)
def unless_asked(function):
    def steps(model, y, seed):
        if "worker" in os.environ.get("LAB_TEST", ""):
            function(model, y, seed)
        return [("model", model.make(seed))]
    return steps
STRATEGIES.register(Strategy("dies", "", unless_asked(dies)))
STRATEGIES.register(Strategy("sleeps", "", unless_asked(sleeps)))
"""
# An import as on a slow disk.
SLOW_IMPORT = """
import sys
import time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "imblearn":
            time.sleep(8)
sys.meta_path.insert(0, Slow())
"""
SLOW_FILE = """
import os
import time
time.sleep(6 if os.environ.get("LAB_TEST") else 0)
"""


@pytest.fixture(scope="module", autouse=True)
def distributed():
    """Return the library; skip without it."""
    return pytest.importorskip("distributed", reason='no Dask: pip install -e ".[dask]"')


class Cluster:
    """A scheduler and its workers, each a process that can be killed.

    With a nanny, a worker that dies is replaced; it is one more process, which imports everything.
    """

    def __init__(self, folder, workers=2, nanny=False, **extra):
        self.folder, self.workers, self.processes = folder, workers, []
        self.nanny = "--nanny" if nanny else "--no-nanny"
        self.port = closed_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._environment = clean({"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"} | extra)
        self.start()

    def start(self):
        """Start a scheduler, and workers that end when it does."""
        self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        for _ in range(self.workers):
            self.start_worker()

    def start_worker(self):
        """Start one more worker."""
        options = ("--nthreads", "1", "--memory-limit", "0", self.nanny)
        self._start("worker", self.address, *options)

    def _start(self, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def kill(self, process):
        """Kill a process of the cluster, with its children."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self):
        """Kill all processes."""
        for process in self.processes:
            self.kill(process)


@pytest.fixture
def cluster(tmp_path):
    """Yield a cluster."""
    with closing(Cluster(tmp_path)) as cluster:
        yield cluster


@pytest.fixture
def enduring(tmp_path):
    """Yield a cluster that replaces its workers, and gives up a case that has killed two."""
    few = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with closing(Cluster(tmp_path, nanny=True, LAB_TEST="worker", **few)) as cluster:
        yield cluster


def test_a_cluster_scores_the_same_bits(scratch, tmp_path):
    """On a cluster, scores equal those of one process, for own data, strategies and metrics."""
    (scratch.root / "benchmarks" / "conftest.py").write_text(MINE)
    (scratch.root / "own.py").write_text(METRIC)
    table = tmp_path / "mine.csv"
    rows = [f"{i % 7},{'abc'[i % 3]},{int(i % 9 == 0)}" for i in range(240)]
    table.write_text("\n".join(["number,level,target", *rows]))
    options = ("--data", str(table), "--target", "target", "--dataset", TINY, *MODELS)
    options = (*options, "--strategy", "raw", "--strategy", "smote", "--strategy", "mine")
    options = (*options, "--plugin", "own.py")
    found = []
    for more in (["-n", "0"], ["--scheduler", "local"]):
        done = scratch.run(*options, *more, "--folds", "3")
        assert done.returncode == 0, done.stdout
        assert ("Dask: " in done.stdout) == ("--scheduler" in more)
        found.append(scores(scratch.runs()))
    assert set(statuses(scratch.runs())) == {"FINISHED"}
    assert found[0] == found[1]
    assert len(found[0]) == 12
    assert all("alarms" in metrics for metrics in found[0].values())


def test_cases_that_kill_workers_or_never_end_fail_alone(scratch, enduring):
    """Both are reported, with the reason; all other cases are computed."""
    (scratch.root / "benchmarks" / "conftest.py").write_text(ACCIDENTS)
    done = scratch.run(
        *("--dataset", TINY, *MODELS[:2], "--scheduler", enduring.address, "--case-timeout", "6"),
        *("--strategy", "raw", "--strategy", "smote", "--strategy", "dies", "--strategy", "sleeps"),
        "-k",
        "test_case",
    )
    assert done.returncode == 1
    assert "workers died evaluating it" in done.stdout
    assert "took longer than the 6 s of --case-timeout" in done.stdout
    assert statuses(scratch.runs()) == {"FAILED": 3, "FINISHED": 2}, done.stdout


def test_imports_of_a_worker_are_not_part_of_a_case(scratch, tmp_path, distributed):
    """With a limit of 5 s, no case is lost to a new worker whose imports take 8 s.

    Nor to a user's file that takes 6 s. The session leaves nothing on the cluster.
    """
    (tmp_path / "sitecustomize.py").write_text(SLOW_IMPORT)
    (scratch.root / "benchmarks" / "conftest.py").write_text(MINE + SLOW_FILE)
    where = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT)]), "LAB_TEST": "worker"}
    with closing(Cluster(tmp_path, workers=0, **where)) as cluster:
        options = ("--dataset", TINY, *MODELS[:2], "--case-timeout", "5", "-k", "test_case")
        chosen = ("--strategy", "raw", "--strategy", "mine")
        session = scratch.start(*options, *chosen, "--scheduler", cluster.address)
        while not list(scratch.root.glob(".lab/sessions/*")) and session.poll() is None:
            time.sleep(0.1)
        cluster.start_worker()
        printed, _ = session.communicate(timeout=120)
        with distributed.Client(cluster.address, set_as_default=False) as client:
            left = client.run_on_scheduler(lambda dask_scheduler: [*dask_scheduler.worker_plugins])
            workers = client.run(lambda dask_worker: [*dask_worker.plugins])
            left = chain(left, *workers.values())
    assert session.returncode == 0, printed
    assert not [name for name in left if name.startswith("lab")]
    assert statuses(scratch.runs()) == {"FINISHED": 3}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, empty_database, forks):
    """Return the scores of a session without a cluster."""
    scratch = Scratch(tmp_path_factory.mktemp("undisturbed"), forks)
    shutil.copy(empty_database, scratch.root)
    assert scratch.run(*SOME, "-n", "2").returncode == 0
    return scores(scratch.runs())


@pytest.mark.parametrize("what", ["worker", "everything"])
def test_a_restart_changes_no_score(scratch, cluster, undisturbed, what):
    """A killed worker, or a cluster that is restarted, costs time but no case."""
    session = scratch.start(*SOME, "--scheduler", cluster.address)
    wait_for_results(scratch, session, 3)
    if what == "worker":
        cluster.kill(cluster.processes[-1])
    else:
        cluster.close()
        cluster.start()
    printed, _ = session.communicate(timeout=300)
    assert session.returncode == 0, printed
    assert scores(scratch.runs()) == undisturbed
    assert len(undisturbed) == INTERRUPTED_CASES


def test_finished_cases_survive_the_scheduler(scratch, cluster):
    """If the scheduler does not return, the session ends, and --reuse computes the rest."""
    impatient = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s"}
    session = scratch.start(*SOME, "--scheduler", cluster.address, **impatient)
    wait_for_results(scratch, session, 3)
    cluster.close()
    printed, _ = session.communicate(timeout=300)
    assert session.returncode == 2, printed
    assert "the Dask scheduler is gone" in printed
    assert "--reuse computes the rest" in printed
    kept = len(stored_results(scratch))
    again = scratch.run(*SOME, "--reuse", "-n", "2")
    assert again.returncode == 0, again.stdout
    assert 3 <= kept < INTERRUPTED_CASES
    assert f"stored results for {kept} of {INTERRUPTED_CASES} cases" in again.stdout
