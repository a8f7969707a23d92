"""Tests of the serialization of models."""

import sys
from importlib.metadata import version
from types import ModuleType

import numpy as np
import pytest

from lab.cases import Case, Protocol
from lab.evaluation.refit import examples, refit
from lab.models import MODELS
from lab.store.serialization import RoundTripError, deserialize, serialize
from lab.tests.helpers.examples import TINY

BASE = {"numpy", "pandas", "scikit-learn", "scipy", "skops"}
# A module of a user, and what it imports: neither is installed.
OWN = """
import helping
from sklearn.linear_model import LogisticRegression
class Own(LogisticRegression):
    def predict_proba(self, X):
        return helping.swap(super().predict_proba(X))
"""
HELPING = """
import imblearn
def swap(probabilities):
    assert imblearn
    return probabilities[:, ::-1]
"""


def refitted(strategy, model):
    """Return a fitted model and its dataset."""
    found = refit(Case(TINY, strategy, model), Protocol())
    return found.pipeline, found.dataset


@pytest.mark.parametrize(
    ("strategy", "model", "more", "lab"),
    [
        ("smote", "random_forest", set(), False),
        ("smote", "xgboost", {"xgboost"}, False),
        ("threshold", "logistic_regression", set(), False),
        ("raw", "hist_gradient_boosting", set(), False),
        ("raw", "lightgbm", {"lightgbm"}, False),
        ("smote_calibrated", "logistic_regression", {"imbalanced-learn"}, False),
        ("raw_calibrated", "decision_tree", set(), False),
        ("raw_calibrated:method=isotonic", "xgboost", {"xgboost"}, False),
        ("random_under_prior_corrected", "logistic_regression", set(), True),
        ("balanced_bagging", "decision_tree", {"imbalanced-learn"}, False),
        ("raw", "linear_svm", set(), True),
        ("focal_loss", "xgboost", {"xgboost"}, True),
    ],
)
def test_skops_supports_the_labs_models(strategy, model, more, lab):
    """A deserialized model predicts the same bits, and its pinned requirements are listed."""
    fitted, dataset = refitted(strategy, model)
    made = serialize(fitted, examples(dataset))
    assert (made.format, made.note, made.lab) == ("skops", "", lab)
    assert set(made.requirements) == {f"{name}=={version(name)}" for name in BASE | more}
    found = deserialize(made)
    assert np.array_equal(found.predict_proba(dataset.X), fitted.predict_proba(dataset.X))
    assert np.array_equal(found.predict(dataset.X), fitted.predict(dataset.X))


@pytest.mark.skipif(MODELS["random_forest_onedal"].missing != "", reason="no such package")
def test_a_model_with_a_cpp_object_is_pickled():
    """A C++ object, which would make skops end the process, is pickled, with a note."""
    fitted, dataset = refitted("threshold", "random_forest_onedal")
    made = serialize(fitted, examples(dataset))
    assert (made.format, made.lab) == ("cloudpickle", False)
    assert made.note.endswith("classification.model is a C++ class")
    more = {"cloudpickle", "scikit-learn-intelex"}
    needed = {f"{name}=={version(name)}" for name in BASE - {"skops"} | more}
    assert set(made.requirements) == needed
    assert len(made.requirements) == len(needed)
    found = deserialize(made)
    assert np.array_equal(found.predict_proba(dataset.X), fitted.predict_proba(dataset.X))


@pytest.fixture
def own(monkeypatch):
    """Yield a fitted classifier of a user's module that is importable in the test only."""
    with monkeypatch.context() as patch:
        for name, code in (("helping", HELPING), ("own-1a2b", OWN)):
            module = ModuleType(name)
            patch.setitem(sys.modules, name, module)
            exec(code, vars(module))  # noqa: S102
        _, dataset = refitted("raw", "logistic_regression")
        yield sys.modules["own-1a2b"].Own().fit(dataset.X, dataset.y), dataset


def test_code_that_is_not_installed_is_part_of_the_pickle(own, monkeypatch):
    """A model of a user's class is pickled, with a note, and loads without the user's file."""
    model, dataset = own
    made = serialize(model, examples(dataset))
    assert made.format == "cloudpickle"
    assert made.note.startswith("loading it runs code: skops does not support it: own-1a2b.Own")
    needed = {requirement.partition("==")[0] for requirement in made.requirements}
    assert needed == BASE - {"skops"} | {"cloudpickle", "imbalanced-learn"}
    expected = model.predict_proba(dataset.X)
    for name in ("helping", "own-1a2b"):
        monkeypatch.delitem(sys.modules, name)
    assert np.array_equal(deserialize(made).predict_proba(dataset.X), expected)


def test_a_model_that_predicts_otherwise_is_refused(own, monkeypatch):
    """If the deserialized model predicts otherwise, an error says so."""
    model, dataset = own
    monkeypatch.setattr(
        type(model), "__setstate__", lambda self, state: vars(self).update(state, intercept_=9.0)
    )
    with pytest.raises(RoundTripError, match="predicts otherwise after serialization with cloudp"):
        serialize(model, examples(dataset))
