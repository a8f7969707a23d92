"""Tables with an amount in each row, for the tests of value columns."""

import pandas as pd
import pytest

from lab.datasets.value_columns import ValueColumns
from lab.read_options import ReadOptions
from lab.tests.helpers.small_tables import NOISE, N, T

AMOUNTS = [round(10 + 3.5 * i, 2) for i in range(N)]
GOAL = "--goal cost:miss=amount"
METRIC = "metric 'euros'"
REQUIRED = ValueColumns(required={"amount": GOAL})
OPTIONAL = ValueColumns(optional={"amount": METRIC})
DROP = ReadOptions(drop=frozenset(["amount"]))
USUAL = ReadOptions()
each_file = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


def save(folder, table, name="mine", suffix=".csv"):
    """Write a table to a file of this kind; return its path."""
    path = folder / f"{name}{suffix}"
    table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
    return path


def table(amount=AMOUNTS, **more):
    """Return a table with an amount."""
    return pd.DataFrame({"t": T, "noise": NOISE, "amount": amount, **more})


def remark(data, name="amount"):
    """Return the remark on a column."""
    return next(column.remark for column in data.schema if column.name == name)
