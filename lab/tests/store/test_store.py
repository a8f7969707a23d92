"""Tests of the store: each case is computed once, and no result is out of date."""

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lab.cases import Case, Protocol
from lab.engine import Local
from lab.errors import LabError
from lab.evaluation import evaluate
from lab.metrics import METRICS, Metric
from lab.store import CaseError, StoreError
from lab.store.result_files import KEPT
from lab.strategies import STRATEGIES, Strategy
from lab.tests.helpers.examples import TINY, make_store

# Ways to corrupt a file.
DAMAGES = [
    lambda content: content[:-20],
    lambda content: b"",
    lambda content: content[:99] + bytes([content[99] ^ 1]) + content[100:],
    lambda content: b'{"result": {"case": {}}}',
]
CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(3)


class Broken(Local):
    """An engine whose every evaluation fails."""

    def evaluate(self, case):
        """Fail."""
        raise ValueError("no such luck")


class Idle(Broken):
    """An engine that has nothing to bring up to date."""

    def update(self, packed):
        """Check that nothing changes."""
        updated = super().update(packed)
        assert updated is packed
        return updated


class Dying(Local):
    """An engine whose process dies evaluating a case."""

    def evaluate(self, case):
        """Die."""
        os._exit(9)


# Programs that are given the folder of the store.
ASK = """
import json, sys; from pathlib import Path; from lab.tests.store.test_store import *
result = make_store(Path(sys.argv[1])).result(CASE)
print(json.dumps([result.scores, result.seconds]))
"""
DIE = """
import sys; from pathlib import Path; from lab.tests.store.test_store import *
make_store(Path(sys.argv[1]), engine=Dying).result(CASE)
"""
KILLED = """
import os, sys; from pathlib import Path; from lab.tests.store.test_store import *
store = make_store(Path(sys.argv[1]), "killed"); store.acquire()
store.data.mkdir(); os.kill(os.getpid(), 9)
"""


def test_processes_that_ask_at_once_share_one_computation(tmp_path, program):
    """Four processes get the same scores and measured times: one of them computed the case."""
    asking = [program(ASK, tmp_path) for _ in range(4)]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in asking]
    assert answers[1:] == answers[:-1]
    assert answers[0][0] == evaluate(CASE, PROTOCOL).scores


def test_a_case_that_another_process_evaluates_comes_last(tmp_path):
    """Of several cases, those that no process evaluates are computed first."""
    store = make_store(tmp_path)
    raw = CASE.under("raw")
    with ThreadPoolExecutor(1) as pool:
        with store.folder.lock(CASE):
            asked = pool.submit(store.all_results, [CASE, raw])
            while store.find(raw) is None:
                time.sleep(0.01)
            assert store.find(CASE) is None
        assert list(asked.result(60)) == [CASE, raw]


def test_a_stored_result_equals_the_computed_one(tmp_path):
    """A result read from disk equals the computed one to the last bit."""
    stored = make_store(tmp_path).result(CASE)
    computed = evaluate(CASE, PROTOCOL)
    assert stored.scores == computed.scores
    assert stored.class_counts == computed.class_counts
    assert stored.params == computed.params
    search = "NearestNeighbors(algorithm='kd_tree', n_neighbors=6)"
    expected = f"SMOTE(k_neighbors={search}) | LogisticRegression()"
    assert stored.definition == computed.definition == expected
    assert stored.read_predictions().equals(computed.read_predictions())


def test_another_session_computes_again(tmp_path):
    """Without reuse, a result of an earlier session is never used."""
    make_store(tmp_path, "first").result(CASE)
    with pytest.raises(ValueError, match="no such luck"):
        make_store(tmp_path, "second", engine=Broken).result(CASE)


def test_a_matching_result_is_reused(tmp_path):
    """With reuse, an equal case of an earlier session is not evaluated, and counts as reused."""
    first = make_store(tmp_path, "first")
    second = make_store(tmp_path, "second", engine=Broken, reuse=True)
    assert not second.is_stored(CASE)
    result = first.result(CASE)
    assert (first.reused(CASE), second.reused(CASE)) == (False, False)
    first.close()
    assert second.is_stored(CASE)
    assert second.result(CASE) == result
    assert second.reused(CASE)


def test_a_new_metric_costs_no_fit(tmp_path, monkeypatch):
    """A reused result has the scores of today's metrics, and is stored with them."""
    first = make_store(tmp_path, "first").result(CASE)
    metric = Metric("alarms", "alarms", "", lambda predictions: predictions.y_pred.mean())
    monkeypatch.setitem(METRICS, "alarms", metric)
    second = make_store(tmp_path, "second", engine=Broken, reuse=True)
    found = second.result(CASE)
    assert second.reused(CASE)
    scores = dict(found.scores)
    shares = first.read_predictions().groupby("fold")["y_pred"].mean()
    assert scores.pop("alarms") == shares.to_list()
    assert replace(found, scores=scores) == first
    assert found.read_predictions().equals(first.read_predictions())
    third = make_store(tmp_path, "third", engine=Idle, reuse=True)
    assert third.result(CASE) == found
    monkeypatch.delitem(METRICS, "alarms")
    assert make_store(tmp_path, "fourth", engine=Broken, reuse=True).result(CASE) == first


@pytest.mark.parametrize("suffix", [".parquet", ".png", ".json"])
@pytest.mark.parametrize("damage", [*DAMAGES, None])
def test_a_corrupted_result_is_computed_again(tmp_path, suffix, damage):
    """A file that is truncated, empty, foreign, missing or has a flipped bit is not reused.

    It is set aside and reported. Without its facts, a result does not exist.
    """
    result = make_store(tmp_path, "first").result(CASE)
    (path,) = (tmp_path / "results").rglob(f"*{suffix}")
    if damage:
        path.write_bytes(damage(path.read_bytes()))
        broken = path.read_bytes()
    else:
        path.unlink()
    second = make_store(tmp_path, "second", reuse=True)
    assert second.result(CASE).scores == result.scores
    assert not second.reused(CASE)
    aside = path.parent / "damaged" / path.name
    if damage:
        assert second.damages() == [f"{path} is corrupted (checksum mismatch)"]
        assert aside.read_bytes() == broken
    elif suffix != ".json":
        assert second.damages() == [f"{path} cannot be read: No such file or directory"]
    third = make_store(tmp_path, "third", reuse=True)
    assert third.result(CASE).scores == result.scores
    assert third.reused(CASE)
    assert third.damages() == []


def test_a_folder_deleted_during_an_evaluation_costs_nothing(tmp_path):
    """If the store's folder is deleted during an evaluation, the result is stored all the same."""

    class Deleting(Local):
        def evaluate(self, case):
            shutil.rmtree(tmp_path / "store")
            return super().evaluate(case)

    store = make_store(tmp_path / "store", engine=Deleting)
    result = store.result(CASE)
    assert store.find(CASE).result == result
    assert not result.read_predictions().empty


def test_an_error_is_stored_for_later_tests(tmp_path):
    """After a failed evaluation, others fail at once, with the case and the cause."""
    with pytest.raises(ValueError, match="no such luck"):
        make_store(tmp_path, engine=Broken).result(CASE)
    with pytest.raises(CaseError, match=r"smote.* could not be evaluated: ValueError: no such"):
        make_store(tmp_path).result(CASE)
    assert issubclass(CaseError, LabError)


def test_a_closed_session_leaves_its_results(tmp_path):
    """A session knows the results that it has. Once closed, its results stay for others."""
    store = make_store(tmp_path)
    store.result(CASE)
    assert [result.case for result in store.session_results()] == [CASE]
    assert set(store.find(CASE).artifacts) == {"predictions.parquet", "curves.png"}
    assert len(store.curves(CASE)["precision"]) == 51
    store.close()
    assert store.find(CASE) is None
    assert len(list((tmp_path / "results").rglob("*.parquet"))) == 1


def test_a_case_whose_process_died_is_not_tried_again(tmp_path, program):
    """After a process died evaluating a case, others fail at once and say so."""
    store = make_store(tmp_path)
    process = program(DIE, tmp_path)
    process.communicate(timeout=120)
    assert process.returncode == 9
    for _ in range(2):
        with pytest.raises(CaseError, match="the process that evaluated it died"):
            store.result(CASE)


def test_old_results_are_pruned(tmp_path, monkeypatch):
    """Only the newest results of a case are kept, each with all its files."""
    for version in range(KEPT + 3):
        monkeypatch.setattr(
            "lab.evaluation.fingerprint.versions",
            lambda _model, version=version: {"numpy": version},
        )
        make_store(tmp_path, f"session-{version}").result(CASE)
    for suffix in ("json", "parquet", "png"):
        assert len(list((tmp_path / "results").rglob(f"*.{suffix}"))) == KEPT


def test_nothing_stored_is_a_pickle(tmp_path):
    """Stored results can be read without running code."""
    make_store(tmp_path).result(CASE)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {
        ".json",
        ".lock",
        ".parquet",
        ".png",
    }


def test_a_strategy_that_cannot_be_made_fails_once(tmp_path, monkeypatch):
    """An error of a strategy's own steps is stored like that of a fit."""

    class Steps:
        def __call__(self, model, y, seed):
            raise TypeError("no such sampler")

    monkeypatch.setitem(STRATEGIES, "broken", Strategy("broken", "", Steps()))
    store, case = make_store(tmp_path), CASE.under("broken")
    with pytest.raises(TypeError, match="no such sampler"):
        store.result(case)
    with pytest.raises(CaseError, match=r"broken.*could not be evaluated: TypeError: no such"):
        store.result(case)


def test_a_session_s_folder_goes_with_its_owner(tmp_path, program):
    """The folder of a killed session, with the user's tables, goes when the next session closes.

    That of a running session stays.
    """
    program(KILLED, tmp_path).communicate(timeout=120)
    assert (tmp_path / "sessions" / "killed" / "data").is_dir()
    living, next_one = (make_store(tmp_path, name) for name in ("living", "next"))
    living.acquire()
    next_one.acquire()
    next_one.close()
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == ["living"]
    living.close()


def test_a_store_that_is_not_a_folder_is_reported(tmp_path):
    """Where the folder cannot be created, the session does not start."""
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match=r"the session cannot be stored in .*store"):
        make_store(tmp_path / "store").acquire()
