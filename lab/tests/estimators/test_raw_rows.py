"""Tests of the transformer of rows as they are in a user's file."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from lab.datasets import column
from lab.datasets.dataset import LARGEST_NUMBER
from lab.estimators import cells, raw_rows
from lab.estimators.raw_rows import RawRows

NAN = np.nan


def step(kind, treatment="number", missing=(), **more):
    """Return the transformer of one column ``c``."""
    return RawRows([{"name": "c", "kind": kind, "treatment": treatment} | more], list(missing))


def read(values, kind, treatment="number", missing=(), **more):
    """Return the values of one column after the transformer."""
    rows = pd.DataFrame({"c": values})
    return step(kind, treatment, missing, **more).transform(rows)["c"]


def numbers(*arguments, **more):
    """Return a column that becomes numbers, with NaN as None."""
    found = read(*arguments, **more)
    assert found.dtype == np.float64
    return [None if np.isnan(value) else value for value in found]


def texts(*arguments, **more):
    """Return a column that becomes categories, with NaN as None."""
    found = read(*arguments, "categories", **more)
    assert found.cat.categories.dtype == object
    return [None if pd.isna(value) else value for value in found]


def refused(*arguments, **more):
    """Return the message of a column that cannot be converted."""
    with pytest.raises(ValueError, match=r"^column 'c' ") as caught:
        read(*arguments, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1.5, NAN], [1.5, None]),
        (pd.array([1, None], "Int64"), [1, None]),
        (["1.5", " 2 ", "", None, "?", "-1e-3"], [1.5, 2, None, None, None, -0.001]),
        ([Decimal("1.10"), None, 2], [1.1, None, 2]),
        (pd.Categorical(["3", None, "4"]), [3, None, 4]),
        ([-999, 4], [None, 4]),
        ([-999.0, 4.5], [None, 4.5]),
        (["-999", "4.5"], [None, 4.5]),
        ([None, None], [None, None]),
    ],
)
def test_numbers_may_have_any_type(values, found):
    """Numbers may be integers, floats, decimals or text, with gaps and words for these."""
    assert numbers(values, "numbers", missing=["?", "-999"]) == found


def test_words_do_not_apply_to_columns_that_were_not_text():
    """Where a file stores numbers as such, no number in it means a missing value."""
    assert numbers([-999, 4], "numbers", missing=["-999"], typed=True) == [-999, 4]


@pytest.mark.parametrize(
    ("values", "way", "found"),
    [
        (["12.500", "987", "1.250,5"], {"decimal": ",", "thousands": "."}, [12500, 987, 1250.5]),
        (["12,500", "987.5"], {"thousands": ","}, [12500, 987.5]),
        (["3,5", "-2"], {"decimal": ","}, [3.5, -2]),
        (["1'000.5", "1 000"], {"thousands": "' "}, [1000.5, 1000]),
        (["12 %", "3.5%", 4], {"unit": "%"}, [12, 3.5, 4]),
        (["EUR 1.000", "5 EUR"], {"decimal": ",", "thousands": ".", "unit": "EUR"}, [1000, 5]),
        ([1234, 12], {"decimal": ",", "thousands": "."}, [1234, 12]),
        ([1234.0, NAN, 0.0], {"decimal": ",", "thousands": "."}, [1234, None, 0]),
    ],
)
def test_numbers_are_read_in_the_notation_of_their_column(values, way, found):
    """Separators of thousands, decimal signs and units are those that the file had."""
    assert numbers(values, "numbers", **way) == found


@pytest.mark.parametrize("values", [[1234.0, 12.5], [NAN, 12.0], [12.5, "x"]])
def test_a_float_that_may_have_a_separator_of_thousands_is_refused(values):
    """Where a dot separates thousands, 12.5 is an error, since pandas reads 12.500 so."""
    message = refused(values, "numbers", decimal=",", thousands=".")
    row, cell = next((i, v) for i, v in enumerate(values, 1) if v in (12.0, 12.5))
    assert message == (
        f"column 'c' has {cell} in row {row}, where a dot may separate thousands: pass its cells "
        "as text, such as by read_csv(file, dtype=str)"
    )


@pytest.mark.parametrize(
    ("values", "kind", "cell", "noun"),
    [
        (["1", "many"], "numbers", "'many' in row 2", "a number"),
        (["1,5"], "numbers", "'1,5' in row 1", "a number"),
        ([True], "numbers", "True in row 1", "a number"),
        ([1.0, np.inf], "numbers", "inf in row 2", "a number"),
        ([[1]], "numbers", "[1] in row 1", "a number"),
        ([pd.Timestamp("2020-01-01")], "numbers", "Timestamp('2020-01-01 00:00:00')", "a number"),
        (["yes"], "booleans", "'yes' in row 1", "true or false"),
        ([2], "booleans", "2 in row 1", "true or false"),
        (["10.2.2024"], "dates", "'10.2.2024' in row 1", "a date such as 2024-02-10"),
        (["2024-02-30"], "dates", "'2024-02-30' in row 1", "a date such as 2024-02-10"),
        ([19000], "dates", "19000 in row 1", "a date such as 2024-02-10"),
        (["25:00"], "times", "'25:00' in row 1", "a time such as 13:45:00"),
        ([5], "times", "5 in row 1", "a time such as 13:45:00"),
        (["5"], "durations", "'5' in row 1", "a duration such as '1 days 02:00:00'"),
        (["long"], "durations", "'long' in row 1", "a duration such as '1 days 02:00:00'"),
    ],
)
def test_a_cell_that_cannot_be_converted_is_named(values, kind, cell, noun):
    """The message names the column, the cell, its row and what it should be."""
    message = refused(values, kind)
    assert message.startswith(f"column 'c' has {cell}")
    assert message.endswith(f", which is not {noun}: correct the cell or leave it empty")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([True, False], [1, 0]),
        ([True, None, False], [1, None, 0]),
        (pd.array([True, None], "boolean"), [1, None]),
        (["TRUE", "false", "True", NAN, "0"], [1, 0, 1, None, 0]),
        ([1, 0], [1, 0]),
        ([1.0, NAN], [1, None]),
    ],
)
def test_booleans_may_have_any_type(values, found):
    """Booleans may be text in any case, and 1 or 0, with gaps."""
    assert numbers(values, "booleans") == found


@pytest.mark.parametrize(
    "values",
    [
        ["1970-01-03", None],
        ["1970-01-03T00:00:00", ""],
        ["1970-01-03 02:00+02:00", "?"],
        [datetime.date(1970, 1, 3), None],
        [datetime.datetime(1970, 1, 3, tzinfo=datetime.UTC), None],
        [np.datetime64("1970-01-03"), None],
        pd.to_datetime(["1970-01-03", None]),
        pd.to_datetime(["1970-01-03", None]).astype("M8[ns]"),
        pd.to_datetime(["1970-01-03 01:00", None]).tz_localize("Europe/Berlin"),
    ],
)
def test_dates_become_days(values):
    """Dates, moments and their ISO text, with offsets, become days since 1970 in UTC."""
    assert numbers(values, "dates", missing=["?"]) == [2, None]


@pytest.mark.parametrize(
    ("values", "kind", "found"),
    [
        (["01:00", "23:59:59.25", None], "times", [3600, 86399.25, None]),
        ([datetime.time(0, 0, 1, 500000), None], "times", [1.5, None]),
        (["1 days 00:00:02", "PT1.5S", None], "durations", [86402, 1.5, None]),
        ([datetime.timedelta(seconds=3), None], "durations", [3, None]),
        (pd.to_timedelta([1, None], unit="s"), "durations", [1, None]),
    ],
)
def test_times_and_durations_become_seconds(values, kind, found):
    """Times of day and durations, or their text, become seconds."""
    assert numbers(values, kind) == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["a", " b ", None, "", "?", "new"], ["a", "b", None, None, None, "new"]),
        ([1, 2], ["1", "2"]),
        ([1.0, NAN, 2.5], ["1", None, "2.5"]),
        ([True, False], ["True", "False"]),
        ([b"a", None], ["a", None]),
        (pd.Categorical(["x", None]), ["x", None]),
        ([None, None], [None, None]),
    ],
)
def test_text_may_look_like_numbers(values, found):
    """Text that pandas reads as numbers becomes text again, whole numbers without decimals."""
    assert texts(values, "text", missing=["?"]) == found


def test_codes_are_the_levels_that_the_model_knows():
    """A number or boolean is the level that pandas reads so, if it is written otherwise."""
    levels = "01 10 2.50 true"
    assert texts([1, 10, 7], "text", levels=levels) == ["01", "10", "7"]
    assert texts([2.5, NAN], "text", levels=levels) == ["2.50", None]
    assert texts([True, False], "text", levels=levels) == ["true", "False"]
    assert texts(["1", "01"], "text", levels=levels) == ["1", "01"]
    assert refused([10, 1], "text", "categories", levels="1 01 10") == (
        "column 'c' has 1 in row 2, which may be '01' or '1': pass its cells as text, such as by "
        "read_csv(file, dtype=str)"
    )


@pytest.mark.parametrize("values", [["a", "", "?", None], [3.0, NAN, NAN, NAN]])
def test_filled_in_is_1_or_0(values):
    """Where only the presence of a value is a feature, any value is 1."""
    found = read(values, "text", "filled in or not", ["?"])
    assert found.tolist() == [1, 0, 0, 0]


def test_columns_are_found_by_name():
    """Columns may come in any order, with spaces around their names; others are ignored."""
    columns = [{"name": name, "kind": "numbers", "treatment": "number"} for name in ("b", "a", "")]
    rows = pd.DataFrame({"more": ["x"], " a": [1], "Unnamed: 2": [2], "b": [3]}, index=[7])
    found = RawRows(columns, []).transform(rows)
    assert (list(found), found.index.tolist()) == (["b", "a", ""], [7])
    assert found.loc[7].tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a;c"], "column 'c' is missing: the rows have 'a;c'"),
        (["c", "c"], "column 'c' is there 2 times: give each column its own name"),
    ],
)
def test_a_missing_column_is_named(names, message):
    """A missing column is named, with those that there are."""
    with pytest.raises(ValueError, match=r"^column 'c' ") as caught:
        step("numbers").transform(pd.DataFrame([[1] * len(names)], columns=names))
    assert str(caught.value) == message


def test_no_rows_stay_no_rows():
    """A table without rows has the features."""
    assert read([], "numbers").dtype == np.float64
    assert len(read([], "text", "categories")) == 0


def test_words_and_limits_are_those_of_datasets():
    """The module, which travels with models, repeats what it may not import."""
    assert (raw_rows.CATEGORIES, raw_rows.FILLED) == (column.CATEGORIES, column.FILLED)
    assert cells.LARGEST_NUMBER == LARGEST_NUMBER
