"""Tests of the focal loss, against finite differences and the logistic loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss, roc_auc_score
from xgboost import XGBClassifier

from lab.estimators.focal_loss import FocalLossClassifier, focal_derivatives, focal_loss

MARGINS = np.linspace(-8, 8, 81)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_the_derivatives_are_exact(gamma, y):
    """Both derivatives equal central differences, of the loss and of the first derivative."""
    target, step = np.full_like(MARGINS, y), 1e-5
    first, second = focal_derivatives(MARGINS, target, gamma)
    above, below = MARGINS + step, MARGINS - step
    slope = (focal_loss(above, target, gamma) - focal_loss(below, target, gamma)) / (2 * step)
    bend = [focal_derivatives(x, target, gamma)[0] for x in (above, below)]
    assert first == pytest.approx(slope, abs=1e-8)
    assert second == pytest.approx((bend[0] - bend[1]) / (2 * step), abs=1e-8)


@given(margin=st.floats(-700, 700), y=st.sampled_from([0.0, 1.0]))
def test_any_margin_has_finite_derivatives(margin, y):
    """However far off a row is, its loss and derivatives are finite."""
    margins, target = np.array([margin]), np.array([y])
    found = [focal_loss(margins, target), *focal_derivatives(margins, target)]
    assert np.isfinite(found).all()


def test_gamma_0_is_the_logistic_loss():
    """With gamma 0 the loss and its derivatives are those of logistic regression."""
    y = (MARGINS > 1).astype(float)
    p = 1 / (1 + np.exp(-MARGINS))
    assert focal_loss(MARGINS, y, 0).mean() == pytest.approx(log_loss(y, p))
    first, second = focal_derivatives(MARGINS, y, 0)
    assert first == pytest.approx(p - y)
    assert second == pytest.approx(p * (1 - p))


def test_the_loss_is_symmetric():
    """The loss of a positive equals that of a negative at the opposite log-odds."""
    ones, zeros = np.ones_like(MARGINS), np.zeros_like(MARGINS)
    assert focal_loss(MARGINS, ones) == pytest.approx(focal_loss(-MARGINS, zeros))


@pytest.fixture(scope="module")
def rows():
    """Return rows with a tenth of positives that overlap with the negatives."""
    rng = np.random.default_rng(0)
    y = (rng.random(1500) < 0.1).astype(np.int8)
    return rng.normal(size=(1500, 5)) + y[:, None], y


def test_a_classifier_with_gamma_0_is_xgboost(rows):
    """With gamma 0 probabilities are those of XGBoost with the same base score and leaves."""
    X, y = rows
    focal = FocalLossClassifier(XGBClassifier(n_estimators=20, n_jobs=1), gamma=0).fit(X, y)
    plain = XGBClassifier(n_estimators=20, n_jobs=1, base_score=0.5, min_child_weight=0).fit(X, y)
    assert focal.predict_proba(X) == pytest.approx(plain.predict_proba(X), abs=1e-4)


def test_the_classifier_ranks_and_is_less_confident(rows):
    """It ranks unseen rows, with probabilities closer to one half than those of XGBoost."""
    X, y = rows
    focal, plain = (
        one.fit(X[:1000], y[:1000]).predict_proba(X[1000:])[:, 1]
        for one in (FocalLossClassifier(XGBClassifier(n_jobs=1)), XGBClassifier(n_jobs=1))
    )
    assert roc_auc_score(y[1000:], focal) > 0.88
    assert np.abs(focal - 0.5).mean() < np.abs(plain - 0.5).mean()
