"""Tests of connections to real databases and servers."""

import shutil
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from mlflow.cli import cli as mlflow
from mlflow.tracking import MlflowClient

from lab.cli import main
from lab.tests.helpers import older_mlflow
from lab.tests.helpers.web_site import closed_port
from lab.tracking import Backend, TrackingError


@pytest.fixture
def root(tmp_path, empty_database):
    """Return a project with a database without experiments."""
    shutil.copy(empty_database, tmp_path)
    return tmp_path


def refusal(root, **options):
    """Return the message of a connection that fails."""
    with pytest.raises(TrackingError) as error:
        Backend(root).connect(**options)
    message = str(error.value)
    assert "\n" not in message
    assert "secret" not in message
    return message


# Programs that are given a project's folder. The first is killed while it creates the database.
DIE = """
import os, sys; from pathlib import Path; from lab.tracking import Backend
import mlflow.store.tracking.sqlalchemy_store as store
store.mlflow.store.db.utils._upgrade_db = lambda *_: os._exit(9)
Backend(Path(sys.argv[1])).connect()
"""
CONNECT = """
import sys; from pathlib import Path; from lab.tracking import Backend
Backend(Path(sys.argv[1])).connect()
"""


def test_a_database_is_created_by_one_process_or_not_at_all(tmp_path, program):
    """A process killed meanwhile leaves no database, then four that need one at once all succeed.

    There is one experiment, and readers do not block the writer.
    """
    killed = program(DIE, tmp_path)
    killed.communicate(timeout=120)
    assert killed.returncode == 9
    assert not (tmp_path / "mlflow.db").exists()
    for process in [program(CONNECT, tmp_path) for _ in range(4)]:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    connection = sqlite3.connect(tmp_path / "mlflow.db")
    names = connection.execute("select name from experiments").fetchall()
    assert sorted(names) == [("Default",), ("mlflow-lab",)]
    assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    connection.close()


def test_address_and_experiment_come_from_the_environment(tmp_path, empty_database, monkeypatch):
    """MLflow's own variables name the database and the experiment."""
    uri = f"sqlite:///{shutil.copy(empty_database, tmp_path / 'other.db')}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    _, experiment = Backend(tmp_path).connect()
    assert MlflowClient(uri).get_experiment(experiment).name == "mine"
    assert not (tmp_path / "mlflow.db").exists()


def test_reading_creates_neither_database_nor_experiment(root, monkeypatch):
    """A missing database or experiment is an error that says how to create it."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "other")
    for _ in range(2):
        message = refusal(root, create=False)
        assert message.endswith("has no experiment 'other': run `pytest benchmarks` first")
    (root / "mlflow.db").unlink()
    message = refusal(root, create=False)
    assert message == f"{root / 'mlflow.db'} does not exist: run `pytest benchmarks` first"
    assert not (root / "mlflow.db").exists()


def test_a_deleted_experiment_can_be_restored(root):
    """A deleted experiment is an error with the command that restores it."""
    client, experiment = Backend(root).connect()
    client.delete_experiment(experiment)
    message = refusal(root)
    assert message.startswith("experiment 'mlflow-lab' is deleted: restore it with `mlflow ")
    command = message.partition("`mlflow ")[2].partition("`")[0]
    CliRunner(env={"MLFLOW_TRACKING_URI": Backend(root).uri}).invoke(mlflow, command.split())
    assert Backend(root).connect()[1] == experiment


def test_the_id_of_an_experiment_is_honoured(root, monkeypatch):
    """``MLFLOW_EXPERIMENT_ID`` names the experiment by itself, or beside its name."""
    client, _ = Backend(root).connect()
    mine = client.create_experiment("mine")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", mine)
    for name in ("", "mine"):
        monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", name)
        backend = Backend(root)
        assert backend.connect(create=False)[1] == mine
        assert backend.experiment == "mine"


@pytest.mark.parametrize("unknown", ["77", "mine"])
def test_an_unknown_id_of_an_experiment_is_an_error(root, monkeypatch, unknown):
    """The error names the id, and creates no experiment."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", unknown)
    message = f"no experiment with the id {unknown!r}: correct MLFLOW_EXPERIMENT_ID, or unset it"
    assert refusal(root).endswith(message)


def test_id_and_name_of_different_experiments_are_an_error(root, monkeypatch):
    """The error names both variables."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "0")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    assert refusal(root) == (
        "MLFLOW_EXPERIMENT_ID=0 is the experiment 'Default', but MLFLOW_EXPERIMENT_NAME is 'mine': "
        "unset one of them"
    )


def test_the_update_of_an_older_database_is_announced(tmp_path):
    """Before MLflow changes the tables of an older MLflow, one line says so; once is enough."""
    backend, lines = Backend(tmp_path), []
    backend.say = lambda line: lines.append((line, older_mlflow.revision(backend.uri)))
    backend.experiment = older_mlflow.EXPERIMENT
    older_mlflow.fill(backend.uri)
    backend.connect(create=False)
    ((line, revision),) = lines
    assert line.startswith(f"{backend.uri} was made by an older MLflow: MLflow 3")
    assert "\n" not in line
    assert revision == older_mlflow.REVISION != older_mlflow.revision(backend.uri)
    backend.connect(create=False)
    assert len(lines) == 1


def test_lines_for_the_user_of_a_command_go_to_stderr(tmp_path, monkeypatch):
    """A command's output stays free of them."""
    older_mlflow.fill(Backend(tmp_path).uri)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", Backend(tmp_path).uri)
    done = CliRunner().invoke(main, ["sessions"])
    assert "was made by an older MLflow" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_is_not_a_database(tmp_path, create):
    """A folder in the place of the database is an error that says what to do."""
    (tmp_path / "mlflow.db").mkdir()
    message = refusal(tmp_path, create=create)
    assert message.endswith("is not a file: move it away, or set MLFLOW_TRACKING_URI")


def test_a_file_that_is_not_a_database_is_an_error(tmp_path):
    """The error names the file, without the SQL statement that failed."""
    (tmp_path / "mlflow.db").write_bytes(b"garbage" * 1000)
    message = refusal(tmp_path)
    assert "mlflow.db" in message
    assert "file is not a database" in message
    assert "SELECT" not in message
    assert len(message) < 250


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("./mlruns", "MLflow cannot use ./mlruns"),
        ("sqlite:////proc/no/mlflow.db", "MLflow cannot use sqlite:////proc/no/mlflow.db"),
        ("sqlite:", "MLflow cannot use sqlite:: ArgumentError"),
        ("nonsense://x", "MLflow cannot use nonsense://x"),
        ("http://localhost:none", "no MLflow server answers at http://localhost:none (Port could"),
        ("http://me:secret@[::1", "no MLflow server answers at http://[::1 (Invalid IPv6 URL)"),
    ],
)
def test_an_invalid_address_is_an_error(tmp_path, monkeypatch, uri, reason):
    """A file store, an impossible path or an unknown scheme is an error of one line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert refusal(tmp_path).startswith(reason)


def test_a_server_that_does_not_answer_is_an_error(tmp_path, monkeypatch):
    """The error names the address, without its password, and what to do."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@127.0.0.1:9")
    message = refusal(tmp_path)
    assert message.startswith("no MLflow server answers at http://127.0.0.1:9 (")
    assert message.endswith("): start it, or unset MLFLOW_TRACKING_URI")


def test_a_database_server_that_does_not_answer_is_an_error(tmp_path, monkeypatch):
    """The error names the address, without its password, and what to do."""
    pytest.importorskip("psycopg", reason='no psycopg: pip install -e ".[postgres]"')
    shown = f"postgresql://127.0.0.1:{closed_port()}/runs"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", shown.replace("//", "//me:secret@"))
    assert refusal(tmp_path) == (
        f"cannot open {shown} (Connection refused): correct MLFLOW_TRACKING_URI, or unset it"
    )


class OnlyHealthy(BaseHTTPRequestHandler):
    """A server that is healthy but fails all other requests."""

    def do_GET(self):
        """Answer."""
        self.send_response(200 if self.path == "/health" else 400)
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *arguments):
        """Print nothing."""


def test_no_error_contains_a_password(tmp_path, monkeypatch):
    """A failing server's error repeats the address, which is shown without credentials."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OnlyHealthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shown = f"http://127.0.0.1:{server.server_port}"
        uri = shown.replace("//", "//me:secret@")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        assert refusal(tmp_path).startswith(f"MLflow cannot use {shown}")
        server.shutdown()
    assert Backend(tmp_path).redact(f"no answer from {uri}/api") == f"no answer from {shown}/api"
