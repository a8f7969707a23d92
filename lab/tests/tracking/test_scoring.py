"""Tests of scoring rows of a user's file with a logged model, in MLflow's three ways."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import mlflow.pyfunc
import numpy as np
import pandas as pd
import pytest
import requests
from mlflow.tracking import MlflowClient

from lab.datasets.user_files import read_file
from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.tests.helpers.web_site import closed_port

pytestmark = pytest.mark.slow

N = 300  # rows
CASE = "late-raw-logistic_regression"
NEW = """\
site,rooms,insured,bought,load,note,more
east,3,False,2024-02-10,1,x,1
west,2,True,2023-09-29,0.5,y,2
,,,,,,
north,1,true,1969-12-31,-3,x,3
"""
# The same rows as the lab's features, by hand.
FEATURES = {
    "site": pd.Categorical(["east", "west", None, "north"]),
    "rooms": [3, 2, np.nan, 1],
    "insured": [0, 1, np.nan, 1],
    "bought": [19763, 19629, np.nan, -1],
    "load": [1, 0.5, np.nan, -3],
    "note": pd.Categorical(["x", "y", None, "x"]),
}


def table():
    """Return a table with columns of every kind that a CSV file can have."""
    rng = np.random.default_rng(0)
    late = rng.random(N) < 0.2
    return pd.DataFrame(
        {
            "site": rng.choice(["east", "north", "south"], N),
            "rooms": rng.integers(1, 6, N),
            "insured": rng.random(N) < 0.5 + 0.3 * late,
            "bought": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(500, size=N), "D"),
            "load": (rng.normal(size=N) + late).round(3),
            "note": rng.choice(["x", "y"], N),
            "late": late.astype(int),
        }
    )


def posted(address, content, kind):
    """Return the predictions of a served model."""
    answer = requests.post(
        f"{address}/invocations", data=content, headers={"Content-Type": kind}, timeout=60
    )
    assert answer.ok, answer.text
    return np.array(answer.json()["predictions"])


@pytest.fixture
def folder(scratch):
    """Log the model of a user's table; return its folder."""
    path = scratch.root / "late.csv"
    table().to_csv(path, index=False)
    case = ("--strategy=raw", "--model=logistic_regression", "--folds=2", "-k", "test_case")
    options = ("--data", str(path), "--target", "late", "--log-models", "-n", "0")
    done = scratch.run(*options, *case)
    assert done.returncode == 0, done.stdout
    client = MlflowClient(f"sqlite:///{scratch.root / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("mlflow-lab").experiment_id
    (model,) = client.search_logged_models([experiment])
    assert model.name == CASE
    return model.artifact_location.removeprefix("file://")


@pytest.fixture
def environment(scratch):
    """Return the environment of MLflow's commands, which start ``uvicorn`` by its name."""
    programs = scratch.root / "bin"
    programs.mkdir()
    program = programs / "uvicorn"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m uvicorn "$@"\n')
    program.chmod(0o755)
    return scratch.environment({"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"})


@pytest.fixture
def address(scratch, folder, environment):
    """Serve the model; return its address."""
    port = closed_port()
    serve = ["serve", "-m", folder, "-p", str(port), "--env-manager", "local"]
    log = scratch.root / "serve.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "models", *serve],
            cwd=scratch.root,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 180
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}/ping", timeout=5).raise_for_status()
                break
            except requests.RequestException:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def test_rows_of_the_file_are_scored_in_three_ways(scratch, folder, address, environment):
    """``pyfunc``, ``predict`` and ``serve`` score new rows as the pipeline does."""
    data = read_file(scratch.root / "late.csv", "late")
    fitted = STRATEGIES["raw"].pipeline(data, MODELS["logistic_regression"], data.y, seed=0)
    fitted.fit(data.X, data.y)
    rows = pd.DataFrame(FEATURES).astype(dict.fromkeys(data.numeric, float))
    expected = fitted.predict_proba(rows)
    new = scratch.root / "new.csv"
    new.write_text(NEW)

    model = mlflow.pyfunc.load_model(folder)
    assert np.array_equal(model.predict(pd.read_csv(new)), expected)
    assert np.array_equal(model.predict(pd.read_csv(new, dtype=str)), expected)
    # Columns without gaps have other types.
    assert np.allclose(model.predict(pd.read_csv(new, nrows=1)), expected[:1], rtol=1e-12)
    with pytest.raises(ValueError, match=r"^column 'bought' has '10\.2\.2024' in row 1, "):
        model.predict(pd.read_csv(new).replace("2024-02-10", "10.2.2024"))

    predict = ["predict", "-m", folder, "-i", str(new), "-t", "csv", "--env-manager", "local"]
    done = subprocess.run(
        [sys.executable, "-m", "mlflow", "models", *predict],
        cwd=scratch.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert np.array_equal(json.loads(done.stdout.splitlines()[-1])["predictions"], expected)

    assert np.array_equal(posted(address, NEW, "text/csv"), expected)
    cells = pd.read_csv(new).astype(object)
    cells = cells.where(cells.notna(), None)
    split = {"columns": list(cells), "data": cells.to_numpy().tolist()}
    content = json.dumps({"dataframe_split": split})
    assert np.array_equal(posted(address, content, "application/json"), expected)
    example = Path(folder, "serving_input_example.json").read_text()
    shown = json.loads(example)["dataframe_split"]
    kinds = dict(zip(shown["columns"], map(type, shown["data"][0]), strict=True))
    texts = dict.fromkeys(["site", "bought", "note"], str)
    assert kinds == texts | {"rooms": int, "insured": bool, "load": float}
    assert np.array_equal(
        posted(address, example, "application/json"), model.predict(model.input_example)
    )
