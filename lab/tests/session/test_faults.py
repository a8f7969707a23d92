"""Faults, each done for real: what a session promises whatever happens to it.

``LAB_SLOW=full`` runs as many accidents as the documentation reports, which takes half an hour.
"""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab.files import slug
from lab.store.result_files import StoredResult
from lab.tests.helpers.examples import COUNT, plugin, scores, statuses
from lab.tests.helpers.large_sessions import (
    CASES,
    FULL,
    WORKERS,
    WORKERS_OF_TWO,
    grid,
    stored_results,
    wait_for_results,
)
from lab.tests.helpers.mlflow_server import MlflowServer
from lab.tests.helpers.scratch import Scratch

if TYPE_CHECKING:
    from mlflow.entities import Run

    from lab.tests.helpers.forks import Fork, Forks

KILLED_WORKERS = 20 if FULL else 2
KILLED_SESSIONS = 10 if FULL else 1
INTERRUPTED_SESSIONS = 10 if FULL else 1
# One Ctrl-C is among the tests of sessions.
SIGNALS = [signal.SIGINT, signal.SIGTERM] if FULL else [signal.SIGTERM]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path(f"/proc/{os.getpid()}/task").is_dir(), reason="processes are looked for in /proc"
    ),
]
# A request to a server that is gone costs seconds, not the 14 of a session's own patience.
IMPATIENT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "2"}


MANY_CASES = 96 if FULL else 24
MANY = grid(MANY_CASES)


def children(pid: int) -> list[int]:
    """Return the processes that one has started, and that have not ended."""
    with suppress(OSError):  # they come and go
        return [int(i) for i in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def workers_of(process: Fork) -> list[int]:
    """Return the processes of a session's workers: a process of its own has started them."""
    return [worker for child in children(process.pid) for worker in children(child)]


def assert_whole(scratch: Scratch) -> None:
    """Assert that no stored result is damaged, and that no process left half of a file."""
    for record in stored_results(scratch):
        assert StoredResult(record.with_suffix("")).read() is not None


def reported(scratch: Scratch) -> set[str]:
    """Return the names of the cases whose scores were logged, in any session."""
    return {run.info.run_name for run in all_runs(scratch) if "recall" in run.data.metrics}


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, forks: Forks | None
) -> dict[str, dict[str, float]]:
    """Return the scores of a session that nothing happens to."""
    root = tmp_path_factory.mktemp("undisturbed")
    (root / "mlflow.db").write_bytes(empty_database.read_bytes())
    scratch = Scratch(root, forks)
    done = scratch.run("-n", "2", *MANY)
    assert done.returncode == 0, done.stdout
    return scores(scratch.runs())


def assert_completed(scratch: Scratch, undisturbed: dict[str, dict[str, float]]) -> str:
    """Assert that the same command with ``--reuse`` completes a session; return what it said.

    Its scores are those of one that nothing happened to, to the last bit.
    """
    assert_whole(scratch)
    done = scratch.run("-n", "2", *MANY, "--reuse")
    assert done.returncode == 0, done.stdout
    assert scores(scratch.runs()) == undisturbed
    return done.stdout


def all_runs(scratch: Scratch) -> list[Run]:
    """Return the runs of all sessions."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(f"sqlite:///{scratch.root / 'mlflow.db'}")
    found = client.get_experiment_by_name("mlflow-lab")
    return list(client.search_runs([found.experiment_id], max_results=20_000))


def all_statuses(scratch: Scratch) -> set[str]:
    """Return how the runs of all sessions ended."""
    return {run.info.status for run in all_runs(scratch)}


def test_killed_workers_lose_only_their_own_cases(scratch, undisturbed):
    """After ``kill -9`` of workers every other case has a result, and no run stays RUNNING.

    The same command with ``--reuse`` completes the grid.
    """
    chance = random.Random(0)  # noqa: S311
    process = scratch.start("-n", "2", *MANY)
    killed = 0
    wait_for_results(scratch, process, 1)
    while process.poll() is None and killed < KILLED_WORKERS:
        if pids := workers_of(process):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(pids), signal.SIGKILL)
                killed += 1
        time.sleep(chance.uniform(0.2, 1.0))
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 1, output
    assert "INTERNALERROR" not in output
    runs = scratch.runs()
    assert len(runs) == len(undisturbed) + 1
    assert "RUNNING" not in statuses(runs)
    without = [name for name, metrics in scores(runs).items() if not metrics]
    crashed = {n for n, run in runs.items() if run.data.tags["lab.outcome"] == "crashed"}
    print(f"{killed} workers killed: {len(crashed)} cases crashed, {len(without)} without scores")
    assert len(without) <= killed
    assert_completed(scratch, undisturbed)


def test_a_killed_session_keeps_all_reported_results(scratch, undisturbed):
    """After ``kill -9`` of a session's processes every reported result is stored intact.

    The next session takes it, and says that the runs of the killed one have ended.
    """
    chance = random.Random(1)  # noqa: S311
    for _ in range(KILLED_SESSIONS):
        process = scratch.start("-n", "2", *MANY, "--reuse")
        before = len(stored_results(scratch))
        wait_for_results(scratch, process, before + chance.randint(1, 4))
        time.sleep(chance.uniform(0, 0.5))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        assert_whole(scratch)
        assert {slug(name) for name in reported(scratch)} <= {
            record.parent.name for record in stored_results(scratch)
        }
    stored = {record.parent.name for record in stored_results(scratch)}
    logged = reported(scratch)
    print(f"{KILLED_SESSIONS} sessions killed: {len(logged)} cases reported, {len(stored)} stored")
    output = assert_completed(scratch, undisturbed)
    stated = f"--reuse: stored results for {len(stored)} of {len(undisturbed)} cases"
    assert stated in output
    assert all_statuses(scratch) <= {"FINISHED", "KILLED"}
    # Nothing of the killed ones is left behind.
    assert not list((scratch.root / ".lab" / "sessions").iterdir())


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupted_session_closes_its_runs(scratch, undisturbed, number):
    """Ctrl-C, or the SIGTERM of a cancelled CI job, leaves no open run and no damaged file."""
    chance = random.Random(number)  # noqa: S311
    for _ in range(INTERRUPTED_SESSIONS):
        process = scratch.start("-n", "2", *MANY, "--reuse")
        wait_for_results(scratch, process, len(stored_results(scratch)) + chance.randint(1, 4))
        time.sleep(chance.uniform(0, 0.5))
        os.killpg(process.pid, number)
        output, _ = process.communicate(timeout=60)
        assert process.returncode in (0, 2), output
        assert "INTERNALERROR" not in output
        assert "RUNNING" not in all_statuses(scratch)
        assert not list((scratch.root / ".lab" / "sessions").iterdir())
    assert_completed(scratch, undisturbed)


def test_many_workers_log_every_case(scratch):
    """With any number of workers each case has a complete run."""
    done = scratch.run("-n", str(WORKERS), *grid(CASES))
    assert done.returncode == 0, done.stdout
    runs = scratch.runs()
    assert statuses(runs) == {"FINISHED": CASES + 1}
    assert {len(metrics) for metrics in scores(runs).values()} == {
        len(next(iter(scores(runs).values())))
    }


def test_two_sessions_at_once_log_every_case_once(scratch):
    """Two sessions on one database and one store both complete, with equal scores."""
    both = [scratch.start("-n", str(WORKERS_OF_TWO), *grid(CASES)) for _ in range(2)]
    outputs = [process.communicate(timeout=1200)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    runs = all_runs(scratch)
    assert {run.info.status for run in runs} == {"FINISHED"}
    sessions: dict[str, dict[str, Run]] = {}
    for run in runs:
        group = sessions.setdefault(run.data.tags["lab.session"], {})
        assert run.info.run_name not in group
        group[run.info.run_name] = run
    one, other = (scores(group) for group in sessions.values())
    assert len(one) == CASES
    assert one == other


def test_a_server_that_stops_in_the_middle_loses_nothing(scratch):
    """Runs that a server missed are logged by the same command with ``--reuse``, without a fit."""
    options = ("--backend-store-uri", "sqlite:///mlflow.db")
    options += ("--artifacts-destination", "./mlartifacts")
    server = MlflowServer(scratch.root, scratch.environment(), *options)
    try:
        counted = scratch.root / "count"
        environment = IMPATIENT | {"MLFLOW_TRACKING_URI": server.uri, "COUNT": str(counted)}
        command = ("-n", "2", *MANY, *plugin(scratch, COUNT))
        process = scratch.start(*command, **environment)
        wait_for_results(scratch, process, 3)
        server.stop(signal.SIGKILL)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 1
        assert f"could not be logged to {server.uri}" in output
        fits = counted.read_text().count("\n")
        server.start()
        done = scratch.run(*command, "--reuse", env=environment)
        assert done.returncode == 0, done.stdout
        assert counted.read_text().count("\n") == fits
        runs = scratch.runs(server.uri)
        assert statuses(runs)["FINISHED"] == fits + 1
        assert all(scores(runs).values())
    finally:
        server.stop(signal.SIGKILL)


def test_a_hanging_server_does_not_delay_a_session(scratch):
    """A server that never answers is given up; fits continue, and the session ends."""
    options = ("--backend-store-uri", "sqlite:///mlflow.db")
    options += ("--artifacts-destination", "./mlartifacts")
    server = MlflowServer(scratch.root, scratch.environment(), *options)
    try:
        environment = IMPATIENT | {"MLFLOW_TRACKING_URI": server.uri}
        process = scratch.start("-n", "2", *MANY, **environment)
        wait_for_results(scratch, process, 3)
        server.send(signal.SIGSTOP)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 1
        assert f"could not be logged to {server.uri}" in output
        assert len(stored_results(scratch)) == MANY_CASES
    finally:
        server.stop(signal.SIGKILL)


def test_an_unwritable_folder_is_explained(scratch):
    """Where nothing can be stored, the session ends before any fit with one line."""
    (scratch.root / ".lab").write_text("a file")
    done = scratch.run("-n", "0", *MANY)
    assert done.returncode == 4
    assert done.stderr.count("\n") <= 2
    assert f"the session cannot be stored in {scratch.root / '.lab'}" in done.stderr
