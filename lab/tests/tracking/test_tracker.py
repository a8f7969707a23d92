"""Tests of what is logged, on real databases."""

import json
import sqlite3
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context

import pytest
from mlflow.tracking import MlflowClient

from lab.cases import Case, Protocol
from lab.metrics import METRICS
from lab.store import Store
from lab.tests.helpers.examples import TINY
from lab.tracking import Tracker, TrackingError

CASE = Case(TINY, "smote", "xgboost")
PROTOCOL = Protocol(3)
CONTRACT_TAGS = {"lab.case", "lab.session", "lab.outcome", "observation.recall_rises"}


@pytest.fixture(autouse=True)
def no_address(monkeypatch):
    """Start without an address or an experiment in the environment."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)


def log_one(root, session="s"):
    """Log one case; return the tracker and the result."""
    store = Store(root / ".lab", session, PROTOCOL)
    result = store.result(CASE)
    tracker = Tracker(root, session, PROTOCOL, "pytest benchmarks")
    tracker.prepare()
    tracker.open_case(CASE, 999_999_990.0)
    tracker.log_result(CASE, result, store.artifacts(CASE), reused=False)
    tracker.close_case(CASE, "passed", "FINISHED", {"observation.recall_rises": "holds"}, 1e9)
    tracker.close("passed", "FINISHED", {"count.passed": 1})
    return tracker, result


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """Log one case to a new database; return the root, the runs by name and the result."""
    root = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        tracker, result = log_one(root)
    client = MlflowClient(tracker.backend.uri)
    experiment = client.get_experiment_by_name("mlflow-lab")
    runs = client.search_runs([experiment.experiment_id])
    return root, {run.info.run_name: run for run in runs}, result, client


def test_a_case_is_a_child_of_its_session(logged):
    """Two runs: the session, and the case under it, both finished."""
    _, runs, _, _ = logged
    assert set(runs) == {"session s", CASE.id}
    parent = runs["session s"].info.run_id
    assert runs[CASE.id].data.tags["mlflow.parentRunId"] == parent
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert runs[CASE.id].info.end_time - runs[CASE.id].info.start_time == 10_000


def test_metrics_are_those_of_the_contract(logged):
    """Each metric is logged as mean, standard deviation and fold by fold; so are times and rows."""
    _, runs, result, client = logged
    run = runs[CASE.id]
    metrics = run.data.metrics
    for name in METRICS:
        assert metrics[name] == result.mean(name)
        assert metrics[f"{name}_std"] == result.std(name)
        history = client.get_metric_history(run.info.run_id, f"fold/{name}")
        assert [m.value for m in sorted(history, key=lambda m: m.step)] == result.scores[name]
    assert metrics["fit_seconds"] > 0
    assert metrics["predict_seconds"] > 0
    assert metrics["resampled_minority_rows"] == metrics["resampled_majority_rows"]


def test_params_and_tags_are_those_of_the_contract(logged):
    """Case, protocol, the estimator's own parameters, outcome, verdict and versions are there."""
    _, runs, _, _ = logged
    params, tags = runs[CASE.id].data.params, runs[CASE.id].data.tags
    expected = {"dataset": TINY, "strategy": "smote", "model": "xgboost", "folds": "3"}
    assert expected.items() <= params.items()
    assert {"repeats", "seed", "scale_pos_weight", "smote__k_neighbors"} <= set(params)
    assert set(tags) >= CONTRACT_TAGS
    assert tags["version.scikit-learn"].startswith("1.")
    assert tags["mlflow.source.name"] == "pytest benchmarks"


def test_artifacts_can_be_downloaded(logged, tmp_path):
    """Predictions and picture are artifacts, in the project's own folder."""
    root, runs, result, client = logged
    run = runs[CASE.id]
    assert run.info.artifact_uri.startswith((root / "mlartifacts").as_uri())
    names = {artifact.path for artifact in client.list_artifacts(run.info.run_id)}
    assert names == {"predictions.parquet", "curves.png"}
    path = client.download_artifacts(run.info.run_id, "predictions.parquet", str(tmp_path))
    assert result.read_predictions().equals(type(result.read_predictions())(_read(path)))


def _read(path):
    import pandas as pd

    return pd.read_parquet(path)


def test_the_dataset_is_an_input_of_case_and_session(logged):
    """Both runs link to the dataset under the digest of all its content."""
    _, runs, result, _ = logged
    for run in runs.values():
        (linked,) = run.inputs.dataset_inputs
        assert linked.dataset.digest == result.dataset["digest"]
        assert json.loads(linked.dataset.profile)["num_minority_rows"] == 36


def test_the_commit_is_logged(tmp_path):
    """In a repository, runs carry its commit and whether the tree differs from it."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    tracker, _ = log_one(tmp_path)
    tags = MlflowClient(tracker.backend.uri).get_run(tracker.run_id).data.tags
    assert tags["mlflow.source.git.commit"] == head.stdout.strip()
    assert tags["mlflow.source.git.dirty"] == "true"


def prepare(root):
    """Prepare a tracker in a process of its own; return the error, if any."""
    try:
        Tracker(root, "s", PROTOCOL, "x").prepare()
    except Exception as error:
        return repr(error)
    return ""


def test_processes_that_make_the_database_at_once_all_succeed(tmp_path):
    """Of four processes on a new database none fails, and one experiment is there."""
    with get_context("spawn").Pool(4) as pool:
        assert pool.map(prepare, [tmp_path] * 4) == [""] * 4
    with sqlite3.connect(tmp_path / "mlflow.db") as connection:
        names = connection.execute("select name from experiments").fetchall()
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    connection.close()
    assert sorted(names) == [("Default",), ("mlflow-lab",)]


def test_a_process_killed_while_making_the_database_leaves_none(tmp_path):
    """After a kill in the middle there is no half-made database, and the next process makes one."""
    code = (
        "import sys, os; from pathlib import Path; from lab.cases import Protocol\n"
        "from lab.tracking import Tracker\n"
        "from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as S\n"
        "import mlflow.store.db.utils as u\n"
        "import mlflow.store.tracking.sqlalchemy_store as s\n"
        "s.mlflow.store.db.utils._upgrade_db = u._upgrade_db = lambda *a: os._exit(9)\n"
        "Tracker(Path(sys.argv[1]), 's', Protocol(3), 'x').prepare()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == 9
    assert not (tmp_path / "mlflow.db").exists()
    assert prepare(tmp_path) == ""


def test_experiment_and_address_come_from_the_environment(tmp_path, monkeypatch):
    """MLflow's own variables name the database and the experiment."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'other.db'}")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    tracker, _ = log_one(tmp_path)
    assert MlflowClient(tracker.backend.uri).get_experiment_by_name("mine") is not None
    assert not (tmp_path / "mlflow.db").exists()


def test_a_server_that_does_not_answer_is_a_sentence(tmp_path, monkeypatch):
    """Without a server the error names the address, without its password, and what to do."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@127.0.0.1:9")
    with pytest.raises(TrackingError, match=r"http://127\.0\.0\.1:9 .*start it, or unset") as error:
        Tracker(tmp_path, "s", PROTOCOL, "x").prepare()
    assert "secret" not in str(error.value)


class OnlyHealthy(BaseHTTPRequestHandler):
    """A server that says it is well, and fails at all else."""

    def do_GET(self):
        """Answer."""
        self.send_response(200 if self.path == "/health" else 400)
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *arguments):
        """Say nothing."""


def test_no_error_shows_a_password(tmp_path, monkeypatch):
    """What a failing server's error repeats of the address is shown without the credentials."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OnlyHealthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        uri = f"http://me:secret@127.0.0.1:{server.server_port}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        tracker = Tracker(tmp_path, "s", PROTOCOL, "x")
        with pytest.raises(TrackingError, match="MLflow cannot use http://127") as error:
            tracker.prepare()
        server.shutdown()
    assert "secret" not in str(error.value) + tracker.backend.shown_uri
    assert tracker.backend.redact(f"no answer from {uri}/api") == (
        f"no answer from http://127.0.0.1:{server.server_port}/api"
    )


@pytest.mark.parametrize("content", [b"garbage" * 1000, None])
def test_a_database_that_is_none_is_a_sentence(tmp_path, content):
    """A file of garbage or a folder in the database's place is an error of one line."""
    path = tmp_path / "mlflow.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(TrackingError, match=r"mlflow\.db") as error:
        Tracker(tmp_path, "s", PROTOCOL, "x").prepare()
    assert len(str(error.value)) < 250
    assert "SELECT" not in str(error.value)


def test_a_user_without_a_name_can_log(tmp_path, monkeypatch):
    """Where the user id has no name, as in some containers, runs are logged all the same."""

    def nameless():
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", nameless)
    tracker, _ = log_one(tmp_path)
    tags = MlflowClient(tracker.backend.uri).get_run(tracker.run_id).data.tags
    assert tags["mlflow.user"] == "unknown"


@pytest.mark.parametrize("uri", ["./mlruns", "sqlite:////proc/no/mlflow.db", "nonsense://x"])
def test_an_address_that_mlflow_refuses_is_a_sentence(tmp_path, monkeypatch, uri):
    """A file store, an impossible path or an unknown scheme is an error of one line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(TrackingError, match="MLflow cannot use") as error:
        Tracker(tmp_path, "s", PROTOCOL, "x").prepare()
    assert "\n" not in str(error.value)


def test_a_deleted_experiment_is_a_sentence(tmp_path):
    """A deleted experiment is an error that says how to go on."""
    tracker, _ = log_one(tmp_path)
    client = MlflowClient(tracker.backend.uri)
    client.delete_experiment(client.get_experiment_by_name("mlflow-lab").experiment_id)
    with pytest.raises(TrackingError, match="is deleted: restore it"):
        Tracker(tmp_path, "s", PROTOCOL, "x").prepare()
