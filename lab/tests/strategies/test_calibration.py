"""Tests of strategies that calibrate probabilities."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from lab.datasets.dataset import Dataset
from lab.metrics import METRICS
from lab.metrics.calibration import calibration_intercept, calibration_slope
from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import dataset_of

ROWS = 20_000


def drawn(seed):
    """Return a dataset with about 4 % positives, whose log-odds are linear in the features."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(ROWS, 3))
    y = rng.random(ROWS) < expit(X @ [1, -0.5, 0.5] - 4)
    return Dataset("drawn", pd.DataFrame(X, columns=["a", "b", "c"]), y.astype(np.int8), "made up")


TRAIN, TEST = drawn(0), drawn(1)


def predicted(strategy, model="logistic_regression"):
    """Fit a strategy and a model to some rows; return the probabilities of others."""
    steps = STRATEGIES[strategy].pipeline(TRAIN, MODELS[model], TRAIN.y, 0)
    return steps.fit(TRAIN.X, TRAIN.y).predict_proba(TEST.X)[:, 1]


@pytest.mark.parametrize("options", ["", ":sampling_strategy=0.5"])
def test_the_correction_for_dropped_rows_is_exact(options):
    """Odds of a model that follows them are those of all rows again, in the same order."""
    name = f"random_under{options}"
    before, after = predicted(name), predicted(name.replace("under", "under_prior_corrected"))
    assert calibration_intercept(TEST.y, before) < -2
    assert calibration_intercept(TEST.y, after) == pytest.approx(0, abs=0.15)
    moved = np.log(before / (1 - before)) - np.log(after / (1 - after))
    assert np.ptp(moved) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("ratio", ["auto", "0.5", "0.37", "1"])
@pytest.mark.parametrize("positives", [7, 20, 180])
def test_the_correction_is_for_the_rows_that_were_dropped(positives, ratio):
    """The weight is the ratio of the classes' shares that the sampler keeps."""
    data = dataset_of(np.arange(200) < positives)
    name = f"random_under_prior_corrected:sampling_strategy={ratio}"
    steps = STRATEGIES[name].pipeline(data, MODELS["decision_tree"], data.y, 0)
    _, y = steps[-2].fit_resample(data.X, data.y)
    kept = np.bincount(y) / np.bincount(data.y)
    assert steps[-1].weight == pytest.approx(kept[1] / kept[0])


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration_alone_corrects_a_model_that_is_too_sure(method):
    """Without any balancing, XGBoost gets a slope near 1 and a lower Brier loss."""
    before, after = (
        predicted("raw", "xgboost"),
        predicted(f"raw_calibrated:method={method}", "xgboost"),
    )
    assert calibration_slope(TEST.y, before) < 0.8
    assert calibration_slope(TEST.y, after) == pytest.approx(1, abs=0.15)
    brier = METRICS["brier_score_loss"]
    assert brier(TEST.y, TEST.y, after) < brier(TEST.y, TEST.y, before)
