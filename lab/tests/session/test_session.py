"""Tests of whole sessions: real processes, real databases, a real server."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from mlflow.tracking import MlflowClient

from lab.cli import main
from lab.tests.helpers import older_mlflow
from lab.tests.helpers.examples import COUNT, TINY, plugin, scores, statuses
from lab.tests.helpers.mlflow_server import MlflowServer
from lab.tests.helpers.scratch import Scratch

LR = ("--model", "logistic_regression")
ONE = ("--dataset", TINY, *LR, "--folds", "3")

# A plugin of a scratch project that reverses the order of the tests.
REVERSE = """
import pytest
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    yield
    items.reverse()
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory, empty_database, forks):
    """Return a project with a session of two workers, and what the session returned."""
    scratch = Scratch(tmp_path_factory.mktemp("finished"), forks)
    shutil.copy(empty_database, scratch.root)
    return scratch, scratch.run("-n", "2", "--dataset", "yeast_me2", *LR)


def test_a_session_logs_each_case_under_one_parent(finished):
    """All cases and their parent end FINISHED; the closing lines have scores and address."""
    scratch, done = finished
    assert done.returncode == 0, done.stdout
    runs = scratch.runs()
    (parent,) = (run for name, run in runs.items() if name.startswith("session"))
    children = [run for run in runs.values() if run is not parent]
    assert len(children) == 3
    assert {run.data.tags["mlflow.parentRunId"] for run in children} == {parent.info.run_id}
    assert statuses(runs) == {"FINISHED": 4}
    assert {run.data.tags["lab.outcome"] for run in runs.values()} == {"passed"}
    smote = runs["yeast_me2-smote-logistic_regression"].data.tags
    assert smote["observation.recall_rises"] == "holds"
    # Packages may be others than those that it was recorded with.
    assert smote["lab.baseline"].partition("\n")[0] == "unchanged"
    assert "yeast_me2  logistic_regression   0.136 0.745  0.785" in done.stdout
    assert "`lab serve` shows them in the browser" in done.stdout
    assert not (scratch.root / "mlruns").exists()
    note = runs["yeast_me2-smote-logistic_regression"].data.tags["mlflow.note.content"]
    assert "recall of smote above raw > 0" in note
    assert "| Rank rows by risk |" in parent.data.tags["mlflow.note.content"]


def test_a_session_logs_its_report(finished, monkeypatch):
    """The report is logged, and `lab report` writes the same bytes or explains why it cannot."""
    scratch, done = finished
    assert "Recommendation (yeast_me2" in done.stdout
    monkeypatch.chdir(scratch.root)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    (logged,) = scratch.root.glob("mlartifacts/**/report.html")
    written = CliRunner().invoke(main, ["report"])
    assert written.exit_code == 0, written.output
    assert Path("report.html").read_bytes() == logged.read_bytes()
    shown = CliRunner().invoke(main, ["report", "latest", "-o", "-"])
    assert shown.output.encode() == logged.read_bytes()
    refused = CliRunner().invoke(main, ["report", "-o", "/dev/null/report.html"])
    assert refused.exit_code == 2
    assert "cannot be written" in refused.stderr
    unknown = CliRunner().invoke(main, ["report", "nobody"])
    assert unknown.exit_code == 2
    assert "no session" in unknown.stderr


def test_scores_do_not_depend_on_workers_or_order(scratch):
    """One process and three workers in reversed order give bit-identical scores."""
    grid = (
        "--dataset",
        TINY,
        "--folds",
        "3",
        "--model",
        "decision_tree",
        "--model",
        "xgboost",
        *LR,
    )
    reverse = plugin(scratch, REVERSE)
    found = []
    for i, way in enumerate([["-n", "0"], ["-n", "3", *reverse]]):
        env = {"MLFLOW_EXPERIMENT_NAME": f"way-{i}"}
        done = scratch.run(*grid, *way, env=env)
        assert done.returncode == 0, done.stdout
        found.append(scores(scratch.runs(experiment=f"way-{i}")))
    assert len(found[0]) == 9
    assert found[0] == found[1]


def test_a_selection_computes_only_what_it_needs_and_each_once(scratch):
    """``-k "smote and yeast"`` computes yeast's SMOTE and raw cases, each once."""
    count = scratch.root / "count"
    datasets = ("--dataset", "yeast_me2", "--dataset", TINY)
    options = (*datasets, *LR, "--model", "decision_tree", "-n", "2", "-k", "smote and yeast")
    done = scratch.run(*plugin(scratch, COUNT), *options, env={"COUNT": str(count)})
    assert done.returncode == 0, done.stdout
    needed = {
        f"yeast_me2-{strategy}-{model}"
        for strategy in ("raw", "smote")
        for model in ("logistic_regression", "decision_tree")
    }
    assert Counter(count.read_text().split()) == dict.fromkeys(needed, 1)
    outcomes = {
        name: run.data.tags["lab.outcome"]
        for name, run in scratch.runs().items()
        if not name.startswith("session")
    }
    assert set(outcomes) == needed
    assert {name for name, outcome in outcomes.items() if outcome == "unjudged"} == {
        name for name in needed if "-raw-" in name
    }


def test_a_broken_observation_turns_tests_red_and_runs_failed(scratch):
    """With SMOTE and raw swapped observations fail in words and figures, as does a wrong mark."""
    module = scratch.root / "benchmarks" / "test_smote.py"
    text = module.read_text()
    swapped = text.replace('STRATEGIES = ["smote"]', 'STRATEGIES = ["raw"]')
    module.write_text(swapped.replace('under("raw")', 'under("smote")'))
    weights = scratch.root / "benchmarks" / "test_class_weight.py"
    wrong = '"yeast_me2-logistic_regression": "made up",'
    text = weights.read_text().replace("contradicted(\n    {", f"contradicted(\n    {{{wrong}", 1)
    weights.write_text(text)
    done = scratch.run("-n", "0", "--dataset", "yeast_me2", *LR)
    assert done.returncode == 1
    failure = (
        "NotObservedError: contradicted, expected holds (on bundled data a contradiction takes"
    )
    assert failure in done.stdout
    assert "the reason): recall of raw above smote -0.609 [" in done.stdout
    assert "NotObservedError: holds, expected contradicted (made up): recall of" in done.stdout
    runs = scratch.runs()
    for strategy in ("raw", "smote"):
        case = f"yeast_me2-{strategy}-logistic_regression"
        assert f"{runs[case].info.run_id}  {case}" in done.stdout
    assert runs["yeast_me2-raw-logistic_regression"].info.status == "FAILED"
    assert runs["yeast_me2-raw-logistic_regression"].data.tags["lab.outcome"] == "failed"
    assert statuses(runs) == {"FAILED": 3, "FINISHED": 1}


def test_a_benchmark_with_another_parameter_is_refused(scratch):
    """A benchmark with a parameter besides its case is refused with an explanation."""
    (scratch.root / "benchmarks" / "test_more.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('metric', ['recall'])\n"
        "def test_more(result, metric):\n"
        "    assert result.mean(metric) > 0\n"
    )
    done = scratch.run("-n", "0", *ONE)
    assert done.returncode != 0
    assert "test_more" in done.stdout + done.stderr
    assert "a benchmark test has no parameters but its case or model" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--strategy", "smoat"], "unknown strategy 'smoat': did you mean smote"),
    ],
)
def test_bad_options_are_usage_errors(scratch, options, message):
    """An unknown name ends the session with a suggestion and pytest's exit status for usage."""
    done = scratch.run("-n", "0", *options)
    assert done.returncode == 4
    assert message in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (scratch.root / ".lab").exists()


def test_an_unreachable_server_is_reported_before_any_fit(scratch):
    """With a server that does not answer, the session ends at once with an error."""
    done = scratch.run("-n", "0", *ONE, env={"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"})
    assert done.returncode == 4
    assert "ERROR: no MLflow server answers at http://127.0.0.1:9" in done.stderr
    assert not list(scratch.root.glob(".lab/results/*"))


def test_the_start_of_a_session_tells_of_its_database_and_run(scratch):
    """An older MLflow's database and an ignored ``MLFLOW_RUN_ID`` take one line each."""
    (scratch.root / "mlflow.db").unlink()
    older_mlflow.fill(f"sqlite:///{scratch.root / 'mlflow.db'}")
    done = scratch.run("-n", "0", *ONE, "-k", "nothing", env={"MLFLOW_RUN_ID": "0" * 32})
    assert done.returncode == 5, done.stdout
    for start in ("MLFLOW_RUN_ID is ignored: ", f"sqlite:///{scratch.root}/mlflow.db was made by"):
        assert len([line for line in done.stdout.splitlines() if line.startswith(start)]) == 1


def test_collecting_opens_no_session(scratch, empty_database):
    """``--collect-only`` and ``--help`` change no database and make no folder."""
    assert scratch.run("--collect-only", "-q").returncode == 0
    assert "--strategy" in scratch.run("--help").stdout
    assert not (scratch.root / ".lab").exists()
    assert (scratch.root / "mlflow.db").read_bytes() == empty_database.read_bytes()


@pytest.fixture
def server(scratch):
    """Run the mission's server line on a free port, over the scratch project's own database."""
    options = ("--backend-store-uri", "sqlite:///mlflow.db")
    options += ("--default-artifact-root", "./mlartifacts")
    running = MlflowServer(scratch.root, scratch.environment(), *options)
    yield running.uri
    running.stop()


@pytest.mark.slow
def test_a_session_logs_to_a_server_that_serves_earlier_runs(scratch, server):
    """The mission's server shows runs made without it, and accepts a session over HTTP."""
    assert scratch.run("-n", "0", *ONE).returncode == 0
    before = scratch.runs(server)
    done = scratch.run("-n", "0", *ONE, "--log-models", env={"MLFLOW_TRACKING_URI": server})
    assert done.returncode == 0, done.stdout
    assert f"Runs: {server}/#/experiments/" in done.stdout
    runs = scratch.runs(server)
    assert statuses(runs) == {"FINISHED": 5}
    assert scores(runs) == scores(before)
    for name, run in runs.items():
        if name in scores(runs):
            (output,) = run.outputs.model_outputs
            files = MlflowClient(server).list_logged_model_artifacts(output.model_id)
            assert {"MLmodel", "model.skops"} <= {file.path for file in files}
    found = requests.get(
        f"{server}/ajax-api/2.0/mlflow/artifacts/list",
        params={"run_id": runs[f"{TINY}-raw-logistic_regression"].info.run_id},
        timeout=10,
    ).json()
    assert {file["path"] for file in found["files"]} == {"curves.png", "predictions.parquet"}
