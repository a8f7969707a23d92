"""Tests of generated datasets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import datasets


@given(rows=st.integers(40, 3000), minority=st.floats(0.05, 0.5), seed=st.integers(0, 2**31 - 1))
def test_generated_sizes_are_exact(rows, minority, seed):
    """Generated data have exactly the requested rows and positive rows."""
    entry = datasets.entry(f"synthetic:rows={rows},minority={minority},seed={seed}")
    data = entry.load()
    assert (data.rows, data.minority_rows) == (rows, round(rows * minority))
    assert (entry.rows, entry.minority_rows) == (data.rows, data.minority_rows)


def test_the_generator_is_deterministic():
    """Equal parameters give equal content, and another seed gives different content."""
    one, same, other = (
        datasets.entry(f"synthetic:rows=200,seed={seed}").load().digest for seed in (1, 1, 2)
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("rows=abc", "'rows=abc' is invalid: use rows=N, minority=SHARE or seed=N"),
        ("rows", "'rows' is invalid"),
        ("depth=3", "'depth=3' is invalid"),
        ("minority=0.9", "minority, the share of positives, must be above 0 and at most 0.5"),
        ("minority=nan", "minority, the share of positives, must be above 0"),
        ("minority=inf", "minority, the share of positives, must be above 0"),
        ("rows=20,minority=0.05", "minority=0.05 of 20 rows is less than 2 rows"),
        ("rows=3", "rows must be between 10 and 10000000"),
        ("rows=999999999999", "rows must be between 10 and 10000000"),
        ("seed=-1", "seed must be between 0 and 4294967295"),
    ],
)
def test_invalid_parameters_of_the_generator_are_explained(parameters, message):
    """An unknown or invalid parameter is an error that names the dataset and the limits."""
    name = f"synthetic:{parameters}"
    with pytest.raises(datasets.DatasetError, match=f"^dataset '{name}': {message}"):
        datasets.select([name])
