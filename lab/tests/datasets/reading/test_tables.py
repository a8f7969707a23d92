"""Tests of which files are read as tables, and of the errors for all others."""

import contextlib
import gzip
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lab.datasets.reading import csv_file
from lab.datasets.reading.tables import read_table, stem
from lab.errors import TableError
from lab.tests.helpers.table_files import no_id


class Loaded:
    """An object that makes a folder if a pickle of it is ever loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


ZIPPED = gzip.compress(b"a\n%x\n" % 7**20_000)
INCOMPLETE = "is not a complete Parquet file"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"PK", "has an unsupported extension: use one of .csv, .csv.gz"),
        ("t.csv.gz", b"a\n1\n", "is named like a gzip file but is not one: give it the extension"),
        ("t.csv.gz", ZIPPED[:20], "is truncated or corrupted"),
        ("t.csv.gz", ZIPPED[:200] + bytes(99) + ZIPPED[299:], ""),
        ("t.csv.gz", ZIPPED[:-9], "is truncated or corrupted"),
        ("t.csv.gz", b"\x1f\x8bnothing", ""),
        ("t.csv.gz", gzip.compress(b""), "has no header"),
        ("t.csv.gz", gzip.compress("a,b\n".encode("utf-16")), "is not UTF-8 text"),
        (
            "t.parquet",
            b"a,b\n1,2\n",
            "is named like a Parquet file but is not one: give it",
        ),
        ("t.parquet", b"\x80\x04\x95", "but is a pickle: save it as UTF-8 CSV"),
        ("t.parquet", b"PAR1", INCOMPLETE),
        ("t.parquet", b"PAR1" + bytes(100) + b"PAR1", "cannot be read"),
        ("t.parquet", pa.table({"a": pa.array([], pa.int8())}), "has a header but no rows"),
        ("t.parquet", pa.table({}), "has no columns"),
        (
            "t.parquet",
            pa.table({"a\0": [1]}),
            r"column 'a\x00' has a NUL character in its name: rename it",
        ),
        (
            "t.parquet",
            pa.Table.from_arrays([pa.array([1])] * 2, ["a", "a"]),
            "2 columns are named 'a': give each its own name",
        ),
        (
            "t.parquet",
            pa.Table.from_arrays([pa.array([1])] * 2, ["", ""]),
            "2 columns have no name: give each its own name",
        ),
    ],
    ids=no_id,
)
def test_a_file_that_does_not_match_its_extension_is_rejected(rejected, name, content, message):
    """A file of another format, truncated or without rows is rejected with a remedy."""
    assert message in rejected(content, name)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.csv.gz"])
@pytest.mark.parametrize("protocol", [0, 2, pickle.HIGHEST_PROTOCOL])
def test_no_pickle_is_ever_loaded(read, tmp_path, name, protocol):
    """A pickle with the extension of a table is rejected or read as text, and never loaded."""
    content = pickle.dumps(Loaded(tmp_path / "loaded"), protocol)
    with contextlib.suppress(TableError):
        read(gzip.compress(content) if name.endswith(".gz") else content, name)
    assert not (tmp_path / "loaded").exists()


def test_a_missing_file_suggests_close_matches(tmp_path):
    """A file that does not exist is an error that suggests similar names in its folder."""
    (tmp_path / "churn.csv").touch()
    with pytest.raises(TableError, match=r"chrun.csv does not exist: did you mean churn.csv\?$"):
        read_table(tmp_path / "chrun.csv")
    with pytest.raises(TableError, match=r"far.csv does not exist$"):
        read_table(tmp_path / "nowhere" / "far.csv")


def test_anything_but_a_regular_file_is_rejected(tmp_path):
    """A folder, a pipe, a path below a file and an invalid name are rejected."""
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "file.csv").touch()
    for name, message in {
        "folder.csv": "is a folder: name a file",
        "pipe.csv": "is not a regular file",
        "file.csv/t.csv": "does not exist|cannot be read",
        f"{'x' * 300}.csv": "does not exist|cannot be read",
        "nul\0.csv": "does not exist|cannot be read",
    }.items():
        with pytest.raises(TableError, match=message):
            read_table(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_rejected(tmp_path):
    """A file that the user may not read is an error that says so."""
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "t.csv").chmod(0)
    with pytest.raises(TableError, match=r"t.csv cannot be read \(Permission denied\)"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("change", ["append", "rename columns", "delete"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_that_changes_while_read_is_rejected(monkeypatch, tmp_path, change, suffix):
    """A file that grows, is replaced or disappears while read is an error, not half a table."""
    from lab.datasets.reading import parquet_file

    path = tmp_path / f"t{suffix}"
    module = csv_file if suffix == ".csv" else parquet_file

    def write(names):
        table = pd.DataFrame({name: [1, 2] for name in names})
        table.to_csv(path, index=False) if module is csv_file else table.to_parquet(path)

    def changing(path, options):
        if change == "append":
            columns = read(path, options)
            with path.open("ab") as file:
                file.write(b"3,4\n")
            return columns
        path.unlink()
        if change == "rename columns":
            write(["c", "d"])
        return read(path, options)

    write(["a", "b"])
    read = module.read
    monkeypatch.setattr(module, "read", changing)
    with pytest.raises(TableError, match=r"changed while it was read|cannot be read"):
        read_table(path)


def test_the_stem_is_the_name_without_the_extension():
    """Only the extension of the format is removed from a name, in any case; other dots stay."""
    names = ["a.csv", "a.CSV.GZ", "a.b.tsv.gz", "a.parquet", "a.pq", "a"]
    assert [stem(Path(name)) for name in names] == ["a", "a", "a.b", "a", "a", "a"]


MEMORY = """
import resource, sys
from pathlib import Path
import numpy, pandas, pyarrow.csv, pyarrow.compute
from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import read_table
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
dataset = prepare("large", read_table(Path(sys.argv[1])), "t")
assert dataset.rows == 200_000
print((peak() - before) / (8 * dataset.X.size))
"""


def test_a_large_table_is_not_in_memory_three_times(tmp_path):
    """Reading 200,000 rows of 30 numbers as a dataset takes less than 3 times their memory."""
    rng = np.random.default_rng(0)
    rows = [
        "%.6f," * 30 % tuple(row) + "01"[i % 9 == 0]
        for i, row in enumerate(rng.normal(size=(1000, 30)))
    ]
    with (tmp_path / "large.csv").open("w") as file:
        file.write(",".join(f"x{i}" for i in range(30)) + ",t\n")
        file.writelines(["\n".join(rows) + "\n"] * 200)
    command = [sys.executable, "-c", MEMORY, str(tmp_path / "large.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(f"at most {float(done.stdout):.2f} times the numbers' own memory")
    assert float(done.stdout) < 3
