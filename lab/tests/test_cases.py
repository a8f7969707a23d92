"""Tests of the ids of cases, and of what a protocol asks of the data."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lab.cases import Case, Protocol, ProtocolError
from lab.errors import UnknownNameError
from lab.models import MODELS
from lab.strategies import STRATEGIES

DATASETS = ["churn", "churn-eu", "a-raw", "synthetic:rows=300,minority=1e-3", "nursery"]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("strategy", ["raw", "smote", "threshold_cost:ratio=0.5"])
@pytest.mark.parametrize("model", ["xgboost", "knn"])
def test_an_id_parses_to_its_case(dataset, strategy, model):
    """Hyphens in the name of a dataset do not move the place where the strategy begins."""
    case = Case(dataset, strategy, model)
    assert Case.parse(case.id) == case


@given(
    st.text("ab-", min_size=1), st.sampled_from(sorted(STRATEGIES)), st.sampled_from(sorted(MODELS))
)
def test_any_name_of_a_dataset_parses(dataset, strategy, model):
    """Whatever a user's file is called, its ids parse."""
    assert Case.parse(Case(dataset, strategy, model).id) == Case(dataset, strategy, model)


@pytest.mark.parametrize(
    "name", ["", "raw", "nursery-raw", "nursery-raw-", "-raw-knn", "nursery-knn-raw", "n-tomek-knn"]
)
def test_what_is_no_id_is_an_error(name):
    """An id without a dataset, or with an unknown strategy or model, is an error that quotes it."""
    with pytest.raises(UnknownNameError, match=f"{name!r} is not the id of a case"):
        Case.parse(name)


def test_a_protocol_is_written_without_its_defaults():
    """Fields at their defaults are left out, missing ones are read as defaults."""
    assert Protocol().to_json() == {}
    assert Protocol(folds=3).to_json() == {"folds": 3}
    assert Protocol.from_json({"seed": 1}) == Protocol(seed=1)


@pytest.mark.parametrize(
    ("minority", "rows", "message"),
    [
        (1, 50, "1 minority row, too few for 5 folds: cross-validation needs at least 2 rows"),
        (47, 50, "3 rows of one class, too few for 5 folds: use --folds 3 or fewer"),
    ],
)
def test_either_class_needs_a_row_for_every_fold(minority, rows, message):
    """The rarer class decides how many folds there may be, and one row allows none."""
    with pytest.raises(ProtocolError, match=message):
        Protocol().check("mine", minority, rows)


@given(minority=st.integers(2, 60), folds=st.integers(2, 10))
def test_the_smallest_training_fold_is_foretold(minority, folds):
    """How many minority rows the poorest training fold has is known before the folds are."""
    assume(minority >= folds)
    y = (np.arange(200) < minority).astype(np.int8)
    protocol = Protocol(folds)
    fewest = min(int(y[train].sum()) for train, _ in protocol.split(y))
    assert protocol.fewest_training_rows(minority, 200) == fewest
