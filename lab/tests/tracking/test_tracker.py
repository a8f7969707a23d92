"""Tests of the runs that a session logs, in real databases."""

import json
import shutil
import subprocess

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from lab.cases import Case, Protocol
from lab.metrics import METRICS
from lab.tests.helpers.examples import TINY, make_store
from lab.tracking import Tracker

CASE = Case(TINY, "smote", "xgboost")
PROTOCOL = Protocol(3)
CONTRACT_TAGS = {"lab.case", "lab.session", "lab.outcome", "observation.recall_rises"}


def open_session(root):
    """Return a tracker with the runs of a session and of one case."""
    tracker = Tracker(root, "s", PROTOCOL, "pytest benchmarks")
    tracker.prepare()
    tracker.open_case(CASE, 999_999_990.0)
    return tracker


@pytest.fixture(scope="module")
def logged(tmp_path_factory, empty_database):
    """Log one case; return the root, the runs by name, the result and a client."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(empty_database, root)
    store = make_store(root / ".lab", "s", PROTOCOL)
    result = store.result(CASE)
    tracker = open_session(root)
    tracker.log_result(CASE, result, store.find(CASE).artifacts, reused=False)
    tracker.close_case(CASE, "passed", "FINISHED", {"observation.recall_rises": "holds"}, 1e9)
    tracker.close("passed", "FINISHED", {"count.passed": 1})
    client = MlflowClient(tracker.backend.uri)
    experiment = client.get_experiment_by_name("mlflow-lab")
    runs = client.search_runs([experiment.experiment_id])
    return root, {run.info.run_name: run for run in runs}, result, client


def test_a_case_is_a_child_of_its_session(logged):
    """There are two finished runs: the session, and the case as its child."""
    _, runs, _, _ = logged
    assert set(runs) == {"session s", CASE.id}
    parent = runs["session s"].info.run_id
    assert runs[CASE.id].data.tags["mlflow.parentRunId"] == parent
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert runs[CASE.id].info.end_time - runs[CASE.id].info.start_time == 10_000


def test_metrics_are_those_of_the_contract(logged):
    """Each metric has a mean, a standard deviation and one value per fold."""
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
    """Case, protocol, the estimator's parameters, outcome, verdict and versions are logged."""
    _, runs, _, _ = logged
    params, tags = runs[CASE.id].data.params, runs[CASE.id].data.tags
    expected = {"dataset": TINY, "strategy": "smote", "model": "xgboost", "folds": "3"}
    assert expected.items() <= params.items()
    assert {"repeats", "seed", "scale_pos_weight", "smote__k_neighbors"} <= set(params)
    assert set(tags) >= CONTRACT_TAGS
    assert tags["version.scikit-learn"].startswith("1.")
    assert tags["mlflow.source.name"] == "pytest benchmarks"


def test_artifacts_can_be_downloaded(logged, tmp_path):
    """Predictions and picture are artifacts in the project's own folder."""
    root, runs, result, client = logged
    run = runs[CASE.id]
    assert run.info.artifact_uri.startswith((root / "mlartifacts").as_uri())
    names = {artifact.path for artifact in client.list_artifacts(run.info.run_id)}
    assert names == {"predictions.parquet", "curves.png"}
    path = client.download_artifacts(run.info.run_id, "predictions.parquet", str(tmp_path))
    assert result.read_predictions().equals(pd.read_parquet(path))


def test_the_dataset_is_an_input_of_case_and_session(logged):
    """Both runs link to the dataset with the digest of its full content."""
    _, runs, result, _ = logged
    for run in runs.values():
        (linked,) = run.inputs.dataset_inputs
        assert linked.dataset.digest == result.dataset["digest"]
        assert json.loads(linked.dataset.profile)["num_minority_rows"] == 36


@pytest.fixture
def root(tmp_path, empty_database):
    """Return a project with an empty database."""
    shutil.copy(empty_database, tmp_path)
    return tmp_path


def session_tags(root):
    """Return the tags of a new session's run."""
    tracker = open_session(root)
    return MlflowClient(tracker.backend.uri).get_run(tracker.run_id).data.tags


def test_the_commit_is_logged(root):
    """In a repository, runs have its commit, and whether files differ from it."""
    git = ["git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    tags = session_tags(root)
    assert tags["mlflow.source.git.commit"] == head.stdout.strip()
    assert tags["mlflow.source.git.dirty"] == "true"


def test_a_user_without_a_name_can_log(root, monkeypatch):
    """Where the user id has no name, as in some containers, runs are logged as ``unknown``."""

    def nameless():
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert session_tags(root)["mlflow.user"] == "unknown"
