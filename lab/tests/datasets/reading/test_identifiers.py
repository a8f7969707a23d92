"""Tests of which columns number or name the rows."""

import numpy as np
import pytest

from lab.read_options import ReadOptions
from lab.tests.helpers.small_tables import N, prepared

RNG = np.random.default_rng(1)


def dropped(name, values, **options):
    """Return whether a column is dropped as an identifier."""
    return "dropped as identifier" in str(prepared(**{name: values}, **options).notes)


@pytest.mark.parametrize("start", [0, 1, 1000])
@pytest.mark.parametrize("removed", [0, 1, 20])
def test_row_numbers_are_dropped_in_any_order(start, removed):
    """A permutation of whole numbers is dropped, even if a third of the rows was removed."""
    numbers = RNG.permutation(np.arange(start, start + N + removed))[:N]
    assert dropped("x", numbers)
    assert dropped("x", numbers.astype(float))


@pytest.mark.parametrize("name", ["id", "customer_id", "CustomerID", "Row No", "index", "key"])
def test_numbers_called_like_identifiers_are_dropped(name):
    """Different whole numbers in each row are dropped if the name says that they identify it."""
    numbers = RNG.choice(10**6, N, replace=False)
    assert dropped(name, numbers)
    with_gap = np.where(np.arange(N) == 0, np.nan, numbers)
    assert dropped(name, with_gap)
    assert dropped(name, np.where(np.arange(N) == 0, numbers[1], numbers))
    repeated = numbers[np.arange(N) // 2]
    assert not dropped(name, repeated)


@pytest.mark.parametrize(
    ("name", "remarked"),
    [("customer_id", True), ("Visit No.", True), ("number_of_rooms", False), ("index", False)],
)
def test_identifiers_that_repeat_are_remarked_on(name, remarked):
    """Rows with the same identifier may depend on each other, which a remark says."""
    data = prepared(**{name: RNG.choice(10**6, N // 2)[np.arange(N) % (N // 2)]})
    note = (
        f"called like an identifier, so that rows of one value may depend on each other: {name!r}"
    )
    assert (note in data.notes) == remarked


def test_an_amount_stays_with_a_remark():
    """Different whole numbers in each row stay a feature, and a remark names the option."""
    data = prepared(amount=RNG.choice(10**6, N, replace=False))
    assert "amount" in data.X
    assert (
        "a different whole number in each row, perhaps an identifier (--drop amount): 'amount'"
        in (data.notes)
    )


def test_a_column_named_by_an_option_stays():
    """With ``--numeric`` a row number is a feature."""
    assert not dropped("x", np.arange(N), options=ReadOptions(numeric=frozenset("x")))


def test_a_date_is_no_row_number():
    """One date a day is a feature."""
    days = np.arange("2020-01-01", "2020-03-01", dtype="M8[D]")[:N].tolist()
    assert not dropped("x", days)


def test_free_text_is_called_that():
    """Text with a different sentence in each row is dropped as free text."""
    assert (
        "dropped as free text: 'x'" in prepared(x=[f"a late order no {i}" for i in range(N)]).notes
    )


def test_rare_text_becomes_filled_in_or_not():
    """Text that differs in each row and is often missing becomes 1 or 0."""
    data = prepared(x=[f"note {i}" if i % 10 == 0 else None for i in range(N)])
    assert data.X["x"].tolist() == [float(i % 10 == 0) for i in range(N)]
    assert data.notes[1].startswith("differs in each row, so that only whether it is filled in")
