"""Tests of the drift of the share of positives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.datasets.reading.drift import drift

TIME = np.random.default_rng(0).permutation(10_000) / 10_000


def drawn(shares, seed=0):
    """Return a target with these probabilities."""
    return (np.random.default_rng(seed).random(len(shares)) < shares).astype(np.int8)


def test_a_drift_is_reported_with_both_shares():
    """The warning names the shares in the first and the last three tenths."""
    y = drawn(0.02 + 0.06 * TIME)
    first, last = 100 * y[TIME < 0.3].mean(), 100 * y[TIME >= 0.7].mean()
    start = f"WARNING: the share of positives moves from {first:.1f} % to {last:.1f} % over time: "
    assert drift(y, TIME).startswith(start)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5])
def test_a_constant_share_is_no_drift(share):
    """Independent rows cause no warning."""
    assert not any(drift(drawn(np.full(2000, share), seed), TIME[:2000]) for seed in range(50))


def test_a_small_drift_is_not_reported():
    """A significant trend matters only if the shares differ by half."""
    time = np.arange(200_000) / 200_000
    assert not drift(drawn(0.2 + 0.05 * time), time)


def test_episodes_are_no_drift():
    """Positives in blocks have different shares over time, without a trend."""
    time = np.arange(5_000.0)
    for seed in range(20):
        episodes = drawn(np.full(50, 0.2), seed)
        assert not drift(np.repeat(episodes, 100), time)


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 1.0, 2.0, np.nan])), max_size=400),
)
@settings(deadline=None)
def test_any_time_is_judged(rows):
    """Gaps, ties and few rows raise no error."""
    y = np.array([one for one, _ in rows], np.int8)
    assert isinstance(drift(y, np.array([time for _, time in rows], float)), str)
