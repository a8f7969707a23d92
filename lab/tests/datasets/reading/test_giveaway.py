"""Tests of warnings about columns that give the target away."""

import numpy as np
import pytest

from lab.tests.helpers.small_tables import NOISE, N, T, prepared


def warnings(data):
    """Return the warnings among a dataset's notes."""
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
def test_a_column_that_gives_the_target_away_causes_a_warning(values):
    """A column that alone separates the classes is kept, with a warning."""
    data = prepared(x=values)
    assert "x" in data.X
    assert warnings(data) == ["WARNING: may give t away: 'x' (AUC 1.0000 alone)"]


def test_a_column_of_many_levels_causes_no_warning():
    """Rare levels do not count as giving the target away."""
    rng = np.random.default_rng(1)
    many = [f"level {i}" for i in rng.integers(0, N // 2, size=N)]
    assert not warnings(prepared(x=many))
