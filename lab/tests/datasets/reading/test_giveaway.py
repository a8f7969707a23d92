"""Tests of which columns are said to give the target away."""

import numpy as np
import pytest

from lab.tests.helpers.small_tables import NOISE, N, T, made


def warnings(data):
    """Return which columns a dataset's notes warn of."""
    return [note for note in data.notes if note.startswith("WARNING")]


POSITIVE = np.array(T) == "yes"


@pytest.mark.parametrize(
    "values",
    [
        NOISE + 100 * POSITIVE,
        NOISE - 100 * POSITIVE,
        np.where(POSITIVE, NOISE, np.nan),
        np.where(POSITIVE, np.nan, NOISE),
        [("a", "b", "c")[i % 2 + POSITIVE[i]] if POSITIVE[i] else "d" for i in range(N)],
        [None if p else "ab"[i % 2] for i, p in enumerate(POSITIVE)],
    ],
    ids=["above", "below", "others missing", "missing", "levels", "missing level"],
)
def test_a_column_that_gives_the_target_away_is_warned_of(values):
    """A column that alone ranks all positive rows above the others is kept, and warned of."""
    data = made(x=values)
    assert "x" in data.X
    assert warnings(data) == ["WARNING: alone gives t away: 'x' (AUC 1.0000)"]


def test_a_column_of_many_levels_is_not_warned_of():
    """Levels that few rows share do not give the target away by being rare."""
    rng = np.random.default_rng(1)
    many = [f"level {i}" for i in rng.integers(0, N // 2, size=N)]
    assert not warnings(made(x=many))
