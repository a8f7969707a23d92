"""Tests of the key of a result."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lab
from lab import datasets
from lab.cases import Case, Protocol
from lab.datasets.dataset import Dataset
from lab.store.fingerprint import fingerprint
from lab.tests.helpers.examples import TINY

CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(3)


@pytest.mark.parametrize(
    ("case", "protocol"),
    [
        (CASE, Protocol(3, seed=1)),
        (CASE, Protocol(3, repeats=2)),
        (CASE.under("raw"), PROTOCOL),
    ],
)
def test_the_fingerprint_covers_case_and_protocol(case, protocol):
    """Another strategy, seed or number of repeats has another fingerprint."""
    assert fingerprint(case, protocol) != fingerprint(CASE, PROTOCOL)


@pytest.mark.parametrize(
    "change",
    [
        lambda X: X.assign(x0=X["x0"].where(X.index != 0, 9.0)),
        lambda X: X.rename(columns={"x0": "y0"}),
        lambda X: X.assign(x0=X["x0"].astype(str)),
    ],
)
def test_the_fingerprint_covers_the_data(monkeypatch, change):
    """Another value, column name or kind of column, under the same name, is other data."""
    plain = fingerprint(CASE, PROTOCOL)
    data = datasets.load(TINY)
    changed = Dataset(data.name, change(data.X), data.y, data.source)
    monkeypatch.setattr(datasets, "load", lambda _name: changed)
    assert fingerprint(CASE, PROTOCOL) != plain


def test_the_fingerprint_covers_versions_and_parameters(monkeypatch):
    """Another package version or another parameter of a step has another fingerprint."""
    plain = fingerprint(CASE, PROTOCOL)
    assert plain == fingerprint(CASE, PROTOCOL)
    with monkeypatch.context() as context:
        context.setattr("lab.store.fingerprint.versions", lambda _model: {"scikit-learn": "0.1"})
        assert fingerprint(CASE, PROTOCOL) != plain
    monkeypatch.setattr("lab.strategies.preprocessing.RARE_LEVEL_ROWS", 11)
    assert fingerprint(CASE, PROTOCOL) != plain


FINGERPRINT = """
from lab.cases import Case, Protocol
from lab.store.fingerprint import fingerprint
from lab.strategies import STRATEGIES, Strategy
from imblearn import FunctionSampler
def nothing(X, y):
    return X, y
def steps(model, y, seed):
    return [("nothing", FunctionSampler(func=nothing)), ("model", model.make(seed))]
STRATEGIES["nothing"] = Strategy("nothing", "", steps)
print(fingerprint(Case("yeast_me2", "nothing", "xgboost"), Protocol()))
"""


def test_the_fingerprint_covers_the_code_and_is_the_same_in_every_process(tmp_path):
    """Processes agree, even on a step that holds a function; a changed byte of code counts."""
    copy = tmp_path / "lab"
    shutil.copytree(Path(lab.__file__).parent, copy, ignore=shutil.ignore_patterns("tests"))

    def ask_copy():
        command = [sys.executable, "-c", FINGERPRINT]
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout

    first = ask_copy()
    assert first == ask_copy()
    for name in ("report/scores.py", "comparison.py", "tracking/items.py"):
        assert (copy / name).exists()
        with (copy / name).open("a") as file:
            file.write("# no score depends on this module\n")
    assert first == ask_copy()
    with (copy / "preprocessing.py").open("a") as file:
        file.write("# every score does on this one\n")
    assert first != ask_copy()
