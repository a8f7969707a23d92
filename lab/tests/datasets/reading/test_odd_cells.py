"""Tests of words in columns of numbers, dates and the like."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.tests.helpers.small_tables import N, prepared, rejected

# Cells of a column, by kind, from a number.
KINDS = {
    "numbers": "{}",
    "numbers with decimals": "-{}.5",
    "numbers with thousands": "{0},{1:03}.50",
    "percentages": "{} %",
    "amounts of money": "{} EUR",
    "amounts in dollars": "$ {},50",
    "dates": "20{:02}-03-04",
    "dates with times": "2021-03-04T10:{:02}:00",
    "dates in another notation": "{:02}/01/2020",
    "times": "{:02}:30",
}
WORDS = ["unknown", "#DIV/0!", "n.a.", "-", "k. A.", "0-1-", "more"]


@pytest.mark.parametrize("kind", KINDS)
@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=N // 2), levels=st.integers(2, 40)
)
def test_words_in_a_column_are_rejected(kind, words, levels):
    """From one word to as many as there are other cells, the message quotes one, with its row."""
    cells = [KINDS[kind].format(i % levels + 1, i % 7) for i in range(N - len(words))]
    rows = np.random.default_rng(len(words)).permutation(N)
    mixed = [[*cells, *words][i] for i in rows]
    message = rejected(x=mixed)
    row = next(i for i, cell in enumerate(mixed) if cell in words)
    assert message.startswith(f"column 'x' has {kind.partition(' with ')[0].split(' in d')[0]}")
    assert f"except in {len(words)} cell" in message
    assert f"for example {mixed[row]!r} in row {row + 1}: " in message
    assert "with --categorical x" in message


def test_the_remedy_names_the_words():
    """A few words can be treated as missing, by an option that is quoted for the shell."""
    message = rejected(x=[*map(str, range(N - 2)), "not known", "?"])
    assert "treat them as missing with --missing 'not known' --missing '?', or keep" in message
    message = rejected(x=[*map(str, range(N - 4)), *"abcd"])
    assert "correct these cells, empty them if they are missing, or keep" in message


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            ["0000-00-00", *["2020-01-31"] * 3, "2020-02-01"],
            "dates except in 1 cell, for example '0",
        ),
        (["2020-02-01", "2020-02-30", "2020-01-31"], "for example '2020-02-30' in row 2: correct"),
        (
            ["2020-01-01T10:00:00", *[f"2020-01-0{i}T10:00:00+01:00" for i in (1, 2)]],
            (
                "dates with an offset from UTC except in 20 cells, for example "
                "'2020-01-01T10:00:00' in row 1: write all dates alike"
            ),
        ),
    ],
)
def test_a_date_that_fails_is_quoted(cells, message):
    """An impossible date is quoted rather than a valid one, and so is one without an offset."""
    repeated = (cells * N)[:N]
    if "except in 1 cell" in message:
        repeated = cells[:1] + (cells[1:] * N)[: N - 1]
    assert message in rejected(x=repeated)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{},5", "contains numbers as text ('1,5'): read them as numbers with --numeric x"),
        ("{}.250,00", "contains numbers as text ('1.250,00')"),
        ("1 {:03}", "contains numbers as text ('1 001')"),
        ("0{:03}.5", "contains numbers as text ('0001.5')"),
        ("-{}", "contains numbers as text ('-1')"),
        ("{}%", "contains percentages ('1%', row 1): read them as numbers with --numeric x"),
        ("$ {}", "contains amounts of money ('$ 1', row 1): read them"),
        ("{}.25 EUR", "contains amounts of money ('1.25 EUR', row 1): read them"),
        ("{:02}/01/2020", "contains dates in another notation ('01/01/2020', row 1): write"),
        ("{}-MAR-2018", "contains dates in another notation ('1-MAR-2018', row 1): write"),
        ("{} days 10:30:00", "contains durations ('1 days 10:30:00', row 1): write them as"),
        ("{:02}:30", "contains times ('01:30', row 1): write them as numbers of hours"),
    ],
)
def test_notations_that_were_not_read_are_rejected(text, message):
    """Text that is all numbers, dates or times is rejected with an example and an option."""
    assert message in rejected(x=[text.format(i % 40 + 1) for i in range(N)])


@pytest.mark.parametrize("levels", [["1", "2", "3"], ["a", "b", "9"], ["0", "low", "high"]])
def test_codes_that_look_like_numbers_are_categories(levels):
    """Text of few levels is categorical if all are digits, or if most are words."""
    data = prepared(x=levels * (N // len(levels)))
    assert set(data.X["x"].cat.categories) == set(levels)


def test_declared_categories_are_not_questioned():
    """Categories of a file may mix numbers with words."""
    cells = pa.array(["1", "2", "3", "more"] * (N // 4)).dictionary_encode()
    assert prepared(declared={"x"}, x=cells).categorical == ["x"]


@pytest.mark.parametrize(
    "text", ["{:05}", "10.0.0.{}", "{}-{}", "v{}", "555-{:04}", "SKU{}", "{}+", "1.{}.0"]
)
def test_codes_are_categories(text):
    """Codes, addresses and ranges are categories, whatever their number."""
    data = prepared(x=[text.format(i % 30, i % 30 + 9) for i in range(N)])
    assert data.categorical == ["x"]
    assert data.notes[1:] == ("categories: 'x' (30)",)
