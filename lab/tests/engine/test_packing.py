"""Tests of results as the store keeps them, and of scores computed without a fit."""

import importlib.util
import sys
from dataclasses import replace

import pytest

from lab import datasets
from lab.cases import Case, Protocol
from lab.engine.packing import pack, update
from lab.evaluation import evaluate
from lab.metrics import METRICS, Metric
from lab.store.result_files import StoredResult
from lab.tests.helpers.examples import (
    COUNT,
    EUROS,
    METRIC,
    TINY,
    mixed_dataset,
    plugin,
    scores,
    valued_dataset,
)

CASE = Case(TINY, "smote", "logistic_regression")
PROTOCOL = Protocol(3)
OWN = """
def share(predictions):
    return predictions.y_pred.mean() * {factor}
"""


def alarms(predictions):
    """Return the share of alarms."""
    return predictions.y_pred.mean()


ALARMS = Metric("alarms", "alarms", "The share of alarms.", alarms)


@pytest.fixture(scope="module")
def packed():
    """Return a result ready to be stored."""
    return pack(evaluate(CASE, PROTOCOL), "key")


@pytest.fixture(scope="module")
def shares():
    """Return the share of alarms in each fold."""
    predictions = evaluate(CASE, PROTOCOL).read_predictions()
    return predictions.groupby("fold")["y_pred"].mean().to_list()


@pytest.fixture
def computed(monkeypatch):
    """Return the set of metrics that are computed in the test."""
    names, call = set(), Metric.__call__

    def noting(self, *arrays):
        names.add(self.name)
        return call(self, *arrays)

    monkeypatch.setattr(Metric, "__call__", noting)
    return names


def test_an_up_to_date_result_is_returned_as_it_is(packed, computed):
    """Without a change of metrics or pictures, nothing is computed."""
    assert update(packed) is packed
    assert computed == set()


@pytest.mark.parametrize(
    ("strategy", "model"),
    [
        ("raw", "logistic_regression"),
        ("threshold_cost", "logistic_regression"),  # decisions at another threshold
        ("raw", "dummy"),  # all scores are equal
        ("raw", "decision_tree"),  # scores are 0 or 1
        ("raw", "knn"),  # many scores are equal
        ("raw", "xgboost"),  # scores are 32-bit floats
        ("raw", "linear_svm"),  # scores are calibrated
        ("balanced_bagging", "decision_tree"),  # scores are averages
        ("smote_before_split", "logistic_regression"),  # rows that the data do not have
    ],
)
def test_rescoring_gives_the_same_bits(monkeypatch, tmp_path, strategy, model):
    """Scores and pictures from stored predictions equal those of the cross-validation.

    They depend on predictions alone: each kind of prediction is among the cases.
    """
    monkeypatch.setattr(datasets, "load", lambda _name: mixed_dataset())
    fresh = pack(evaluate(Case("mixed", strategy, model), Protocol(2, 2)), "key")
    stored = StoredResult(tmp_path / "stored")
    stored.write(fresh)
    read = stored.read()
    assert update(read) is read
    old = replace(read.facts, metric_keys=dict.fromkeys(METRICS, "old"), picture_key="old")
    again = update(replace(read, facts=old))
    assert again.facts == fresh.facts
    assert again.files == fresh.files


def test_only_a_new_metric_is_computed(monkeypatch, packed, shares, computed):
    """Its scores are added. All other scores and all files stay as they are."""
    monkeypatch.setitem(METRICS, "alarms", ALARMS)
    found = update(packed)
    assert computed == {"alarms"}
    scores = dict(found.facts.result.scores)
    assert scores.pop("alarms") == shares
    assert scores == packed.facts.result.scores
    assert found.files is packed.files
    assert list(found.facts.metric_keys) == list(METRICS)
    assert update(found) is found


def test_a_metric_of_amounts_follows_the_values(monkeypatch, computed):
    """It is computed without a fit when it is new or amounts changed, to the last bit."""
    case = Case("mixed", "raw", "logistic_regression")
    data, other = valued_dataset(0, left_out=9), valued_dataset(1, left_out=9)
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    before = pack(evaluate(case, PROTOCOL), "key")
    monkeypatch.setitem(METRICS, "euros", EUROS)
    fresh = pack(evaluate(case, PROTOCOL), "key")
    found = update(before)
    assert computed == {"euros"}
    assert found.facts.result.scores == fresh.facts.result.scores
    assert found.facts.metric_keys == fresh.facts.metric_keys
    monkeypatch.setattr(datasets, "load", lambda _name: other)
    moved = update(found)
    assert moved.facts.result.scores == evaluate(case, PROTOCOL).scores
    assert moved.facts.result.scores["euros"] != found.facts.result.scores["euros"]
    assert update(moved) is moved
    monkeypatch.setattr(datasets, "load", lambda _name: replace(data, values=None))
    assert update(moved).facts == before.facts


def test_a_removed_metric_disappears(monkeypatch, packed):
    """Scores of a metric that no longer exists are left out."""
    with monkeypatch.context() as patch:
        patch.setitem(METRICS, "alarms", ALARMS)
        more = update(packed)
        assert "alarms" in more.facts.result.scores
    assert update(more).facts == packed.facts


def test_a_metric_with_changed_code_is_computed_again(
    monkeypatch, tmp_path, packed, shares, computed
):
    """The key of a user's metric covers the file that defines it."""
    found = packed
    for factor in (1, 2):
        path = tmp_path / "own.py"
        path.write_text(OWN.format(factor=factor))
        spec = importlib.util.spec_from_file_location("own", path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "own", module)
        exec(path.read_text(), vars(module))  # noqa: S102 (a cache would miss a quick change)
        monkeypatch.setitem(METRICS, "own", Metric("own", "own", "", module.share))
        computed.clear()
        found = update(found)
        assert computed == {"own"}
        assert found.facts.result.scores["own"] == [factor * share for share in shares]
        assert update(found) is found


def test_a_changed_picture_is_drawn_without_rescoring(monkeypatch, packed, computed):
    """If only the code of curves or pictures changed, no score is computed."""
    old = replace(packed, facts=replace(packed.facts, picture_key="old", curves={}))
    found = update(replace(old, files=packed.files | {".png": b""}))
    assert found.facts == packed.facts
    assert found.files == packed.files
    assert computed == set()


def test_a_session_adds_a_metric_without_a_fit(scratch):
    """With --reuse, a new metric is logged for stored results, and later changed with its code."""
    count = {"COUNT": str(scratch.root / "count")}
    options = ("-n", "0", "--dataset", TINY, "--model", "decision_tree", "-k", "test_case")
    options = (*options, "--reuse", *plugin(scratch, COUNT))
    before = scratch.run(*options, env=count)
    assert before.returncode == 0, before.stdout
    plain = scores(scratch.runs())
    assert len((scratch.root / "count").read_text().split()) == len(plain) == 3
    path = scratch.root / "own.py"
    found = []
    for factor in ("1", "2"):
        path.write_text(METRIC.replace("float(", f"{factor} * float("))
        done = scratch.run(*options, "--plugin", "own.py", env=count)
        assert done.returncode == 0, done.stdout
        found.append(scores(scratch.runs()))
    assert len((scratch.root / "count").read_text().split()) == 3
    for case, metrics in plain.items():
        once, twice = (one[case] for one in found)
        assert twice["alarms"] == 2 * once["alarms"] > 0
        for one in (once, twice):
            assert {n: value for n, value in one.items() if "alarms" not in n} == metrics
