"""Tests of the columns that group rows or order them in time."""

from datetime import date, time

import numpy as np
import pandas as pd
import pytest

from lab.datasets.user_files import read_file
from lab.read_options import ReadOptions
from lab.tests.helpers.small_tables import NOISE, N, T, prepared, rejected

PADDED = [f"{i % 15:0{2 + i // 30}}" for i in range(N)]
HOURS = pd.date_range("2026-01-01", periods=N, freq="h")
DAYS = [date(2026, 1, 1 + i % 28) for i in range(N)]


def by(**columns):
    """Return options that name a group or a time."""
    return ReadOptions(**{name: frozenset(columns[name]) for name in columns})


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([f"m{i % 12}" for i in range(N)], 12),
        ([i % 30 for i in range(N)], 30),
        ([None, *(i % 30 for i in range(N - 1))], 31),
        (["", *(f"m{i % 12}" for i in range(N - 1))], 13),
        ([i % 2 == 0 for i in range(N)], 2),
        (DAYS, 28),
    ],
)
def test_any_column_can_group_rows(values, groups):
    """Text, numbers, booleans and dates group rows; a row without a value is a group of its own."""
    data = prepared(who=values, options=by(group=["who"]))
    assert data.group_column == "who"
    assert data.number_of_groups == groups
    assert list(data.X.columns) == ["noise"]
    assert next(column.treatment for column in data.schema if column.name == "who") == "group"
    assert any(f"group: 'who', {groups} groups" in note for note in data.notes)


@pytest.mark.parametrize(
    ("values", "unit", "first", "shown"),
    [
        (DAYS, "days", 20454, "from 2026-01-01 to 2026-01-28"),
        (HOURS, "days", 20454, "to 2026-01-03 11:00"),
        ([time(i % 24) for i in range(N)], "seconds", 0, "from 0 to 82800"),
        ([f"2026-{1 + i % 12:02}" for i in range(N)], "days", 20454, "to 2026-12-01"),
        ([i % 7 for i in range(N)], "", 0, "from 0 to 6"),
    ],
)
def test_dates_times_and_numbers_order_rows(values, unit, first, shown):
    """Dates become days, times seconds, and numbers keep their unit; text may be ISO dates."""
    data = prepared(when=values, options=by(time=["when"]))
    assert (data.time_column, data.time_unit) == ("when", unit)
    assert data.time.iloc[0] == first
    assert data.time.dtype == np.float64
    assert list(data.X.columns) == ["noise"]
    assert any("time: 'when', from" in note and shown in note for note in data.notes)


def test_groups_and_times_are_part_of_the_digest():
    """Another group, another time or another name is another dataset."""
    who, when = [i % 30 for i in range(N)], list(range(N))
    tables = [
        prepared(),
        prepared(who=who, options=by(group=["who"])),
        prepared(other=who, options=by(group=["other"])),
        prepared(who=who[::-1], options=by(group=["who"])),
        prepared(who=who, options=by(time=["who"])),
        prepared(who=who, when=when, options=by(group=["who"], time=["when"])),
    ]
    assert len({data.digest for data in tables}) == len(tables)


@pytest.mark.parametrize(
    ("column", "options", "message"),
    [
        (
            [f"m{i % 12}" for i in range(N)],
            by(time=["one"]),
            "text that is no date, for example 'm0",
        ),
        (["2026-01-05", *["5.1.26"] * (N - 1)], by(time=["one"]), "for example '5.1.26': write"),
        ([None, *range(N - 1)], by(time=["one"]), "no value in 1 row, for example row 1: fill"),
        ([5] * N, by(time=["one"]), "--time 'one' has one value only"),
        ([i % 2 == 0 for i in range(N)], by(time=["one"]), "--time 'one' has booleans"),
        (["a"] * N, by(group=["one"]), "--group 'one' has one value only"),
    ],
)
def test_a_column_that_does_not_serve_is_refused(column, options, message):
    """A column that does not group or order rows is an error that names it."""
    assert message in rejected(one=column, options=options)


def test_two_groups_are_refused():
    """One table has one group column."""
    columns = {"one": list(range(N)), "two": [i % 9 for i in range(N)]}
    assert "--group names 'one' and 'two'" in rejected(**columns, options=by(group=columns))


def test_a_group_for_each_row_is_warned_of():
    """A group for each row groups nothing."""
    (note,) = _warnings(prepared(who=list(range(N)), options=by(group=["who"])))
    assert note == "WARNING: each row has its own 'who': it groups nothing"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_groups_keep_all_their_digits(tmp_path, suffix):
    """Large numbers, which floating point rounds, and padded ones are groups of their own."""
    for number, ids in enumerate(([10**17 + i % 30 for i in range(N)], PADDED)):
        file = tmp_path / f"table{number}{suffix}"
        table = pd.DataFrame({"who": ids, "x": NOISE, "t": T})
        table.to_csv(file, index=False) if suffix == ".csv" else table.to_parquet(file)
        data = read_file(file, "t", None, by(group=["who"]))
        assert data.number_of_groups == len(set(ids)) == 30


def _warnings(data):
    return [note for note in data.notes if note.startswith("WARNING")]
