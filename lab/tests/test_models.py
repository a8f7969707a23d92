"""Tests of the models: parameters, class weights, and optional packages."""

import warnings

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from lab.errors import LabError
from lab.models import CORE, MODELS, Model

Y = np.array([0] * 30 + [1] * 10, dtype=np.int8)
X = np.random.default_rng(0).normal(size=(40, 3)) + Y[:, None]


def test_class_weights_are_parameters_of_each_learner():
    """Balanced weights are `class_weight` for two models, a ratio of counts for XGBoost."""
    weights = {name: MODELS[name].weighted(Y, 1.0) for name in CORE}
    assert weights == {
        "logistic_regression": {"class_weight": "balanced"},
        "random_forest": {"class_weight": "balanced"},
        "xgboost": {"scale_pos_weight": 3.0},
    }


def test_powers_of_weights_are_between_none_and_balanced():
    """Power 0 is unweighted, 1 is balanced, and the weights of all rows sum to their number."""
    balanced = compute_class_weight("balanced", classes=np.array([0, 1]), y=Y)
    weighted = MODELS["logistic_regression"].weighted
    assert weighted(Y, 0.0)["class_weight"] == {0: 1.0, 1: 1.0}
    assert list(weighted(Y, 1 - 1e-12)["class_weight"].values()) == pytest.approx(balanced)
    root = weighted(Y, 0.5)["class_weight"]
    assert root[1] / root[0] == pytest.approx(3**0.5)
    assert 30 * root[0] + 10 * root[1] == pytest.approx(40)
    assert MODELS["xgboost"].weighted(Y, 0.5) == {"scale_pos_weight": 3**0.5}


@pytest.mark.parametrize("name", MODELS.groups["all"])
def test_a_model_is_made_with_its_seed_and_one_thread(name):
    """Two models of a seed are different objects that predict the same probabilities."""
    one, other = (MODELS[name].make(0) for _ in range(2))
    assert one is not other
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few rows do not let every model converge
        first, second = (model.fit(X, Y).predict_proba(X) for model in (one, other))
    assert np.array_equal(first, second)
    assert np.allclose(first.sum(axis=1), 1)
    assert {one.get_params().get(key) for key in ("n_jobs", "thread_count")} <= {None, 1}


# A fully grown tree is right on all its rows, with any weights.
WEIGHTED = [n for n in MODELS.groups["all"] if MODELS[n].weighted and n != "decision_tree"]


@pytest.mark.parametrize("name", WEIGHTED)
def test_class_weights_raise_the_number_of_positives(name):
    """With balanced weights every model that supports them predicts more positives."""
    model = MODELS[name]
    rng = np.random.default_rng(1)
    y = (rng.random(600) < 0.1).astype(np.int8)
    plain, weighted = model.make(0), model.make(0).set_params(**model.weighted(y, 1.0))
    rows, noise = rng.normal(size=(600, 3)) + y[:, None], rng.normal(size=(2000, 3)) + 0.5
    often = [int(one.fit(rows, y).predict(noise).sum()) for one in (plain, weighted)]
    assert often[1] > often[0]


def test_the_floor_is_the_share_of_positives():
    """The dummy predicts the share of positives for every row, whatever its features."""
    found = MODELS["dummy"].make(0).fit(X, Y).predict_proba(X * 100)[:, 1]
    assert (found == 0.25).all()


@pytest.mark.parametrize("module", ["", "no_module"])
def test_a_missing_package_is_explained(monkeypatch, module):
    """By name its model is an error that says what to install; globs and groups leave it out."""
    far = Model("far", "", lambda _seed: None, package="no-such", module=module)
    monkeypatch.setitem(MODELS, "far", far)
    with pytest.raises(LabError, match="needs the package no-such: pip install no-such"):
        MODELS.select(["far"])
    assert "far" not in MODELS.select(["*"])
    assert "far" not in MODELS.groups["all"]


def test_a_module_may_have_another_name_than_its_package():
    """The module decides whether a package is installed, not the name on PyPI."""
    assert not Model("near", "", lambda _seed: None, package="no-such", module="json").missing
