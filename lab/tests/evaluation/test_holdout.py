"""Tests of the single test on a holdout."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from lab import datasets
from lab.cases import Case, Protocol, Result
from lab.datasets.dataset import Dataset
from lab.evaluation.cross_validation import evaluate
from lab.evaluation.holdout import score_holdout
from lab.evaluation.pipelines import pipeline
from lab.metrics import METRICS
from lab.tests.helpers.examples import EUROS, valued_dataset

CASE = Case("drawn", "smote", "logistic_regression")


def drawn(rows, seed, groups=None):
    """Return a dataset of two features that predict the target a little."""
    rng = np.random.default_rng(seed)
    y = (rng.random(rows) < 0.2).astype(np.int8)
    X = pd.DataFrame(rng.normal(size=(rows, 2)) + y[:, None], columns=["a", "b"])
    group = None if groups is None else pd.Series(rng.integers(0, groups, rows) * 1.0, name="who")
    return Dataset("drawn", X, y, "made up", group=group)


@pytest.fixture
def data(monkeypatch):
    """Make the evaluation load a dataset with a holdout; return it."""
    data = replace(drawn(300, 0), holdout=drawn(200, 1))
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    return data


def test_the_holdout_is_tested_by_a_fit_to_all_rows(data):
    """Its scores are those of the pipeline fitted to all rows, and folds are as without it."""
    result = evaluate(CASE, Protocol(3))
    fitted = pipeline(CASE, data, data.y, 0).fit(data.X, data.y)
    expected = roc_auc_score(data.holdout.y, fitted.predict_proba(data.holdout.X)[:, 1])
    holdout = result.holdout
    assert holdout.scores["roc_auc_score"] == pytest.approx(expected, abs=1e-12)
    low, high = holdout.intervals["roc_auc_score"]
    assert low < expected < high
    assert (holdout.rows, holdout.resampled) == (200, "rows")
    assert holdout.predictions["y_true"].tolist() == data.holdout.y.tolist()
    without = replace(data, holdout=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "load", lambda _name: without)
        assert evaluate(CASE, Protocol(3)).scores == result.scores


def test_a_test_on_a_holdout_survives_json(data):
    """Scores and intervals are the same after a result was written and read."""
    result = evaluate(CASE, Protocol(3))
    again = Result.from_json(result.to_json(), None)
    assert again.holdout == result.holdout


def test_mistakes_are_not_tested_on_a_holdout(data):
    """A deliberate mistake has no model to test."""
    assert evaluate(CASE.under("smote_before_split"), Protocol(3)).holdout is None


def test_a_holdout_is_scored_with_its_own_amounts(monkeypatch):
    """Its amounts are those of its rows; without any, only the folds have the metric."""
    monkeypatch.setitem(METRICS, "euros", EUROS)
    held_out = valued_dataset(seed=1)
    for values in (held_out.values, None):
        data = replace(valued_dataset(), holdout=replace(held_out, values=values))
        monkeypatch.setattr(datasets, "load", lambda _name, data=data: data)
        result = evaluate(Case("mixed", "raw", "logistic_regression"), Protocol(3))
        holdout = result.holdout
        assert "euros" in result.scores
        assert ("euros" in holdout.scores) is ("euros" in holdout.intervals) is (values is not None)
        if values is not None:
            rows = holdout.predictions.query("y_true == 1 and y_pred == 0")["row"]
            expected = values["amount"][rows].sum()
            assert holdout.scores["euros"] == pytest.approx(expected)
            low, high = holdout.intervals["euros"]
            assert low < expected < high


def test_groups_widen_the_interval():
    """With groups that share their scores, whole groups are resampled, and intervals are wider."""
    rng = np.random.default_rng(0)
    group = np.arange(400) // 20
    y = (rng.random(400) < 0.3).astype(np.int8)
    y_score = np.clip(0.4 + 0.2 * y + 0.3 * rng.normal(size=20)[group], 0, 1)
    widths = []
    for known in (None, pd.Series(group * 1.0, name="who")):
        held_out = Dataset("drawn", pd.DataFrame({"a": y_score}), y, "made up", group=known)
        found = score_holdout(held_out, y_score, (y_score > 0.5).astype(np.int8), 0)
        low, high = found.intervals["roc_auc_score"]
        widths.append(high - low)
    assert widths[1] > 1.5 * widths[0]


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    """In 100 draws the interval of AUC contains the true one about 95 % of the time."""
    truth = 0.7602499389065233  # of scores shifted by one standard deviation: Phi(1 / sqrt(2))
    hits = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        y = (np.arange(150) < 50).astype(np.int8)
        y_score = 1 / (1 + np.exp(-(rng.normal(size=150) + y)))
        held_out = Dataset("drawn", pd.DataFrame({"a": y_score}), y, "made up")
        found = score_holdout(held_out, y_score, (y_score > 0.5).astype(np.int8), seed)
        low, high = found.intervals["roc_auc_score"]
        hits += low <= truth <= high
    assert hits >= 89, hits
