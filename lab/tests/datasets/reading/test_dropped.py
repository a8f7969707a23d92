"""Tests of columns that the user leaves out, and of those that are kept as value columns."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, event, given, settings
from pyarrow import csv, parquet

from lab.datasets.reading import csv_blocks
from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import header, read_table
from lab.datasets.user_files import read_file
from lab.errors import LabError, TableError
from lab.read_options import ReadOptions
from lab.tests.datasets.test_any_table import TARGET, tables, write
from lab.tests.helpers.amounts import (
    AMOUNTS,
    DROP,
    REQUIRED,
    each_file,
    remark,
    save,
    table,
)
from lab.tests.helpers.small_tables import NOISE, N, T


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (AMOUNTS, AMOUNTS),
        (range(N), range(N)),
        ([i % 2 == 0 for i in range(N)], [1.0, 0.0] * (N // 2)),
        ([7] * N, [7.0] * N),
    ],
    ids=["amounts", "row numbers", "booleans", "a constant"],
)
@each_file
def test_left_out_numbers_are_kept(tmp_path, suffix, cells, values):
    """Numbers and booleans that --drop names are kept, even if nothing asks for them."""
    data = read_file(save(tmp_path, table(cells), suffix=suffix), "t", None, DROP)
    assert data.values["amount"].tolist() == list(values)
    assert remark(data) == "--drop; value column"
    assert "dropped by --drop: 'amount'" in data.notes
    assert data.value_notes == ()


@pytest.mark.parametrize(
    "cells",
    [
        [f"customer {i % 7}" for i in range(N)],
        [date(2026, 1, 1 + i % 28) for i in range(N)],
        [*AMOUNTS[:-1], None],
        [*AMOUNTS[:-1], np.inf],
        [*map(str, AMOUNTS[:-1]), "unknown"],
        [*(["true", "false"] * 29), "1", "0"],
        [None] * N,
        ["x" * 40_000] * N,
    ],
    ids=["text", "dates", "gap", "infinite", "mixed", "booleans", "empty", "long"],
)
@each_file
def test_other_left_out_columns_are_no_values(tmp_path, suffix, cells):
    """What cannot be a value column is left out without a word, as before."""
    whole = [column for column in table() if column != "noise"]
    rows = table(cells, noise=[f"{i}" for i in range(N)])[whole].assign(noise=range(0, 3 * N, 3))
    data = read_file(save(tmp_path, rows, suffix=suffix), "t", None, DROP)
    assert data.values is None
    assert data.value_columns == data.value_notes == ()
    assert remark(data) == "--drop"


@each_file
def test_left_out_columns_decide_nothing(tmp_path, suffix):
    """The digest, the notes and the features are the same whatever a left-out column has."""
    found = []
    for cells in (AMOUNTS, [f"{i},50" for i in range(N)], ["?"] * N, NOISE):
        rows = table(cells, price=["1.500", "2.750"] * (N // 2) if suffix == ".parquet" else NOISE)
        options = ReadOptions(
            drop=frozenset(["amount"]), categorical=frozenset(["price"] * (suffix == ".parquet"))
        )
        found.append(read_file(save(tmp_path, rows, suffix=suffix), "t", None, options))
    assert len({data.digest for data in found}) == 1
    assert len({data.notes for data in found}) == 1


def test_a_left_out_column_follows_the_file(tmp_path):
    """1.500 is 1.5 in a file whose other numbers have a decimal dot."""
    data = read_file(save(tmp_path, table(["1.500", "2.750"] * (N // 2))), "t", None, DROP)
    assert data.values["amount"].tolist() == [1.5, 2.75] * (N // 2)


def test_an_unclear_sign_is_explained_only_if_something_asks(tmp_path):
    """Where a dot may separate decimals or thousands, a left-out column has no values."""
    rows = table(["1.500", "2.750"] * (N // 2), noise=range(0, 3 * N, 3))
    path = tmp_path / "mine.csv"
    rows.to_csv(path, sep=";", index=False)
    assert read_file(path, "t", None, DROP).values is None
    message = "'amount', which --goal cost:miss=amount asks for, has '1.500' in row 1, which may be"
    with pytest.raises(TableError, match=message):
        read_file(path, "t", None, DROP, REQUIRED)


@pytest.mark.parametrize("late", ["1.500,5", "x", "true", "2026-01-01"])
def test_a_late_cell_decides_about_a_left_out_column(tmp_path, monkeypatch, late):
    """A notation that only a later block shows is that of the whole column; a word ends it."""
    monkeypatch.setattr(csv_blocks, "BLOCK", 1 << 10)
    cells = [*(["12", "1.250"] * 40), late]
    rows = pd.DataFrame({"t": [1, 0, 0] * 27, "x": range(0, 243, 3), "amount": cells})
    data = read_file(save(tmp_path, rows.assign(pad="p" * 50)), "t", None, DROP)
    if late == "1.500,5":
        assert data.values["amount"].tolist() == [*([12, 1250] * 40), 1500.5]
    else:
        assert data.values is None


def test_columns_without_a_name_can_be_left_out(tmp_path):
    """Nothing can ask for columns without a name, of which there may be several."""
    paths = [tmp_path / f"mine{suffix}" for suffix in (".csv", ".parquet")]
    names = ["", "", "t", "noise"]
    columns = [pa.array(cells) for cells in (range(N), AMOUNTS, T, NOISE)]
    made = pa.Table.from_arrays(columns, names)
    csv.write_csv(made, paths[0])
    parquet.write_table(made, paths[1])
    for path in paths:
        assert read_file(path, "t", None, ReadOptions(drop=frozenset([""]))).values is None


@each_file
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(columns=tables())
def test_columns_of_any_kind_can_be_left_out(tmp_path, suffix, columns):
    """A table without some columns is the same dataset as the table from which they are dropped."""
    whole, part = (tmp_path / f"{name}{suffix}" for name in ("whole", "part"))
    write(columns, whole)
    try:
        names = [name for name in header(whole) if name != TARGET]
    except LabError:
        return
    dropped = frozenset(names[1::2])
    read = {n: n.strip() if suffix == ".csv" else n for n in columns}
    write({n: column for n, column in columns.items() if read[n] not in dropped}, part)
    try:
        expected = prepare("any", read_table(part), TARGET)
    except LabError:
        return
    table = read_table(whole, ReadOptions(drop=dropped))
    found = prepare("any", table, TARGET, options=ReadOptions(drop=dropped))
    assert found.digest == expected.digest
    for name in found.value_columns:
        event("kept")
        assert np.isfinite(found.values[name]).all()
