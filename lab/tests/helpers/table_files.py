"""Fixtures and helpers of the tests that read a user's file."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from lab.datasets.reading.tables import read_table
from lab.errors import TableError


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a file of some content, as a list of cells by column name."""

    def read(content, name="table.csv"):
        path = tmp_path / name
        if isinstance(content, pa.Table):
            parquet.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return {name: cells.to_pylist() for name, cells in read_table(path).items()}

    return read


@pytest.fixture
def refused(read, tmp_path):
    """Return a function that reads a file that is refused, and returns what is said of it."""

    def refused(content, name="table.csv"):
        with pytest.raises(TableError) as caught:
            read(content, name)
        said = str(caught.value)
        assert said.startswith(str(tmp_path / name))
        assert "\n" not in said
        assert len(said) < 500 + len(str(tmp_path))
        return said.removeprefix(str(tmp_path / name)).lstrip(": ")

    return refused


def column(cells):
    """Return a Parquet table of one column."""
    return pa.table({"a": cells})


def count(_value):
    """Return no part of a test's id: contents are long and binary."""
    return ""
