"""Tests of scores of predictions, and of the keys of metrics."""

from functools import partial

import numpy as np
import pytest

from lab import datasets
from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.evaluation.scoring import metric_keys, score_fold, score_predictions
from lab.metrics import METRICS, Metric
from lab.tests.helpers.examples import EUROS, TINY, mixed_dataset, valued_dataset


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


def test_amounts_are_scored_row_by_row(monkeypatch):
    """A metric of amounts equals a plain loop over the test rows, in folds and from predictions."""
    monkeypatch.setitem(METRICS, "euros", EUROS)
    data = valued_dataset(left_out=17)
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    result = evaluate(Case("mixed", "smote", "logistic_regression"), Protocol(3, 2))
    amounts = dict(zip(data.row_numbers.tolist(), data.values["amount"], strict=True))
    predictions = result.read_predictions()
    expected = [0.0] * 6
    for one in predictions.itertuples():
        if one.y_true and not one.y_pred:
            expected[one.fold] += amounts[one.row]
    assert min(expected) > 0
    assert result.scores["euros"] == pytest.approx(expected, rel=1e-12)
    assert score_predictions(predictions, METRICS, data) == result.scores
    assert list(result.scores) == list(METRICS)


@pytest.mark.parametrize(
    ("strategy", "values"),
    [("smote_before_split", True), ("raw", False)],
    ids=["synthetic", "none"],
)
def test_rows_without_amounts_have_no_such_metric(monkeypatch, strategy, values):
    """Synthetic rows are in no table, and a table may lack the column: the metric is left out."""
    monkeypatch.setitem(METRICS, "euros", EUROS)
    data = valued_dataset() if values else mixed_dataset()
    monkeypatch.setattr(datasets, "load", lambda _name: data)
    result = evaluate(Case("mixed", strategy, "logistic_regression"), Protocol(3))
    assert set(result.scores) == set(METRICS) - {"euros"}


def test_a_key_covers_the_values_that_its_metric_needs(monkeypatch):
    """Other amounts are other scores; values that no metric needs change no key."""
    monkeypatch.setitem(METRICS, "euros", EUROS)
    one, other = valued_dataset(0).values, valued_dataset(1).values
    assert metric_keys(one) == metric_keys(one.assign(more=1.0))
    before, after = metric_keys(one), metric_keys(other)
    assert {name for name in METRICS if before[name] != after[name]} == {"euros"}
    assert list(metric_keys()) == list(metric_keys(one[[]])) == list(METRICS)[:-1]


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
