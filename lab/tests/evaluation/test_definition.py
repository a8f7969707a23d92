"""Tests of the definition of a case."""

from functools import partial

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

from lab.cases import Case
from lab.evaluation.definition import definition, named, params
from lab.evaluation.pipelines import pipeline
from lab.tests.helpers.examples import PAIRS, mixed_dataset

DATA = mixed_dataset()
FIXED = (
    "FixedThresholdClassifier(estimator=XGBClassifier(), response_method='predict_proba', "
    "threshold=0.09090909090909091)"
)
CORRECTED = (
    "PriorCorrectedClassifier(estimator=LogisticRegression(class_weight='balanced'), weight=7.0)"
)


def of(strategy, model="logistic_regression", seed=0):
    """Return the pipeline of a case on mixed data."""
    return pipeline(Case("mixed", strategy, model), DATA, DATA.y, seed)


@pytest.mark.parametrize(
    ("strategy", "model", "text"),
    [
        ("raw", "xgboost", "XGBClassifier()"),
        (
            "threshold_cost",
            "xgboost",
            FIXED,
        ),
        (
            "class_weight_prior_corrected",
            "logistic_regression",
            CORRECTED,
        ),
        ("raw", "linear_svm", "LinearSVM()"),
    ],
)
def test_a_definition_is_recursive(strategy, model, text):
    """Nested estimators are named with those parameters that are not defaults."""
    assert definition(of(strategy, model)) == text


@pytest.mark.parametrize(("strategy", "model"), PAIRS)
def test_a_definition_is_one_line_without_addresses_or_defaults(strategy, model):
    """No definition has several lines, an object's address, or defaults of a library."""
    text = definition(of(strategy, model))
    assert "\n" not in text
    assert " at 0x" not in text
    assert "base_score=None" not in text
    assert len(text) < 400
    assert all(
        value is None or isinstance(value, bool | int | float | str)
        for value in params(of(strategy, model)).values()
    )


def test_the_seed_is_not_part_of_the_definition():
    """Another seed is another protocol, not another definition."""
    for strategy in ("raw", "random_over", "threshold_prevalence", "balanced_bagging"):
        assert definition(of(strategy, seed=1)) == definition(of(strategy, seed=2))


def test_missing_numbers_are_text():
    """A parameter that is NaN is written as text, since JSON has no NaN."""
    assert not any(
        isinstance(value, float) and np.isnan(value)
        for value in params(of("raw", "xgboost")).values()
    )


def own(rows):
    """Return the rows, as a user's function."""
    return rows


def test_functions_and_objects_have_no_address():
    """Functions, partial functions and objects without a repr are given by name."""
    assert named(own) == "lab.tests.evaluation.test_definition.own"
    assert (
        named(partial(own, 3, rows="x")) == "lab.tests.evaluation.test_definition.own(3, rows='x')"
    )
    assert named(object()) == "builtins.object"
    assert named(StratifiedKFold(3, shuffle=True, random_state=5)) == (
        "StratifiedKFold(n_splits=3, shuffle=True)"
    )
    assert named({"a": 0.5}) == "{'a': 0.5}"
