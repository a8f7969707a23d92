"""Tests of MLflow's server over the lab's own runs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from lab.cli import main
from lab.tests.helpers.scratch import PROJECT
from lab.tracking import Backend, TrackingError
from lab.tracking.server import Server

EVERYWHERE = "0.0.0.0"  # noqa: S104 (nothing listens there)


@pytest.fixture
def root(tmp_path, empty_database, monkeypatch):
    """Return a project with an experiment, as the working folder."""
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)
    shutil.copy(empty_database, tmp_path)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "conftest.py").touch()
    Backend(tmp_path).connect()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def taken():
    """Yield a port that somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_server_runs_until_it_is_interrupted(root):
    """It answers at the address that was printed, and Ctrl-C leaves no process and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", "lab", "serve", "--port", str(port), "--x-frame-options", "DENY"],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = process.stdout.readline()
        address, _, page = said.split()[1].partition("#")
        answer = ""
        end = time.monotonic() + 90
        while not answer and time.monotonic() < end:
            with suppress(OSError), urlopen(f"{address}health", timeout=5) as response:  # noqa: S310
                answer = response.read().decode()
            time.sleep(0.1)
        with urlopen(f"{address}ajax-api/2.0/mlflow/experiments/get?experiment_id=1") as response:  # noqa: S310
            assert b"mlflow-lab" in response.read()
            assert response.headers["X-Frame-Options"] == "DENY"
        process.send_signal(signal.SIGINT)
        said += process.stdout.read()  # ends when the last process that could write has ended
    assert (answer, process.returncode) == ("OK", 0)
    assert page == "/experiments/1/runs?workflowType=machine_learning"
    assert "Traceback" not in said
    assert "Warning" not in said
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_port_that_is_taken(root, taken):
    """One that was asked for is an error, else it is the next free one."""
    server = Server(root, "127.0.0.1")
    assert server.free_port(taken, or_next=True) > taken
    done = CliRunner().invoke(main, ["serve", "--port", str(taken)])
    assert done.exit_code == 2
    assert done.output == f"Error: port {taken} is taken: name another with --port\n"


def test_a_host_that_is_none(root):
    """Where nothing can listen the option is named."""
    with pytest.raises(
        TrackingError, match=r"nothing can listen at --host 192\.0\.2\.1 --port 5000"
    ):
        Server(root, "192.0.2.1").free_port(5000, or_next=True)


def test_others_are_warned_of(root):
    """What others reach says so, and a server that ends by itself is an error with its status."""
    done = CliRunner().invoke(main, ["serve", "--host", EVERYWHERE, "--bogus"])
    assert done.exit_code == 2
    assert done.output.count("can read and write the runs, and files through them") == 1
    assert "ended with exit status 2" in done.output
    assert "/#/experiments/1" in done.output
    assert "http://127.0.0.1:" in done.output


def test_what_the_user_sets_wins(root, monkeypatch):
    """Defaults give way to the environment; where files go depends on who reaches the server."""
    environment = Server(root, "127.0.0.1").environment()
    where = (root / "mlartifacts").as_uri()
    assert environment["MLFLOW_BACKEND_STORE_URI"] == f"sqlite:///{root / 'mlflow.db'}"
    assert environment["MLFLOW_DEFAULT_ARTIFACT_ROOT"] == where
    assert environment["MLFLOW_WORKERS"] == "1"
    assert environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    monkeypatch.setenv("MLFLOW_WORKERS", "3")
    environment = Server(root, EVERYWHERE).environment()
    assert environment["MLFLOW_WORKERS"] == "3"
    assert environment["MLFLOW_ARTIFACTS_DESTINATION"] == where
    assert "MLFLOW_DEFAULT_ARTIFACT_ROOT" not in environment


def test_there_has_to_be_something_to_serve(root, monkeypatch):
    """Without any run, or with a server that there is already, a sentence says what to do."""
    (root / "mlflow.db").unlink()
    done = CliRunner().invoke(main, ["serve"])
    assert done.exit_code == 2
    assert done.output.endswith("mlflow.db is not there: `pytest benchmarks` logs a session\n")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@example.org:80")
    done = CliRunner().invoke(main, ["serve"])
    assert done.exit_code == 2
    assert "there is a server already, http://example.org:80" in done.output
    assert "secret" not in done.output
