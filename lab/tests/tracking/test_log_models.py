"""Tests of sessions that log models, which MLflow loads."""

import json
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

CASES = ("--folds", "2", "-n", "0", "-k", "test_case", "--log-models")
GRID = [
    *(f"--strategy={name}" for name in ("smote", "threshold_cost", "smote_before_split")),
    *(f"--model={name}" for name in ("logistic_regression", "xgboost")),
]
LINEAR = ("--strategy=raw", "--model=linear_svm")

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


@pytest.fixture
def own(scratch):
    """Write a table with missing values and categories; return the dataset, and its options."""
    data = mixed_dataset()
    path = scratch.root / "mixed.csv"
    data.X.assign(target=data.y).to_csv(path, index=False)
    return data, ("--data", str(path), "--target", "target")


def models_of(uri):
    """Return the client of an address, and its logged models by their run's id."""
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("mlflow-lab").experiment_id
    found = client.search_logged_models([experiment], max_results=100)
    return client, {model.source_run_id: model for model in found}


def test_logged_models_predict_as_they_were_fitted(scratch, own, monkeypatch):
    """Each case's run has a model that MLflow loads, and that predicts like a refit by hand."""
    data, options = own
    done = scratch.run(*options, *GRID, *CASES)
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    assert "MLmodel" not in done.stdout
    uri = f"sqlite:///{scratch.root / 'mlflow.db'}"
    client, models = models_of(uri)
    runs = scratch.runs()
    assert statuses(runs) == {"FINISHED": 7}
    assert len(models) == 4
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    given = data.X.astype({"level": object})
    for name, run in runs.items():
        if name.startswith("session"):
            continue
        tags, params = run.data.tags, run.data.params
        if params["strategy"] == "smote_before_split":
            assert tags["lab.model_note"].startswith("no model: smote_before_split is a mistake")
            assert run.info.run_id not in models
            continue
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
    done = scratch.run(*names, *CASES)
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


def test_reuse_fits_only_missing_models(scratch, own):
    """With ``--reuse`` a stored model is logged again; a failed fit is a note, and is repeated."""
    _, options = own
    names = (*LINEAR, "--strategy=smote", "--model=knn")
    cases = {f"mixed-{s}-{m}" for s in ("raw", "smote") for m in ("linear_svm", "knn")}
    count = scratch.root / "count"
    command = (*plugin(scratch, NOTE), *options, *names, *CASES, "--reuse")

    def counted():
        count.write_text("")
        done = scratch.run(*command, env={"COUNT": str(count)})
        assert done.returncode == 0, done.stdout
        return sorted(count.read_text().splitlines())

    assert counted() == sorted(f"{what} {case}" for what in ("evaluate", "refit") for case in cases)
    (gone,) = scratch.root.glob(".lab/results/mixed-raw-linear_svm/*.skops")
    gone.unlink()
    # Failed fits are repeated.
    retried = {case for case in cases if case != "mixed-smote-linear_svm"}
    assert counted() == sorted(f"refit {case}" for case in retried)
    runs = scratch.runs()
    assert statuses(runs) == {"FINISHED": 6}
    note = runs["mixed-raw-knn"].data.tags["lab.model_note"]
    assert note == "no model: MemoryError: no such luck at all"

    # The lab's own estimators are part of the model.
    _, models = models_of(f"sqlite:///{scratch.root / 'mlflow.db'}")
    folders = [
        _folder(models[runs[f"mixed-{strategy}-linear_svm"].info.run_id])
        for strategy in ("smote", "raw")
    ]
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
