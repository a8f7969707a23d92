"""Fixtures and helpers of the tests that read a user's file."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from lab.datasets.reading.tables import read_table
from lab.errors import TableError


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a file of this content, as lists of cells by column."""

    def read(content, name="table.csv"):
        path = tmp_path / name
        if isinstance(content, pa.Table):
            parquet.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return {name: cells.to_pylist() for name, cells in read_table(path).columns.items()}

    return read


@pytest.fixture
def rejected(read, tmp_path):
    """Return a function that returns the error message, less the path, for a rejected file."""

    def rejected(content, name="table.csv"):
        with pytest.raises(TableError) as caught:
            read(content, name)
        message = str(caught.value)
        assert message.startswith(str(tmp_path / name))
        assert "\n" not in message
        assert len(message) < 500 + len(str(tmp_path))
        return message.removeprefix(str(tmp_path / name)).lstrip(": ")

    return rejected


def column(cells):
    """Return a Parquet table of one column."""
    return pa.table({"a": cells})


def no_id(_value):
    """Return an empty test id, since contents are long and binary."""
    return ""
