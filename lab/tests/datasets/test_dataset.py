"""Tests of a dataset's digest."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.datasets.dataset import Dataset
from lab.metrics import METRICS, Metric


def small(**changes):
    """Return a small dataset with a number column and a category column, perhaps with values."""
    number = changes.get("number", [1.0, np.nan, 3.0, 4.0])
    category = changes.get("category", ["a", None, "b", "a"])
    y = np.array(changes.get("y", [0, 1, 0, 0]), dtype=np.int8)
    X = pd.DataFrame({"n": number, "c": pd.Categorical(category)})
    values = pd.DataFrame(changes["values"]) if "values" in changes else None
    return Dataset("small", X, y, "made up", values=values)


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


def test_values_are_not_part_of_the_digest(monkeypatch):
    """The digest is the same with any values; the identity covers those that metrics ask for."""
    found = [
        small(),
        small(values={"amount": [1, 2, 3, 4]}),
        small(values={"amount": [1, 2, 3, 4], "other": [0, 0, 0, 0]}),
        small(values={"amount": [1, 2, 3, 5], "other": [0, 0, 0, 0]}),
    ]
    assert len({data.digest for data in found}) == 1
    assert len({data.identity for data in found}) == 1
    metric = Metric("mine", "mine", "Made up.", len, columns=("amount",))
    monkeypatch.setitem(METRICS, "mine", metric)
    one, *same, other = (data.identity for data in found)
    assert same[0] == same[1] not in {one, other}
    assert one != other


def test_values_are_numbers_in_one_representation():
    """Values of any numeric type become float64, with the index of the features."""
    data = small(values={"flag": [True, False, True, True], "amount": [1, 2, 3, 4]})
    assert data.value_columns == ("flag", "amount")
    assert set(data.values.dtypes) == {np.dtype("float64")}
    assert data.values["flag"].tolist() == [1, 0, 1, 1]
    assert data.values.index.equals(data.X.index)
    assert small().value_columns == ()
