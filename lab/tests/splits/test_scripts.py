"""Tests of the scripts that measure how honest each split is."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.scripts import split_promises, split_winners


@pytest.mark.parametrize("drift", split_promises.DRIFTS)
def test_payments_are_rare_frauds_by_card_over_a_year(drift):
    """A made-up table has about 0.5 % fraud, several payments a card, and all months."""
    rows = split_promises.payments(0, 24_000, drift).rows
    assert len(rows) == pytest.approx(24_000, rel=0.05)
    assert 0.0035 < rows.y.mean() < 0.007
    assert 5 < len(rows) / len(np.unique(rows.group)) < 20
    assert len(np.unique(rows.time // 30)) == split_promises.MONTHS


def test_every_promise_is_compared_with_the_same_truth():
    """The last score of each promise is that of the last month, by model and metric."""
    found = split_promises.compare(split_promises.payments(0, 6000, "no drift"), folds=2)
    assert found.shape == (2, 2, len(split_promises.PROMISES), 3)
    assert np.isfinite(found).all()
    assert (found[..., -1] == found[:, :, :1, -1]).all()


def test_the_day_is_a_feature_only_on_request():
    """Invalid tests are dropped; the day orders rows, and is a feature only on request."""
    columns = {name: [0, 0, 0] for name in split_winners.DROPPED}
    table = pd.DataFrame(
        {**columns, "result": ["negative", "invalid", "positive"], "subject_id": [1, 2, 2]}
    ).assign(pan_day=[4, 5, 6], age=[30.0, 40.0, 50.0])
    for with_time, features in ((False, ["age"]), (True, ["pan_day", "age"])):
        dataset = split_winners.dataset_of(table, with_time=with_time)
        assert list(dataset.X) == features
        assert dataset.y.tolist() == [0, 1]
        assert (dataset.group_column, dataset.time_column) == ("subject_id", "pan_day")
