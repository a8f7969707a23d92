"""Tests of the remarks on a session's cases."""

import numpy as np
import pandas as pd
import pytest

from lab import datasets
from lab.cases import Case, Protocol
from lab.datasets.dataset import Dataset
from lab.evaluation import evaluate
from lab.report import giveaway_lines, skipped_lines
from lab.tests.helpers.examples import TINY


def test_skipped_cases_have_a_line_for_each_reason():
    """The line has the models that a strategy does not suit, or the cases that it failed on."""
    cases = [Case(TINY, "focal_loss", model) for model in ("knn", "mlp")]
    refused = Case(TINY, "adasyn", "knn")
    why = {refused: f"{refused.id}: in a training fold all is equal"}
    assert skipped_lines([*cases, refused], Protocol(3), why) == [
        "focal_loss is skipped, for xgboost only: knn, mlp",
        f"adasyn is skipped, in a training fold all is equal: {TINY}-knn",
    ]


@pytest.fixture
def orders():
    """Return a function that evaluates a table of two informative columns and another."""

    def evaluated(other, shift=0.3):
        rng = np.random.default_rng(0)
        y = (rng.random(600) < 0.1).astype(np.int8)
        columns = {name: rng.normal(size=600) + shift * y for name in "ab"}
        X = pd.DataFrame({**columns, "other": other(rng, y)})
        datasets.remember("orders", Dataset("orders", X, y, "made up"))
        cases = [Case("orders", s, "xgboost") for s in ("raw", "smote_before_split")]
        return [evaluate(case, Protocol(3)) for case in cases]

    yield evaluated
    datasets.remember("orders", None)


@pytest.mark.parametrize(
    "other",
    [
        lambda rng, y: y + rng.normal(size=600) * 0.25,
        lambda rng, y: np.where(y == 1, rng.normal(size=600) / 40, rng.normal(size=600) * 2),
        lambda rng, y: np.where(
            y == 1, rng.random(600), np.where(rng.random(600) < 0.95, np.nan, rng.random(600))
        ),
    ],
    ids=["above", "in the middle", "filled in"],
)
def test_one_column_as_good_as_the_best_model_causes_a_warning(orders, other):
    """A column that alone ranks nearly as well as the best model is named, with both figures."""
    results = orders(other)
    (line,) = giveaway_lines(results)
    best = results[0].mean("roc_auc_score")
    assert line.startswith("WARNING: orders: 'other' alone has AUC 0.9")
    assert f", the best model {best:.3f} (raw with xgboost): is it known only after" in line
    assert line.endswith("If so, use --drop other")


def test_good_models_of_weak_columns_cause_no_warning(orders):
    """A good model without a column as good as it is no reason for a warning."""
    results = orders(lambda rng, y: rng.normal(size=600) + 2.2 * y, shift=2.5)
    assert results[0].mean("roc_auc_score") > 0.95
    assert giveaway_lines(results) == []
