"""Tests of how a column becomes numbers or categories."""

import datetime

import numpy as np
import pyarrow as pa
import pytest

from lab.tests.helpers.small_tables import NOISE, N, made, refused


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (pa.array([True, False] * 30), 1.0),
        (pa.array([7, None, 0] * 20, pa.uint8()), 7.0),
        (pa.array([2**63, 0] * 30, pa.uint64()), 2.0**63),
        (pa.array(np.array([0.5, 0] * 30, np.float16)), 0.5),
        (pa.array([datetime.date(1970, 1, 3), None, datetime.date(1970, 1, 1)] * 20), 2.0),
        (pa.array([1, None, 0] * 20, pa.time32("s")), 1.0),
        (pa.array([1500, 0] * 30, pa.time32("ms")), 1.5),
        (pa.array([1_500_000, 0] * 30, pa.time64("us")), 1.5),
        (pa.array([1_500_000_000, 0] * 30, pa.time64("ns")), 1.5),
        (pa.array([90, None, 0] * 20, pa.duration("s")), 90.0),
        (pa.array([90, 0] * 30, pa.duration("ns")), 90e-9),
        (pa.array([86_400, None, 0] * 20, pa.timestamp("s")), 1.0),
        (pa.array([43_200_000, 0] * 30, pa.timestamp("ms", "Europe/Berlin")), 0.5),
        (pa.array([2**63 - 1, 0] * 30, pa.timestamp("ns")), (2**63 - 1) / 86_400e9),
        (pa.array([86_400_000, 0] * 30, pa.date64()), 1.0),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_what_is_no_text_becomes_numbers(cells, first):
    """Truths are 0 and 1, dates days since 1970, times and durations seconds; missing is NaN."""
    values = made(x=cells).X["x"]
    assert values.dtype == np.float64
    assert values[0] == first
    assert values.isna().tolist() == cells.is_null().to_pylist()


def test_text_becomes_categories():
    """Text is a category, missing cells are missing, and its own rows keep their levels."""
    texts = ["low", None, "high", "low"] * 15
    data = made(x=texts)
    assert data.categorical == ["x"]
    assert data.X["x"].astype(object).where(data.X["x"].notna(), None).tolist() == texts


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([np.inf, *NOISE[1:]], "holds an infinite value in row 1, and such in 1 row: numbers must"),
        (
            [*NOISE[2:], 1e200, -1e200],
            "holds 1e+200 in row 59, and such in 2 rows: numbers must lie",
        ),
        ([1.1e100, *NOISE[1:]], "within 1e+100; leave a cell empty if it is missing"),
    ],
)
def test_numbers_beyond_measure_are_refused(values, said):
    """Infinities and numbers whose square is one are refused by column and row."""
    found = refused(x=pa.array(np.asarray(values, float)))
    assert found.startswith("column 'x' ")
    assert said in found


def test_numbers_with_a_slip_among_them_are_refused():
    """Text in a column of numbers is refused: as categories the numbers would say nothing."""
    said = refused(x=[*map(str, NOISE[:40]), *["unknown"] * 19, "?!"])
    assert said.startswith("column 'x' mixes numbers and text ('unknown', '?!', first in row 41)")
    assert "leave such cells empty if they are missing" in said


@pytest.mark.parametrize("levels", [["1", "2", "3", "more"], ["1", "2", "3"], ["a", "b", "9"]])
def test_codes_like_numbers_are_categories(levels):
    """Text of few levels is a category, though most of them look like numbers."""
    data = made(x=levels * (N // len(levels)))
    assert set(data.X["x"].cat.categories) == set(levels)


@pytest.mark.parametrize(
    "text",
    ["{},5", "{}%", "$ {}", "{}.25 EUR", "{}.250,00", "1 {:03}", "{:02}/01/2020", "{:02}:30"],
)
def test_numbers_in_another_notation_are_refused(text):
    """Numbers, dates and times that are not written as programs do are named, not guessed at."""
    said = refused(x=[text.format(i % 40 + 1) for i in range(N)])
    assert "column 'x' holds numbers, dates or times in a notation that is not read" in said
    assert repr(text.format(1)) in said


@pytest.mark.parametrize("text", ["0{:03}.5", "-{}"])
def test_numbers_as_text_are_refused(text):
    """Text that is all numbers, and no codes of digits, has to be stored as numbers."""
    said = refused(x=[text.format(i % 40 + 1) for i in range(N)])
    assert f"column 'x' holds numbers as text ({text.format(1)!r}): store them as numbers" in said


@pytest.mark.parametrize("text", ["{:05}", "10.0.0.{}", "{}-{}", "v{}", "555-{:04}", "{} days"])
def test_codes_are_no_numbers(text):
    """Codes, addresses and ranges are categories, however many there are."""
    data = made(x=[text.format(i % 30, i % 30 + 9) for i in range(N)])
    assert data.categorical == ["x"]
    assert data.notes[1:] == ("categories: 'x' (30)",)
