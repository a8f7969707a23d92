"""Tests of the store: each case computed once, by whoever asks first, and nothing stale."""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import lab
from lab import datasets
from lab.datasets.dataset import Dataset
from lab.errors import LabError
from lab.experiment import Case, Protocol, evaluate
from lab.files import lock, slug
from lab.store import KEPT, CaseError, Store, fingerprint
from lab.strategies import STRATEGIES, Strategy
from lab.tests.examples import TINY

CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(3)


def ask(root):
    """Ask for the case in a process of its own; return its scores and seconds."""
    result = Store(root, "session", PROTOCOL).result(CASE)
    return result.scores, result.seconds


def break_evaluation(monkeypatch):
    """Make every evaluation fail."""

    def broken(case, protocol):
        raise ValueError("no such luck")

    monkeypatch.setattr("lab.experiment.evaluate", broken)


def test_processes_that_ask_at_once_share_one_computation(tmp_path):
    """Four processes get the same scores and the same measured times: one of them computed."""
    with get_context("spawn").Pool(4) as pool:
        answers = pool.map(ask, [tmp_path] * 4)
    assert answers[1:] == answers[:-1]
    assert answers[0][0] == evaluate(CASE, PROTOCOL).scores


def test_a_case_that_another_is_at_comes_last(tmp_path):
    """Of several cases those that nobody computes are computed first, the others waited for."""
    store = Store(tmp_path, "session", PROTOCOL)
    raw = CASE.under("raw")
    with ThreadPoolExecutor(1) as pool:
        with lock(store.session / f"{slug(CASE.id)}.lock"):
            asked = pool.submit(store.all_results, [CASE, raw])
            while store.find(raw) is None:
                time.sleep(0.01)
            assert store.find(CASE) is None
        assert list(asked.result(60)) == [CASE, raw]


def test_a_stored_result_is_the_computed_one(tmp_path):
    """A result read from disk equals the one computed, to the last bit."""
    stored = Store(tmp_path, "session", PROTOCOL).result(CASE)
    computed = evaluate(CASE, PROTOCOL)
    assert stored.scores == computed.scores
    assert stored.class_counts == computed.class_counts
    assert stored.params == computed.params
    search = "NearestNeighbors(algorithm='kd_tree', n_neighbors=6)"
    expected = f"SMOTE(k_neighbors={search}) | LogisticRegression()"
    assert stored.definition == computed.definition == expected
    assert stored.read_predictions().equals(computed.read_predictions())


def test_another_session_computes_anew(tmp_path, monkeypatch):
    """Without reuse, a result of an earlier session is never used."""
    Store(tmp_path, "first", PROTOCOL).result(CASE)
    break_evaluation(monkeypatch)
    with pytest.raises(ValueError, match="no such luck"):
        Store(tmp_path, "second", PROTOCOL).result(CASE)


def test_reuse_takes_what_matches(tmp_path, monkeypatch):
    """With reuse, an equal case of an earlier session is taken, and said to be reused."""
    first, second = (
        Store(tmp_path, "first", PROTOCOL),
        Store(tmp_path, "second", PROTOCOL, reuse=True),
    )
    result = first.result(CASE)
    first.close()
    break_evaluation(monkeypatch)
    assert second.result(CASE) == result
    assert (first.reused(CASE), second.reused(CASE)) == (False, True)


@pytest.mark.parametrize("suffix", [".parquet", ".png", ".json"])
@pytest.mark.parametrize("damage", [lambda content: content[:-20], lambda content: b""])
def test_reuse_computes_anew_what_is_damaged(tmp_path, suffix, damage):
    """A truncated or emptied file is not reused."""
    result = Store(tmp_path, "first", PROTOCOL).result(CASE)
    (path,) = (tmp_path / "results").rglob(f"*{suffix}")
    path.write_bytes(damage(path.read_bytes()))
    second = Store(tmp_path, "second", PROTOCOL, reuse=True)
    assert second.result(CASE).scores == result.scores
    assert not second.reused(CASE)


def test_a_folder_deleted_during_an_evaluation_costs_nothing(tmp_path, monkeypatch):
    """If the store's folder goes while a case is evaluated, its result is stored all the same."""

    def deleting(case, protocol):
        shutil.rmtree(tmp_path / "store")
        return evaluate(case, protocol)

    monkeypatch.setattr("lab.experiment.evaluate", deleting)
    store = Store(tmp_path / "store", "session", PROTOCOL)
    result = store.result(CASE)
    assert store.find(CASE) == result
    assert not result.read_predictions().empty


def test_an_error_is_stored_for_those_who_ask_later(tmp_path, monkeypatch):
    """After a failed evaluation others fail at once, with the case and the cause in a sentence."""
    store = Store(tmp_path, "session", PROTOCOL)
    break_evaluation(monkeypatch)
    with pytest.raises(ValueError, match="no such luck"):
        store.result(CASE)
    monkeypatch.undo()
    with pytest.raises(CaseError, match=r"smote.* could not be evaluated: ValueError: no such"):
        store.result(CASE)
    assert issubclass(CaseError, LabError)


def test_a_session_lists_its_results_and_can_be_forgotten(tmp_path):
    """A session knows the results it has; once closed, its results stay for others."""
    store = Store(tmp_path, "session", PROTOCOL)
    store.result(CASE)
    assert [result.case for result in store.session_results()] == [CASE]
    assert set(store.artifacts(CASE)) == {"predictions.parquet", "curves.png"}
    store.close()
    assert store.find(CASE) is None
    assert len(list((tmp_path / "results").rglob("*.parquet"))) == 1


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
        context.setattr("lab.store.versions", lambda _model: {"scikit-learn": "0.1"})
        assert fingerprint(CASE, PROTOCOL) != plain
    monkeypatch.setattr("lab.preprocessing.RARE_LEVEL_ROWS", 11)
    assert fingerprint(CASE, PROTOCOL) != plain


FINGERPRINT = """
from lab.experiment import Case, Protocol
from lab.files import lock, slug
from lab.store import fingerprint
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


def test_a_case_whose_process_died_is_not_tried_again(tmp_path):
    """After a process died evaluating a case, others fail at once and say so."""
    store = Store(tmp_path, "session", PROTOCOL)
    code = (
        "import os, sys; from pathlib import Path; from lab import experiment\n"
        "from lab.tests.test_store import *\n"
        "experiment.evaluate = lambda *_: os._exit(9)\n"
        "Store(Path(sys.argv[1]), 'session', PROTOCOL).result(CASE)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == 9
    for _ in range(2):
        with pytest.raises(CaseError, match="the process that evaluated it died"):
            store.result(CASE)


def test_old_results_are_pruned(tmp_path, monkeypatch):
    """Only the newest results of a case are kept, each with all its files."""
    for version in range(KEPT + 3):
        monkeypatch.setattr(
            "lab.store.versions", lambda _model, version=version: {"numpy": version}
        )
        Store(tmp_path, f"session-{version}", PROTOCOL).result(CASE)
    for suffix in ("json", "parquet", "png"):
        assert len(list((tmp_path / "results").rglob(f"*.{suffix}"))) == KEPT


def test_records_are_json_and_hold_no_pickle(tmp_path):
    """What is stored can be read without running any code."""
    Store(tmp_path, "session", PROTOCOL).result(CASE)
    (record,) = (tmp_path / "results").rglob("*.json")
    assert json.loads(record.read_bytes())["result"]["case"]["strategy"] == "smote"
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {
        ".json",
        ".lock",
        ".parquet",
        ".png",
    }


def test_a_strategy_that_cannot_be_made_fails_once(tmp_path, monkeypatch):
    """An error of a strategy's own steps is kept for those who ask later, like that of a fit."""

    class Steps:
        def __call__(self, model, y, seed):
            raise TypeError("no such sampler")

    monkeypatch.setitem(STRATEGIES, "broken", Strategy("broken", "", Steps()))
    store, case = Store(tmp_path, "session", PROTOCOL), CASE.under("broken")
    with pytest.raises(TypeError, match="no such sampler"):
        store.result(case)
    with pytest.raises(CaseError, match=r"broken.*could not be evaluated: TypeError: no such"):
        store.result(case)
