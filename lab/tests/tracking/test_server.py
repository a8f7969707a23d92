"""Tests of MLflow's server for the lab's own runs."""

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
    """Yield a port in use."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_server_runs_until_it_is_interrupted(root):
    """It answers at the printed address, and Ctrl-C leaves no process and prints no traceback."""
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
        said += process.stdout.read()  # until the server's last process has exited
    assert (answer, process.returncode) == ("OK", 0)
    assert page == "/experiments/1/runs?workflowType=machine_learning"
    assert "Traceback" not in said
    assert "Warning" not in said
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_port_in_use_is_an_error_only_if_named(root, taken):
    """With ``--port`` a port in use is an error; by default the next free port is used."""
    server = Server(root, "127.0.0.1")
    assert server.free_port(taken, or_next=True) > taken
    done = CliRunner().invoke(main, ["serve", "--port", str(taken)])
    assert done.exit_code == 2
    assert done.output == f"Error: port {taken} is in use: choose another with --port\n"


def test_an_invalid_host_is_an_error(root):
    """A host at which the server cannot listen is named with its option."""
    with pytest.raises(TrackingError, match=r"cannot listen at --host 192\.0\.2\.1 --port 5000"):
        Server(root, "192.0.2.1").free_port(5000, or_next=True)


@pytest.mark.slow
def test_a_reachable_server_prints_a_warning(root):
    """A server that others can reach prints a warning; if it exits by itself, that is an error."""
    done = CliRunner().invoke(main, ["serve", "--host", EVERYWHERE, "--bogus"])
    assert done.exit_code == 2
    assert done.output.count("can read and write the runs, and files through them") == 1
    assert "MLflow's server exited with status 2" in done.output
    assert "/#/experiments/1" in done.output
    assert "http://127.0.0.1:" in done.output


def test_the_user_s_environment_takes_precedence(root, monkeypatch):
    """The environment overrides defaults; clients write artifacts directly only on this machine."""
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


def test_nothing_to_serve_is_an_error(root, monkeypatch):
    """Without a database, or with a server that already serves the runs, the error says so."""
    (root / "mlflow.db").unlink()
    done = CliRunner().invoke(main, ["serve"])
    assert done.exit_code == 2
    assert done.output.endswith("mlflow.db does not exist: run `pytest benchmarks` first\n")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@example.org:80")
    done = CliRunner().invoke(main, ["serve"])
    assert done.exit_code == 2
    assert "http://example.org:80 already serves the runs" in done.output
    assert "secret" not in done.output
