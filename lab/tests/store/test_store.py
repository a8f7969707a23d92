"""Tests of the store: each case computed once, by whoever asks first, and nothing stale."""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context

import pytest

from lab.cases import Case, Protocol
from lab.errors import LabError
from lab.evaluation import evaluate
from lab.files import lock, slug
from lab.store.result_files import KEPT
from lab.store.store import CaseError, Store, StoreError
from lab.strategies import STRATEGIES, Strategy
from lab.tests.helpers.examples import TINY

# What may become of a file.
DAMAGES = [
    lambda content: content[:-20],
    lambda content: b"",
    lambda content: content[:99] + bytes([content[99] ^ 1]) + content[100:],
    lambda content: b'{"result": {"case": {}}}',
]
CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(3)


def ask(root):
    """Ask for the case in a process of its own; return its scores and seconds."""
    result = Store(root, "session", PROTOCOL).result(CASE)
    return result.scores, result.seconds


def break_evaluation(monkeypatch):
    """Make every evaluation fail."""

    def broken(case, protocol, *more):
        raise ValueError("no such luck")

    monkeypatch.setattr("lab.evaluation.cross_validation.evaluate", broken)


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
@pytest.mark.parametrize("damage", [*DAMAGES, None])
def test_reuse_computes_anew_what_is_damaged(tmp_path, suffix, damage):
    """A file that is truncated, emptied, of a flipped bit, foreign or gone is not reused.

    It is set aside, and the session can say so; a record that is gone is a result that is none.
    """
    result = Store(tmp_path, "first", PROTOCOL).result(CASE)
    (path,) = (tmp_path / "results").rglob(f"*{suffix}")
    if damage:
        path.write_bytes(damage(path.read_bytes()))
        broken = path.read_bytes()
    else:
        path.unlink()
    second = Store(tmp_path, "second", PROTOCOL, reuse=True)
    assert second.result(CASE).scores == result.scores
    assert not second.reused(CASE)
    aside = path.parent / "damaged" / path.name
    if damage:
        assert second.damages() == [f"{path} is not what was written"]
        assert aside.read_bytes() == broken
    elif suffix != ".json":
        assert second.damages() == [f"{path} cannot be read: No such file or directory"]
    third = Store(tmp_path, "third", PROTOCOL, reuse=True)
    assert third.result(CASE).scores == result.scores
    assert third.reused(CASE)
    assert third.damages() == []


def test_a_folder_deleted_during_an_evaluation_costs_nothing(tmp_path, monkeypatch):
    """If the store's folder goes while a case is evaluated, its result is stored all the same."""

    def deleting(case, protocol, *more):
        shutil.rmtree(tmp_path / "store")
        return evaluate(case, protocol, *more)

    monkeypatch.setattr("lab.evaluation.cross_validation.evaluate", deleting)
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


def test_a_case_whose_process_died_is_not_tried_again(tmp_path):
    """After a process died evaluating a case, others fail at once and say so."""
    store = Store(tmp_path, "session", PROTOCOL)
    code = (
        "import os, sys; from pathlib import Path; from lab import evaluation\n"
        "from lab.tests.store.test_store import *\n"
        "evaluation.evaluate = lambda *_: os._exit(9)\n"
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
            "lab.store.fingerprint.versions", lambda _model, version=version: {"numpy": version}
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


def test_a_session_s_folder_goes_with_its_owner(tmp_path):
    """What a killed session leaves, tables of the user's among it, goes when the next one closes.

    That of one which lives stays.
    """
    code = (
        "import os, sys; from pathlib import Path; from lab.tests.store.test_store import *\n"
        "store = Store(Path(sys.argv[1]), 'killed', PROTOCOL); store.hold()\n"
        "store.data.mkdir(); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert (tmp_path / "sessions" / "killed" / "data").is_dir()
    living, next_one = (Store(tmp_path, name, PROTOCOL) for name in ("living", "next"))
    living.hold()
    next_one.hold()
    next_one.close()
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == ["living"]
    living.close()


@pytest.fixture
def full_disk(tmp_path):
    """Yield a folder on a disk of 128 kB, and a function that fills it."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")

    def fill():
        with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    yield folder, fill
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_a_sentence(full_disk, monkeypatch):
    """What cannot be stored is said before it is evaluated; what was there stays."""
    folder, fill = full_disk
    store = Store(folder / "store", "session", PROTOCOL)
    raw = store.result(CASE.under("raw"))
    fill()
    break_evaluation(monkeypatch)
    with pytest.raises(StoreError, match=f"^{CASE.id} cannot be kept in .*full"):
        store.result(CASE)
    assert store.find(CASE.under("raw")) == raw
    assert not raw.read_predictions().empty


def test_a_disk_that_fills_leaves_nothing_half_written(full_disk, monkeypatch):
    """A result that cannot be stored is evaluated once, and whoever asks is told why."""
    folder, fill = full_disk

    def filling(case, protocol, *more):
        fill()
        return evaluate(case, protocol, *more)

    monkeypatch.setattr("lab.evaluation.cross_validation.evaluate", filling)
    store = Store(folder / "store", "session", PROTOCOL)
    with pytest.raises(StoreError, match=f"^{CASE.id} cannot be kept in .*: No space left"):
        store.result(CASE)
    break_evaluation(monkeypatch)
    with pytest.raises(CaseError, match="No space left on device"):
        store.result(CASE)
    assert [path for path in (folder / "store" / "results").rglob("*") if path.is_file()] == []


def test_a_folder_that_is_none_is_a_sentence(tmp_path):
    """Where no folder can be made the session does not begin."""
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match=r"the session cannot be kept in .*store"):
        Store(tmp_path / "store", "session", PROTOCOL).hold()
