"""Tests of sessions that log models, which MLflow loads."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import mlflow.pyfunc
import numpy as np
import pytest
from mlflow.tracking import MlflowClient

from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import TINY, mixed_dataset, plugin, statuses
from lab.tests.helpers.scratch import Scratch

pytestmark = pytest.mark.slow  # fits and logs a dozen models
# Linear SVMs are the lab's own estimators; a plugin lets the fit of k nearest neighbours fail.
OPTIONS = [
    *("--folds", "2", "-n", "0", "--log-models", "--reuse", "--target", "target"),
    *(f"--strategy={n}" for n in ("raw", "smote", "threshold_cost", "smote_before_split")),
    *(f"--model={name}" for name in ("logistic_regression", "xgboost", "linear_svm", "knn")),
]
GRID = ("smote-xgboost", "threshold_cost-logistic_regression")
MISTAKE = "smote_before_split-logistic_regression"
OWN = ("raw-linear_svm", "smote-linear_svm")
FAILING = "raw-knn"
ALL = (*GRID, MISTAKE, *OWN, FAILING)

# A plugin of a scratch project that counts evaluations and refits, and makes some fail.
NOTE = """
import os
from lab.engine import Local
from lab.evaluation import refit
def note(name, case):
    with open(os.environ["COUNT"], "a") as file:
        file.write(f"{name} {case.id}\\n")
evaluate, fit = Local.evaluate, refit.refit
def noting(self, case):
    note("evaluate", case)
    return evaluate(self, case)
def failing(case, protocol):
    note("refit", case)
    if case.model == "knn":
        raise MemoryError("no such luck\\nat all")
    return fit(case, protocol)
Local.evaluate, refit.refit = noting, failing
"""
# Loads and uses models where neither this library nor imbalanced-learn is installed.
ELSEWHERE = """
import json, sys
from pathlib import Path
sys.path = [p for p in sys.path if not (Path(p or ".") / "lab").is_dir()]
sys.modules["imblearn"] = None
import mlflow.pyfunc
found = []
for folder in sys.argv[1:]:
    model = mlflow.pyfunc.load_model(folder)
    found.append(model.predict(model.input_example).tolist())
assert not [p for p in sys.modules["lab"].__path__ if "/artifacts/code/" not in p]
print(json.dumps(found))
"""


def log_models(scratch, names):
    """Run a session on cases of a table with gaps and categories; return what was computed."""
    count = scratch.root / "count"
    count.write_text("")
    chosen = ("-k", f"test_case and ({' or '.join(names)})")
    command = (*plugin(scratch, NOTE), "--data", "mixed.csv", *OPTIONS, *chosen)
    done = scratch.run(*command, env={"COUNT": str(count)})
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    assert "MLmodel" not in done.stdout
    return sorted(count.read_text().splitlines())


@pytest.fixture(scope="module")
def logged(tmp_path_factory, empty_database, forks):
    """Log the models of all cases; return the project, the dataset and what was computed."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(empty_database, root)
    scratch, data = Scratch(root, forks), mixed_dataset()
    data.X.assign(target=data.y).to_csv(root / "mixed.csv", index=False)
    return scratch, data, log_models(scratch, ALL)


def models_of(uri):
    """Return the client of an address, and its logged models by their run's id."""
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("mlflow-lab").experiment_id
    found = client.search_logged_models([experiment], max_results=100)
    return client, {model.source_run_id: model for model in found}


def test_logged_models_predict_as_they_were_fitted(logged, monkeypatch):
    """Each case's run has a model that MLflow loads, and that predicts like a refit by hand."""
    scratch, data, _ = logged
    uri = f"sqlite:///{scratch.root / 'mlflow.db'}"
    client, models = models_of(uri)
    runs = scratch.runs()
    assert set(statuses(runs)) == {"FINISHED"}
    with_model = {name for name, run in runs.items() if run.info.run_id in models}
    assert with_model == {f"mixed-{pair}" for pair in (*GRID, *OWN)}
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    note = runs[f"mixed-{MISTAKE}"].data.tags["lab.model_note"]
    assert note.startswith("no model: smote_before_split is a mistake")
    given = data.X.astype({"level": object})
    for name in (f"mixed-{pair}" for pair in GRID):
        run = runs[name]
        tags, params = run.data.tags, run.data.params
        assert (tags["lab.model_format"], tags.get("lab.model_note")) == ("skops", None)
        model = models[run.info.run_id]
        assert (model.name, model.status) == (name, "READY")
        assert [output.model_id for output in run.outputs.model_outputs] == [model.model_id]
        assert model.tags["lab.case"] == name
        assert model.params["strategy"] == params["strategy"]
        assert {m.key: m.value for m in model.metrics}["recall"] == run.data.metrics["recall"]
        assert len(client.get_metric_history(run.info.run_id, "recall")) == 1
        assert run.info.end_time >= run.info.start_time

        fitted = STRATEGIES[params["strategy"]].pipeline(
            data, MODELS[params["model"]], data.y, seed=0
        )
        fitted.fit(data.X, data.y)
        loaded = mlflow.pyfunc.load_model(f"models:/{model.model_id}")
        assert np.array_equal(loaded.predict(given), fitted.predict_proba(data.X))
        # The same model that `mlflow.sklearn.load_model` loads.
        assert np.array_equal(loaded.get_raw_model().predict(given), fitted.predict(data.X))
        threshold = 1 / 11 if params["strategy"] == "threshold_cost" else None
        assert loaded.metadata.metadata.get("threshold") == threshold

        requirements = (Path(_folder(model)) / "requirements.txt").read_text().split()
        assert all("==" in requirement for requirement in requirements)
        named = {requirement.partition("==")[0] for requirement in requirements}
        assert {"mlflow", "scikit-learn", "skops"} <= named
        assert ("xgboost" in named) == (params["model"] == "xgboost")
        assert "imbalanced-learn" not in named
        kinds = dict.fromkeys("abc", "numbers") | {"level": "text"}
        assert loaded.metadata.metadata["columns"] == kinds
        assert loaded.metadata.signature.inputs is None
        assert loaded.input_example["b"].isna().any()
        served = (Path(_folder(model)) / "serving_input_example.json").read_text()
        assert "null" in served
        assert "NaN" not in served


def test_models_of_bundled_datasets_have_typed_columns(scratch, monkeypatch):
    """Without a file of the user's, the signature has the type of each column."""
    names = (f"--dataset={TINY}", "--strategy=raw", "--model=logistic_regression")
    done = scratch.run(*names, "--folds", "2", "-n", "0", "--log-models")
    assert done.returncode == 0, done.stdout
    uri = f"sqlite:///{scratch.root / 'mlflow.db'}"
    _, models = models_of(uri)
    (model,) = models.values()
    # MLflow allows no dot and no colon in names.
    assert model.name == "synthetic_rows=240,minority=0_15,seed=1-raw-logistic_regression"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    loaded = mlflow.pyfunc.load_model(f"models:/{model.model_id}")
    inputs = loaded.metadata.signature.inputs.inputs
    assert {column.type.name for column in inputs} == {"double"}
    assert "columns" not in loaded.metadata.metadata


def _folder(model):
    return model.artifact_location.removeprefix("file://")


def test_reuse_fits_only_missing_models(logged):
    """With ``--reuse`` a stored model is logged again; a failed fit is a note, and is repeated."""
    scratch, _, computed = logged
    assert computed == sorted(f"{what} mixed-{p}" for what in ("evaluate", "refit") for p in ALL)
    (gone,) = scratch.root.glob(".lab/results/mixed-raw-linear_svm/*.skops")
    gone.unlink()
    repeated = [f"refit mixed-{pair}" for pair in (FAILING, "raw-linear_svm")]
    assert log_models(scratch, (*OWN, FAILING)) == repeated
    runs = scratch.runs()
    assert statuses(runs)["FINISHED"] == len(runs)
    note = runs[f"mixed-{FAILING}"].data.tags["lab.model_note"]
    assert note == "no model: MemoryError: no such luck at all"

    # The lab's own estimators are part of the model.
    _, models = models_of(f"sqlite:///{scratch.root / 'mlflow.db'}")
    folders = [_folder(models[runs[f"mixed-{pair}"].info.run_id]) for pair in OWN]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ELSEWHERE, *folders],
        cwd=scratch.root,
        env=scratch.environment() | {"PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    here = [mlflow.pyfunc.load_model(folder) for folder in folders]
    assert json.loads(done.stdout) == [m.predict(m.input_example).tolist() for m in here]
