"""Tests of scores of predictions, and of the keys of metrics."""

from functools import partial

import numpy as np
import pytest

from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.evaluation.scoring import metric_keys, score_fold, score_predictions
from lab.metrics import METRICS, Metric
from lab.tests.helpers.examples import TINY


def above(predictions, cutoff):
    """Return the share of rows above a cutoff."""
    return (predictions.y_score > cutoff).mean()


def test_chosen_metrics_equal_all_metrics():
    """A metric scores the same whether it is computed alone or with all others."""
    rng = np.random.default_rng(0)
    y_true, y_pred = (rng.integers(0, 2, 50).astype(np.int8) for _ in "12")
    y_score = rng.random(50)
    every = score_fold(y_true, y_pred, y_score)
    assert list(every) == list(METRICS)
    for name, expected in every.items():
        assert score_fold(y_true, y_pred, y_score, [name]) == {name: expected}


def test_predictions_are_scored_by_fold():
    """The scores of out-of-fold predictions are those of the cross-validation, fold by fold."""
    result = evaluate(Case(TINY, "raw", "random_forest"), Protocol(3, 2))
    assert score_predictions(result.read_predictions(), METRICS) == result.scores


def test_equal_definitions_have_equal_keys():
    """Keys do not change from call to call, and there is one for each metric."""
    assert metric_keys() == metric_keys()
    assert list(metric_keys()) == list(METRICS)


def test_a_bound_parameter_is_part_of_the_key(monkeypatch):
    """The same function with another parameter is another metric."""
    found = set()
    for cutoff in (0.1, 0.2):
        metric = Metric("above", "above", "", partial(above, cutoff=cutoff))
        monkeypatch.setitem(METRICS, "above", metric)
        found.add(metric_keys()["above"])
    assert len(found) == 2


def test_descriptions_are_not_part_of_the_key(monkeypatch):
    """A metric with another title or tolerance scores the same."""
    found = set()
    for title in ("a", "b"):
        monkeypatch.setitem(METRICS, "above", Metric("above", title, title, above))
        found.add(metric_keys()["above"])
    assert len(found) == 1


@pytest.mark.parametrize("function", [np.mean, np.add.reduce, min])
def test_functions_without_a_file_have_a_key(monkeypatch, function):
    """Built-in functions, and methods of objects, do as well."""
    monkeypatch.setitem(METRICS, "own", Metric("own", "own", "", function))
    assert len(metric_keys()["own"]) == 32
