"""Tests of the conversion of columns to numbers and categories."""

import datetime

import numpy as np
import pyarrow as pa
import pytest

from lab.tests.helpers.small_tables import NOISE, prepared, rejected


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
def test_everything_but_text_becomes_numbers(cells, first):
    """Booleans are 0 and 1, dates days since 1970, times and durations seconds; missing is NaN."""
    values = prepared(x=cells).X["x"]
    assert values.dtype == np.float64
    assert values[0] == first
    assert values.isna().tolist() == cells.is_null().to_pylist()


def test_text_becomes_categories():
    """Text becomes categories with every row's level, and missing cells stay missing."""
    texts = ["low", None, "high", "low"] * 15
    data = prepared(x=texts)
    assert data.categorical == ["x"]
    assert data.X["x"].astype(object).where(data.X["x"].notna(), None).tolist() == texts


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([np.inf, *NOISE[1:]], "has an infinite value in row 1 (1 such row): numbers must not"),
        (
            [*NOISE[2:], 1e200, -1e200],
            "has 1e+200 in row 59 (2 such rows): numbers must not exceed",
        ),
        ([1.1e100, *NOISE[1:]], "1e+100 in magnitude; leave missing cells empty"),
    ],
)
def test_infinite_and_huge_numbers_are_rejected(values, message):
    """Infinities, and numbers whose square is infinite, are rejected by column and row."""
    found = rejected(x=pa.array(np.asarray(values, float)))
    assert found.startswith("column 'x' ")
    assert message in found
