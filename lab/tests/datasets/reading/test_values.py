"""Tests of value columns: numbers of a table's rows that a metric or a goal asks for."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyarrow import parquet

from lab import datasets
from lab.cases import Case, Protocol
from lab.datasets.user_files import read_file, register_copies, register_files
from lab.datasets.value_columns import ValueColumns
from lab.errors import LabError, TableError
from lab.evaluation import evaluate
from lab.read_options import ReadOptions
from lab.tests.helpers.amounts import (
    AMOUNTS,
    DROP,
    GOAL,
    METRIC,
    OPTIONAL,
    REQUIRED,
    USUAL,
    each_file,
    remark,
    save,
    table,
)
from lab.tests.helpers.small_tables import NOISE, N, T, prepared


@pytest.mark.parametrize("drop", [False, True])
@each_file
def test_a_column_is_a_value_with_or_without_being_a_feature(tmp_path, suffix, drop):
    """An amount that something asks for is read whether it is a feature or left out."""
    path = save(tmp_path, table(), suffix=suffix)
    data = read_file(path, "t", None, DROP if drop else USUAL, REQUIRED)
    assert data.values["amount"].tolist() == AMOUNTS
    assert data.value_columns == ("amount",)
    assert ("amount" in data.X.columns) is not drop
    assert "value column" in remark(data)
    note = "value and feature: 'amount' (--drop amount if it is unknown when you predict)"
    assert (note in data.value_notes) is not drop
    assert not any("value" in text for text in data.notes)


def test_lab_drops_a_column_that_stays_a_value(tmp_path):
    """A constant or an identifier is no feature, and can be asked for."""
    data = read_file(save(tmp_path, table([7] * N)), "t", values=REQUIRED)
    assert list(data.X.columns) == ["noise"]
    assert data.values["amount"].tolist() == [7] * N
    assert data.value_notes == ()


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.500", "2.500,25"], [1500, 2500.25]),
        (["1 500", "2 500.5"], [1500, 2500.5]),
        (["1,5", "0,25"], [1.5, 0.25]),
        (["(2.50)", "3.00-"], [-2.5, -3]),
    ],
)
@pytest.mark.parametrize("drop", [False, True])
def test_amounts_in_any_notation_are_read(tmp_path, drop, cells, values):
    """The notation of a column is judged by the column, left out or not."""
    rows = table(cells * (N // 2), noise=range(0, 3 * N, 3)).drop(columns="noise")
    path = save(tmp_path, rows.assign(x=[i * 7 % 11 for i in range(N)]))
    data = read_file(path, "t", None, DROP if drop else USUAL, REQUIRED)
    assert data.values["amount"].tolist() == values * (N // 2)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([f"c{i % 7}" for i in range(N)], "has text, for example 'c0' in row 1: write numbers, or"),
        ([date(2026, 1, 1 + i % 28) for i in range(N)], "has dates: write numbers, or name"),
        ([*AMOUNTS[:-1], None], "has no value in 1 row, for example row 60: fill them in"),
        ([None] * N, "has no value in 60 rows, for example row 1: fill them in, or remove"),
        ([*AMOUNTS[:-1], np.inf], "has an infinite value in row 60 "),
        ([f"{a} EUR" for a in AMOUNTS], "has text, for example '10.0 EUR' in row 1: write numbers"),
    ],
    ids=["text", "dates", "gap", "empty", "infinite", "unit"],
)
@pytest.mark.parametrize("drop", [False, True])
def test_a_required_column_without_numbers_is_refused(tmp_path, drop, cells, message):
    """The message names the file, the column, what asks for it, and a cell at fault."""
    path = save(tmp_path, table(cells))
    with pytest.raises(TableError) as caught:
        read_file(path, "t", None, DROP if drop else USUAL, REQUIRED)
    text = str(caught.value)
    if "EUR" in message and not drop:
        message = message.replace("write numbers", "read it as numbers with --numeric amount")
    assert text.startswith(f"{path}: column 'amount', which {GOAL} asks for, {message}")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (pa.array([f"c{i % 7}" for i in range(N)]).dictionary_encode(), "has categories: write"),
        (pa.array([[1.0]] * N), "has values of type list<"),
        (pa.array(["7", "8"] * (N // 2)), "has text: write numbers, or name another column"),
        (pa.array([i * 10**9 for i in range(N)], pa.duration("ns")), "has durations: write"),
    ],
    ids=["categories", "nested", "digits", "durations"],
)
def test_a_required_column_of_another_type_is_refused(tmp_path, cells, message):
    """In a Parquet file, numbers are columns of a numeric type."""
    path = tmp_path / "mine.parquet"
    parquet.write_table(pa.table({"t": T, "noise": NOISE, "amount": cells}), path)
    with pytest.raises(TableError, match=re.escape(message)):
        read_file(path, "t", None, DROP, REQUIRED)


def test_amounts_with_a_unit_are_read_as_the_user_says(tmp_path):
    """--numeric leaves out the unit of a value column as of any other."""
    path = save(tmp_path, table([f"{a} EUR" for a in AMOUNTS]))
    options = ReadOptions(numeric=frozenset(["amount"]))
    assert read_file(path, "t", None, options, REQUIRED).values["amount"].tolist() == AMOUNTS
    # Months in order are no numbers, and no reason to refuse a table in which a metric finds them.
    months = [f"2026-{1 + i % 12:02}" for i in range(N)]
    options = ReadOptions(time=frozenset(["amount"]))
    data = read_file(save(tmp_path, table(months)), "t", None, options, OPTIONAL)
    assert "has text, for example '2026-01' in row 1" in data.value_notes[0]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"amont": "--goal cost:miss=amont"}, "has no column 'amont', which --goal cost:miss=amo"),
        ({"t": "--goal cost:miss=t"}, "'t', which --goal cost:miss=t asks for, is the target: n"),
        ({"noise": GOAL}, ""),
    ],
)
def test_a_required_column_has_to_be_there(tmp_path, asked, message):
    """A column that the table lacks, or its target, is an error; the message suggests names."""
    path = save(tmp_path, table())
    if not message:
        assert read_file(path, "t", values=ValueColumns(asked)).value_columns == ("noise",)
        return
    with pytest.raises(TableError, match=re.escape(message)) as caught:
        read_file(path, "t", values=ValueColumns(asked))
    assert ("did you mean amount?" in str(caught.value)) == ("amont" in asked)


def test_each_file_needs_a_required_column(tmp_path):
    """With several files the message says which one lacks the column."""
    one = save(tmp_path, table(), "one")
    other = save(tmp_path, table().drop(columns="amount"), "other")
    args = (["t"], [], tmp_path / "copies")
    with pytest.raises(TableError, match=re.escape(f"{other} has no column 'amount', which --go")):
        register_files([one, other], *args, values=REQUIRED)
    asked = ValueColumns({"euros": "--goal cost:miss=euros"})
    with pytest.raises(TableError, match="no file of --data has a column 'euros', which --goal"):
        register_files([one, other], *args, values=asked)
    with pytest.raises(TableError, match="cost:miss=amount asks for column 'amount' of a table"):
        register_files([], [], [], tmp_path / "copies", values=REQUIRED)
    assert register_files([], [], [], tmp_path / "copies", values=OPTIONAL) == []


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (table().drop(columns="amount"), "is not in the table: choose from noise"),
        (table(["a", "b"] * (N // 2)), "has text, for example 'a' in row 1: write numbers, or nam"),
        (table([*AMOUNTS[:-1], None]), "has no value in 1 row, for example row 60: fill them in"),
    ],
)
def test_a_metric_asks_softly(tmp_path, rows, note):
    """A table without the column of a metric is used, and a note says what is left out."""
    data = read_file(save(tmp_path, rows), "t", values=OPTIONAL)
    assert data.values is None
    (found,) = data.value_notes
    assert found.startswith(f"left out: metric 'euros', since column 'amount' {note}")


def test_what_asks_for_a_column_changes_no_result(tmp_path):
    """Digest and notes of a table, which results depend on, are the same if something asks."""
    path = save(tmp_path, table(day=range(N)))
    options = ReadOptions(time=frozenset(["day"]))
    asked = ValueColumns({"amount": GOAL, "day": GOAL})
    one, other = (read_file(path, "t", None, options, values) for values in (asked, OPTIONAL))
    assert one.digest == other.digest
    assert one.notes == other.notes
    assert (one.value_columns, other.value_columns) == (("amount", "day"), ("amount",))
    assert one.values["day"].tolist() == list(range(N))


@pytest.fixture
def forget():
    """Remove the user's own datasets after the test."""
    yield
    datasets.set_own([])


def test_workers_find_values_in_the_copies(tmp_path, forget):
    """Another process of the session has the value columns and the notes on them."""
    asked = ValueColumns({"amount": GOAL}, {"euros": METRIC})
    register_files([save(tmp_path, table())], ["t"], [], tmp_path / "copies", values=asked)
    register_copies(tmp_path / "copies", 1)
    assert datasets.entry("mine").value_columns == ("amount",)
    assert datasets.load("mine").values["amount"].tolist() == AMOUNTS
    one, other = datasets.entry("mine").notes[-2:]
    assert one.startswith("left out: metric 'euros', since column 'euros' is not in the table")
    assert other.startswith("value and feature: 'amount'")


@pytest.mark.parametrize("drop", [False, True])
def test_a_holdout_has_its_own_values(tmp_path, forget, drop):
    """The holdout has the table's value columns; one that it lacks is left out, with a note."""
    past = save(tmp_path, table())
    options = DROP if drop else USUAL
    args = ([past], ["t"], [], tmp_path / "copies", options)
    later = table([a + 1 for a in AMOUNTS], more=1)
    register_files(*args, holdout=save(tmp_path, later, "next"), values=REQUIRED)
    register_copies(tmp_path / "copies", 1)
    held_out = datasets.load("mine").holdout
    assert held_out.values["amount"].tolist() == [a + 1 for a in AMOUNTS]
    if drop:
        without = save(tmp_path, later.drop(columns="amount"), "next")
        register_files(*args, holdout=without, values=REQUIRED)
        data = datasets.load("mine")
        assert (data.value_columns, data.holdout.values) == (("amount",), None)
        note = f"holdout: left out: {GOAL}, since column 'amount' is not in the table"
        assert data.value_notes[-1].startswith(note)


@each_file
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=arrays(np.float64, 40, elements=st.floats(-1e9, 1e9, width=32)),
    gaps=arrays(np.bool_, 40),
    drop=st.booleans(),
    seed=st.integers(0, 99),
)
def test_values_line_up_with_rows(tmp_path, suffix, values, gaps, drop, seed):
    """Rows without a target have no value, and every other row has that of its row in the file.

    Also the rows that predictions name, where copies of rows are dropped.
    """
    rng = np.random.default_rng(seed)
    target = np.where(gaps, None, np.where(np.arange(40) % 4 == 0, "yes", "no"))
    target[:8] = ["yes", "no"] * 4
    rows = pd.DataFrame({"t": target, "x": rng.integers(0, 6, 40), "amount": values})
    data = read_file(
        save(tmp_path, rows, suffix=suffix), "t", "yes", DROP if drop else USUAL, REQUIRED
    )
    kept = np.flatnonzero(pd.notna(target))
    assert data.values["amount"].tolist() == values[kept].tolist()
    assert (data.y == (target[kept] == "yes")).all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "load", lambda _name: data)
        case = Case("mine", "raw", "dummy")
        try:
            predictions = evaluate(case, Protocol(2, copies="drop")).read_predictions()
        except LabError:
            return
    found = data.values["amount"].to_numpy()[data.positions(predictions["row"].to_numpy())]
    assert found.tolist() == values[predictions["row"]].tolist()


def test_a_table_without_values_has_none():
    """Without --drop, and without anything that asks, there are no value columns."""
    assert prepared(amount=AMOUNTS).values is None
