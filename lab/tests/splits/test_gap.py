"""Tests of the amount that is left out between the past and what is tested."""

import numpy as np
import pytest

from lab.splits import Gap, ProtocolError

HOURS = np.arange(240.0) / 24  # days


@pytest.mark.parametrize(
    ("text", "unit", "known"),
    [
        ("0", "days", 120),
        ("2", "days", 72),
        ("2d", "days", 72),
        ("48h", "days", 72),
        ("0.5w", "days", 36),
        ("100rows", "days", 20),
        ("1000 ROWS", "days", 0),
        ("43200", "seconds", 0),
        ("1s", "seconds", 95),
    ],
)
def test_a_gap_leaves_out_what_is_close(text, unit, known):
    """Rows are known if they lie further back than the gap, in its unit or the column's own."""
    assert abs(Gap.parse(text).known(HOURS, 120, unit) - known) <= 1


@pytest.mark.parametrize("text", ["", "7 months", "-3", "1.5rows", "d", "nan", "7dd"])
def test_what_is_no_amount_is_an_error(text):
    """A text that is no amount is an error that names the option."""
    with pytest.raises(ProtocolError, match="--gap"):
        Gap.parse(text)


def test_plain_numbers_have_no_days():
    """A gap in days needs a column of dates."""
    with pytest.raises(ProtocolError, match=r"--gap 7d has a unit, and .* plain numbers"):
        Gap.parse("7d").known(HOURS, 120, "")
