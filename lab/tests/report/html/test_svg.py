"""Tests of places and paths."""

import pytest

from lab.report.html.svg import Scale, parts_above, polyline, steps, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.25, [0, 0.05, 0.1, 0.15, 0.2, 0.25]),
        (-8, 41, [0, 10, 20, 30, 40]),
        (0, 0.0007, [0, 0.0002, 0.0004, 0.0006]),
        (0, 21_000, [0, 5_000, 10_000, 15_000, 20_000]),
    ],
)
def test_ticks_are_round_numbers(low, high, expected):
    """They are multiples of 1, 2 or 5 times a power of ten, few and within the axis."""
    assert steps(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.25, "0.25"), (5000, "5,000"), (20_000, "20k"), (2_500_000, "2.5M"), (-7, "-7")],
)
def test_large_numbers_are_short(value, text):
    """A tick has room for five characters."""
    assert ticks(Scale(-10, 3e6, 0, 1), [value])[0][1] == text


def test_a_path_may_have_decimals():
    """Points on a straight line are left out at any precision."""
    assert polyline([(0, 0), (0.24, 0.24), (0.5, 0.5), (1, 0.2)], digits=1) == "M0,0 0.5,0.5 1,0.2"
    assert polyline([(0, 0), (1.2, 1.4), (2, 2)]) == "M0,0 2,2"


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ([], []),
        ([-1, -2], []),
        ([1, 2], [[(0, 1), (1, 2)]]),
        ([1, -1, 1], [[(0, 1), (0.5, 0)], [(1.5, 0), (2, 1)]]),
        ([-1, 1, 1], [[(0.5, 0), (1, 1), (2, 1)]]),
    ],
)
def test_a_line_is_cut_where_it_crosses(heights, expected):
    """Parts below a value are left out, up to the place where the line crosses it."""
    assert list(parts_above(list(enumerate(heights)), 0)) == expected
