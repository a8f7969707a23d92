"""Tests of numbers with separators of thousands and decimal signs, in any file."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.datasets.reading.notation import Notation
from lab.datasets.reading.tables import read_table
from lab.errors import TableError
from lab.read_options import ReadOptions

SPACES = ["'", "\u2019", " ", "\u00a0", "\u202f"]
THOUSANDS = ["", ".", ",", *SPACES]


def written(value, decimals, decimal, thousands):
    """Return a number in a notation."""
    text = f"{value / 10**decimals:,.{decimals}f}"
    return text.replace(",", "T").replace(".", decimal).replace("T", thousands)


def quoted(cell, delimiter):
    """Return a cell as a CSV file has it."""
    return f'"{cell}"' if delimiter in cell else cell


def column(tmp_path, cells, delimiter=",", name="t.csv", others=None, **options):
    """Return the table of a column ``a`` in a file, between others."""
    others = others or ["x"] * len(cells)
    rows = [delimiter.join(["b", "a", "c"])]
    rows += [
        delimiter.join([quoted(other, delimiter), quoted(cell, delimiter), "y"])
        for cell, other in zip(cells, others, strict=True)
    ]
    path = tmp_path / name
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return read_table(path, ReadOptions(**options))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    values=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
    decimals=st.integers(0, 5),
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(THOUSANDS),
    delimiter=st.sampled_from(",;\t|"),
)
def test_numbers_in_any_notation_are_right_or_refused(
    tmp_path, values, decimals, decimal, thousands, delimiter
):
    """A column of numbers is read right, or rejected with one of its cells."""
    if thousands == decimal:
        thousands = ""
    cells = [written(value, decimals, decimal, thousands) for value in values]
    refusal = ""
    try:
        table = column(tmp_path, cells, delimiter)
    except TableError as error:
        refusal = str(error)
    if refusal:
        assert any(repr(cell) in refusal for cell in cells)
        assert decimals in (0, 3)  # one sign before three digits: decimals or thousands
        return
    if decimals == 3 or (decimals == 0 and thousands in ("", ".", ",")):
        # 1.234 alone is a number with decimals where the delimiter does not say otherwise.
        usual = {",": ".", ";": ""}.get(delimiter, "")
        if all(len(cell.strip("-")) > 3 for cell in cells) and usual != decimal:
            return
    assert table.columns["a"].to_pylist() == [value / 10**decimals for value in values]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["12.500", "987", "1.250"], [12500, 987, 1250]),
        (["12.000", "987", "1.000"], [12000, 987, 1000]),
        (["12,500", "987"], [12500, 987]),
        (["12.500", "3,5"], [12500, 3.5]),
        (["12,500", "3.5"], [12500, 3.5]),
        (["1.234.567", "12.500"], [1234567, 12500]),
        (["1.234.567", "12.500,25"], [1234567, 12500.25]),
        (["1 234 567", "12 500,125"], [1234567, 12500.125]),
        (["1'234.500", "12.125"], [1234.5, 12.125]),
        (["0.125", "12.500", "987"], [0.125, 12.5, 987]),
        (["0,125", "12,500", "987"], [0.125, 12.5, 987]),
        (["12.5", "12.500"], [12.5, 12.5]),
        (["12.500", "98765"], [12.5, 98765]),
        (["-1.5", "+2.25", "3e5", "1.125e-3"], [-1.5, 2.25, 3e5, 1.125e-3]),
    ],
)
def test_a_column_shows_what_its_signs_separate(tmp_path, delimiter, cells, values):
    """A dot or a comma before three digits is judged by all cells of the column."""
    assert column(tmp_path, cells, delimiter).columns["a"].to_pylist() == values


def test_other_columns_show_the_decimal_sign(tmp_path):
    """If nothing in a column shows what a sign separates, the decimal sign of others does."""
    cells = ["12.500", "11.250"]
    decimals = column(tmp_path, cells, ";", others=["0.5", "2.5"])
    assert decimals.columns["a"].to_pylist() == [12.5, 11.25]
    assert decimals.remarks == {}
    thousands = column(tmp_path, cells, ";", others=["0,5", "2,5"])
    assert thousands.columns["a"].to_pylist() == [12500, 11250]
    assert thousands.remarks == {"a": "'12.500' is 12500"}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["12.500", "11.250"], "'12.500' in row 1, which may be 12500 or 12.5"),
        (["1.5", "2,5"], "several notations, '1.5' in row 1 and '2,5' in row 2"),
        (["1.234.567", "2.5"], "several notations, '1.234.567' in row 1"),
    ],
)
def test_signs_without_one_meaning_are_rejected(tmp_path, cells, message):
    """A column in two notations, or in one that leaves the value open, is rejected."""
    with pytest.raises(TableError) as caught:
        column(tmp_path, cells, ";")
    assert message in str(caught.value)


def test_numbers_after_many_rows_decide(tmp_path, monkeypatch):
    """A separator of thousands may appear after blocks of whole numbers, or of open ones."""
    from lab.datasets.reading import csv_blocks

    monkeypatch.setattr(csv_blocks, "BLOCK", 1 << 10)
    for first in ("7", "1.250"):
        cells = [first] * 500 + ["12.500", "987"]
        read = column(tmp_path, cells).columns["a"].to_pylist()
        assert read[-2:] == [12500, 987]
        assert read[0] == float(first.replace(".", ""))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["12 %", "7%", "1.5 %"], [12, 7, 1.5]),
        (["$ 1,250.50", "$7", "$ 987"], [1250.5, 7, 987]),
        (["1.250,50 EUR", "7 EUR", ""], [1250.5, 7, None]),
    ],
)
def test_a_unit_is_left_out_on_request(tmp_path, cells, values):
    """With ``--numeric`` a percent sign or a currency is left out, and a remark says so."""
    table = column(tmp_path, cells, ";", numeric=frozenset("a"))
    assert table.columns["a"].to_pylist() == values
    assert " is " in table.remarks["a"]


@pytest.mark.parametrize(
    "cells", [["1 EUR", "2 USD"], ["32€24", "1€50"], ["04-MAR-18", "05-MAR-18"]]
)
def test_what_numeric_cannot_read_is_an_error(tmp_path, cells):
    """``--numeric`` reads numbers with one unit or none; anything else is quoted."""
    with pytest.raises(TableError, match=f"{cells[0]!r} in row 1, which --numeric cannot read"):
        column(tmp_path, cells, numeric=frozenset("a"))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["(3348)", "(8.5)", "7"], [-3348, -8.5, 7]),
        (["322.96-", "7", "8-"], [-322.96, 7, -8]),
        (["\u22125.5", "\u20137", "8"], [-5.5, -7, 8]),
        (["4,24,471", "12,34,567.5", "987"], [424471, 1234567.5, 987]),
    ],
)
def test_negative_numbers_and_lakhs_are_read(tmp_path, cells, values):
    """Negative numbers of accounting and SAP, with a dash, and India's groups are read right."""
    assert column(tmp_path, cells).columns["a"].to_pylist() == values


def test_a_column_that_contradicts_the_others_is_rejected(tmp_path):
    """If other columns show the decimal sign, a column against it is no guess but an error."""
    for cells in (["1500", "980", "1,250"], ["2", "1.125", "1.375"]):
        with pytest.raises(TableError, match="which may be 1"):
            column(tmp_path, cells, others=["0.5", "1.5", "2.5"])
    with pytest.raises(TableError, match=r"column 'b' has '0.5' and column 'a' has '1,3'"):
        column(tmp_path, ["1", "1,3", "2"], others=["0.5", "1.5", "2.5"])


def test_leading_zeros_are_remarked_on(tmp_path):
    """Digits with leading zeros may be codes, so that a remark says how they are read."""
    assert column(tmp_path, ["7", "01", "0.5"]).remarks == {"a": "'01' is 1"}
    assert column(tmp_path, ["7", "12E4"]).remarks == {"a": "'12E4' is 120000"}
    assert column(tmp_path, ["7", "0", "0.5", ""]).remarks == {}


def test_codes_can_be_categories(tmp_path):
    """With ``--categorical`` digits stay as they are written, with leading zeros."""
    table = column(tmp_path, ["01", "2", "01"], categorical=frozenset("a"))
    assert table.columns["a"].to_pylist() == ["01", "2", "01"]
    assert table.declared == {"a"}


@pytest.mark.parametrize(
    ("cells", "options", "notation"),
    [
        (["12.500", "987"], {}, Notation(",", ".")),
        (["12,500", "987.5"], {}, Notation(".", ",")),
        (["3,5", "4"], {}, Notation(",", "")),
        (["3.5", "4"], {}, None),
        (["$ 1,250", "$ 3"], {"numeric": frozenset({"a"})}, Notation(".", ",", "$")),
        (["12 %", "3%"], {"numeric": frozenset({"a"})}, Notation(".", "", "%")),
    ],
)
def test_the_notation_of_a_column_is_known(tmp_path, cells, options, notation):
    """The table has the signs and the unit of each column that is not written plainly."""
    table = column(tmp_path, cells, delimiter=";", **options)
    assert table.notations.get("a") == notation
