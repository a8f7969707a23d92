"""Small tables, for the tests of how a table becomes a dataset."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.table import Table
from lab.errors import TableError

N = 60  # rows
T = ["yes"] * 15 + ["no"] * 45
NOISE = np.random.default_rng(0).normal(size=N)


def table_cells():
    """Return a table of the target ``t`` and a column of noise."""
    return {"t": pa.array(T).dictionary_encode(), "noise": pa.array(NOISE)}


def prepared(target="t", positive=None, declared=(), options=None, **columns):
    """Return the dataset of a table with these columns, the target ``t`` and a column of noise."""
    table = {"t": T, "noise": NOISE} | columns
    cells = {}
    for name, values in table.items():
        array = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            array = array.dictionary_encode()
        cells[name] = pa.chunked_array([array[:7], array[7:]]).unify_dictionaries()
    made = Table(cells, set(declared))
    return prepare("mine", made, target, positive, "somewhere", "mine.csv", options)


def rejected(**arguments):
    """Return the error message, less the file, for a table that is rejected."""
    with pytest.raises(TableError) as caught:
        prepared(**arguments)
    message = str(caught.value)
    assert message.startswith("mine.csv")
    assert "\n" not in message
    return message.removeprefix("mine.csv").lstrip(": ")


def visits(machines=150, rows=12, noise=0.05, seed=0):
    """Return nearly identical rows of each machine, of which one in twelve fails, and the target.

    Nothing predicts the target of a new machine.
    """
    rng = np.random.default_rng(seed)
    machine = rng.permutation(np.repeat(np.arange(machines), rows))
    X = pd.DataFrame(rng.normal(size=(machines, 4))[machine], columns=list("abcd"))
    X += noise * rng.normal(size=X.shape)
    X["machine"] = pd.Categorical([f"M{number:03}" for number in machine])
    fails = rng.permutation(machines) < max(machines // 12, 5)
    return X, fails[machine].astype(np.int8)


def hourly(rows=1800, seed=0):
    """Return three slow signals with a date each hour, and a target of episodes."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(rows, 3)).cumsum(axis=0), columns=["s1", "s2", "s3"])
    X["time"] = 19_000 + np.arange(rows) / 24
    return X, (np.arange(rows) % 90 < 6).astype(np.int8)


def independent(rows=1000, columns=4, seed=0):
    """Return independent rows of normal features, the first of which predicts the target."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(rows, columns)), columns=list("abcdefgh"[:columns]))
    return X, (X["a"] + rng.normal(size=rows) > 1.5).to_numpy(np.int8)
