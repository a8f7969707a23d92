"""Tests of the model that is fitted to all rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from lab.cases import Case, Protocol
from lab.datasets.user_files import read_file
from lab.evaluation.refit import LeakError, examples, inference, refit
from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import TINY, mixed_dataset


@pytest.mark.parametrize("strategy", ["smote", "smotenc"])
def test_inference_needs_no_sampler_and_accepts_any_missing_value(strategy):
    """scikit-learn's pipeline predicts the same as imbalanced-learn's, also for single rows."""
    data = mixed_dataset()
    fitted = STRATEGIES[strategy].pipeline(data, MODELS["logistic_regression"], data.y, 0)
    fitted.fit(data.X, data.y)
    expected = fitted.predict_proba(data.X)
    found = inference(fitted, data)
    assert type(found) is Pipeline
    assert not any(hasattr(step, "fit_resample") for step in found)
    given = data.X.astype({"level": object})
    assert np.array_equal(found.predict_proba(data.X), expected)
    assert np.array_equal(found.predict_proba(given), expected)
    given["level"] = given["level"].where(given["level"].notna(), None)
    assert np.array_equal(found.predict_proba(given), expected)
    # A column of missing values only has the type object.
    assert given["level"][11] is None
    # BLAS multiplies one row and many rows in another order.
    assert found.predict_proba(given.iloc[[11]]) == pytest.approx(expected[[11]], rel=1e-12)


def test_examples_have_both_classes_and_a_missing_value():
    """Example rows have both classes, a missing value, and categories as text."""
    data = mixed_dataset(every=100)
    rows = examples(data)
    assert len(rows) == 5
    assert rows["level"].dtype == object
    positive = data.X[data.y == 1]["a"]
    assert rows["a"].isin(positive).any()
    assert rows.isna().any(axis=None)


def test_the_threshold_of_a_strategy_is_known():
    """A tuned or given threshold is known; a model without a threshold has None."""
    case = Case(TINY, "threshold_cost", "logistic_regression")
    assert refit(case, Protocol()).threshold == pytest.approx(1 / 11)
    assert 0 < refit(case.under("threshold"), Protocol()).threshold < 1
    assert refit(case.under("raw"), Protocol()).threshold is None


def test_a_mistake_gives_no_model():
    """A model that has seen test rows is not for use."""
    with pytest.raises(LeakError, match="smote_before_split is a mistake"):
        refit(Case(TINY, "smote_before_split", "logistic_regression"), Protocol())


def test_the_model_of_a_users_table_takes_its_rows(tmp_path):
    """Rows as pandas reads them from the file are predicted as those of the dataset."""
    file = tmp_path / "mine.csv"
    data = mixed_dataset()
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(data.rows) % 50, unit="D")
    data.X.assign(day=days, late=data.y).to_csv(file, index=False)
    data = read_file(file, "late")
    fitted = STRATEGIES["smote"].pipeline(data, MODELS["logistic_regression"], data.y, 0)
    expected = fitted.fit(data.X, data.y).predict_proba(data.X)
    found = inference(fitted, data)
    assert np.array_equal(found.predict_proba(pd.read_csv(file)), expected)
    shown = examples(data)
    assert shown["day"].str.startswith("2020-").all()
    assert np.isclose(found.predict_proba(shown)[:, :1], expected[:, 0]).any(axis=1).all()
