"""Small tables, for the tests of how a table becomes a dataset."""

import numpy as np
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
