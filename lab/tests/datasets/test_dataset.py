"""Tests of a dataset's digest."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.datasets.dataset import Dataset


def small(**changes):
    """Return a small dataset with a number column and a category column."""
    number = changes.get("number", [1.0, np.nan, 3.0, 4.0])
    category = changes.get("category", ["a", None, "b", "a"])
    y = np.array(changes.get("y", [0, 1, 0, 0]), dtype=np.int8)
    X = pd.DataFrame({"n": number, "c": pd.Categorical(category)})
    return Dataset("small", X, y, "made up")


@given(row=st.integers(0, 3), value=st.floats(allow_nan=False))
def test_any_changed_number_changes_the_digest(row, value):
    """The digest covers every number."""
    numbers = [1.0, np.nan, 3.0, 4.0]
    same = numbers[row] == value
    numbers[row] = value
    assert (small(number=numbers).digest == small().digest) == same


@pytest.mark.parametrize(
    "changes",
    [
        {"category": ["a", "a", "b", "a"]},
        {"category": ["a", None, "c", "a"]},
        {"y": [0, 1, 0, 1]},
        {"number": [1.0, 3.0, np.nan, 4.0]},
    ],
)
def test_any_other_change_changes_the_digest(changes):
    """The digest covers categories, missing values, their positions and the target."""
    assert small(**changes).digest != small().digest


def test_the_digest_does_not_depend_on_types_in_memory():
    """Equal values of another type, or with other unused levels, have the same digest."""
    data = small()
    other = Dataset("other", data.X.astype({"c": object, "n": "Float64"}), data.y, "elsewhere")
    unused = data.X.assign(c=data.X["c"].cat.add_categories("never"))
    again = Dataset("small", unused, data.y, "made up")
    assert data.digest == other.digest == again.digest
    assert data.X.equals(other.X)
    assert data.X.equals(again.X)


def test_numbers_and_texts_have_different_digests():
    """Codes as numbers and the same codes as categories have different digests."""
    numbers = small(category=[1, 2, 1, 2]).X["c"].astype(float)
    data = small(category=[1, 2, 1, 2])
    other = Dataset("small", data.X.assign(c=numbers), data.y, "made up")
    assert other.digest != data.digest
