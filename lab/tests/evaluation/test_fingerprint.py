"""Tests of the key of a case's fits, and of the code that keys cover."""

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lab import datasets
from lab.cases import Case, Protocol
from lab.datasets.dataset import Dataset
from lab.evaluation.fingerprint import fingerprint
from lab.evaluation.source_code import LAB, WITHOUT_FITS, fitting_modules
from lab.metrics import METRICS, Metric
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import TINY, mixed_dataset

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
        context.setattr(
            "lab.evaluation.fingerprint.versions", lambda _model: {"scikit-learn": "0.1"}
        )
        assert fingerprint(CASE, PROTOCOL) != plain
    monkeypatch.setattr("lab.strategies.preprocessing.RARE_LEVEL_ROWS", 11)
    assert fingerprint(CASE, PROTOCOL) != plain


# A program that prints the keys of the lab that it imports, once for each line that it reads.
KEYS = """
import sys
from lab.cases import Case, Protocol
from lab.evaluation import fingerprint, scoring, source_code
from lab.strategies import STRATEGIES, Strategy
from imblearn import FunctionSampler
def nothing(X, y):
    return X, y
def steps(model, y, seed):
    return [("nothing", FunctionSampler(func=nothing)), ("model", model.make(seed))]
STRATEGIES["nothing"] = Strategy("nothing", "", steps)
def keys():
    for strategy in ("nothing", "threshold"):
        yield fingerprint.fingerprint(Case("yeast_me2", strategy, "xgboost"), Protocol())
    yield scoring.metric_keys()["recall"]
    yield source_code.drawing_code()
for _ in sys.stdin:
    print(*keys(), flush=True)
    # A process reads the code once, but importing the libraries again would take seconds.
    for module in (fingerprint, scoring, source_code):
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()
"""
NOTHING, THRESHOLD, METRIC, PICTURE = range(4)


def start(folder):
    """Start the program with the copy of the lab in a folder."""
    return subprocess.Popen(
        [sys.executable, "-c", KEYS],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(process):
    """Return the keys that the program prints."""
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().split()


def test_keys_cover_the_code_that_they_depend_on(tmp_path):
    """Fits, scores and pictures each have a key that changes with their own code only.

    Keys are the same in every process, even for a step that holds a function.
    """
    copy = tmp_path / "lab"
    shutil.copytree(LAB, copy, ignore=shutil.ignore_patterns("tests"))
    with start(tmp_path) as one, start(tmp_path) as other:
        before, again = ask(one), ask(other)
        assert before == again
        assert len(before) == 4
        for name, changed in (
            ("report/__init__.py", set()),
            ("evaluation/figures.py", {PICTURE}),
            ("metrics/calibration.py", {METRIC, PICTURE}),
            ("metrics/predictions.py", {THRESHOLD, METRIC, PICTURE}),
            ("strategies/preprocessing.py", {NOTHING, THRESHOLD}),
        ):
            with (copy / name).open("a") as file:
                file.write("# a change\n")
            after = ask(one)
            assert {i for i in range(4) if after[i] != before[i]} == changed, name
            before = after


def test_a_user_s_strategy_may_fit_with_any_metric(monkeypatch):
    """The key of a case with code of a user's own covers the code of all metrics."""
    monkeypatch.setitem(STRATEGIES, "own", replace(STRATEGIES["raw"], name="own"))
    monkeypatch.setitem(STRATEGIES.files, "own", __file__)
    plain = fingerprint(CASE.under("own"), PROTOCOL)
    monkeypatch.setattr("lab.evaluation.fingerprint.scoring_code", lambda: "changed")
    assert fingerprint(CASE.under("own"), PROTOCOL) != plain


@pytest.mark.parametrize("name", sorted(WITHOUT_FITS))
def test_code_without_fits_exists(name):
    """Each entry is a package or a module of the lab."""
    assert (LAB / name).is_dir() or (LAB / f"{name}.py").is_file()


def imports_of(path):
    """Yield the modules of the lab that a module imports when it runs, as paths."""
    tree = ast.parse(path.read_text())
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in typing_only:
            base = (node.module or "").split(".")
            if base[0] == "lab":
                for alias in node.names:
                    yield "/".join([*base[1:], alias.name])


def test_another_holdout_or_metric_is_another_key(monkeypatch):
    """Scores on a holdout are stored with the fits: its rows and all metrics are in their key."""
    data = mixed_dataset()
    held_out = replace(data, y=data.y[::-1].copy())
    case = Case("mixed", "raw", "logistic_regression")
    keys = []
    for holdout in (None, data, held_out):
        one = replace(data, holdout=holdout)
        monkeypatch.setattr(datasets, "load", lambda _name, one=one: one)
        keys.append(fingerprint(case, PROTOCOL))
    monkeypatch.setitem(METRICS, "mine", Metric("mine", "mine", "Mine.", lambda _found: 0.0))
    keys.append(fingerprint(case, PROTOCOL))
    assert len(set(keys)) == 4


def valued(amount, name="amount"):
    """Return a dataset with a value column."""
    data = mixed_dataset()
    return replace(data, values=pd.DataFrame({name: np.full(data.rows, amount)}))


def test_values_are_in_the_key_only_of_a_holdout(monkeypatch):
    """Other values need no other fits; a holdout's scores are stored, so its values count."""
    metric = Metric("euros", "euros", "Euros.", lambda _found: 0.0, columns=("amount",))
    case = Case("mixed", "raw", "logistic_regression")

    def keys(*found):
        for data in found:
            monkeypatch.setattr(datasets, "load", lambda _name, data=data: data)
            yield fingerprint(case, PROTOCOL)

    plain = [mixed_dataset(), valued(1.0), valued(2.0), valued(1.0, "other")]
    plain.append(replace(valued(1.0), value_notes=("a note",)))
    held_out = [replace(mixed_dataset(), holdout=data) for data in plain]
    assert len(set(keys(*plain))) == len(set(keys(*held_out))) == 1
    monkeypatch.setitem(METRICS, "euros", metric)
    assert len(set(keys(*plain))) == 1
    assert len(set(keys(*held_out))) == 3


def test_no_fit_depends_on_code_without_fits():
    """Code in the key imports none that is not, but for scores, pictures, messages, and the F1.

    The F1 is in the key of the cases that tune a threshold for it, and metrics are in that of those
    with a holdout, whose scores are stored. Datasets ask metrics which value columns they need.
    """
    found = set()
    for path in fitting_modules():
        own = path.with_suffix("").as_posix()
        for name in imports_of(LAB / path):
            excluded = [one for one in WITHOUT_FITS if name == one or name.startswith(f"{one}/")]
            found |= {(own, one) for one in excluded if one != "wording"}
    assert found == {
        ("datasets/dataset", "metrics"),
        ("evaluation/cross_validation", "evaluation/holdout"),
        ("evaluation/cross_validation", "evaluation/scoring"),
        ("evaluation/fingerprint", "evaluation/scoring"),
        ("evaluation/fingerprint", "metrics"),
        ("evaluation/fitting", "metrics"),
    }
