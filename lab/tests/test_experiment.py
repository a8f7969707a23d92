"""Tests of what a protocol asks of the data."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lab.experiment import Protocol, ProtocolError


@pytest.mark.parametrize(
    ("minority", "rows", "message"),
    [
        (1, 50, "1 minority row, too few for 5 folds: cross-validation takes 2 rows"),
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
