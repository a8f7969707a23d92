"""Tests of which files are read as tables, and what is said of the others."""

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
from lab.tests.helpers.table_files import count


class Loaded:
    """An object that writes a file if a pickle of it is ever loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


ZIPPED = gzip.compress(b"a\n%x\n" % 7**20_000)


WHOLE = "is not a whole Parquet file"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.xlsx", b"PK", "is of a kind that is not read; its name has to end in .csv, .csv.gz"),
        ("t.csv.gz", b"a\n1\n", "is named as compressed by gzip, and it is not"),
        ("t.csv.gz", ZIPPED[:20], "is not a whole file"),
        ("t.csv.gz", ZIPPED[:200] + bytes(99) + ZIPPED[299:], ""),
        ("t.csv.gz", ZIPPED[:-9], "cannot be read"),
        ("t.csv.gz", b"\x1f\x8bnothing", ""),
        ("t.csv.gz", gzip.compress(b""), "has no header"),
        ("t.csv.gz", gzip.compress("a,b\n".encode("utf-16")), "is not UTF-8 text"),
        ("t.parquet", b"a,b\n1,2\n", "is named as a Parquet file, and it is not: name it"),
        ("t.parquet", b"\x80\x04\x95", "it is a pickle: save it as UTF-8 CSV"),
        ("t.parquet", b"PAR1", WHOLE),
        ("t.parquet", b"PAR1" + bytes(100) + b"PAR1", "cannot be read"),
        ("t.parquet", pa.table({"a": pa.array([], pa.int8())}), "has a header and no rows"),
        ("t.parquet", pa.table({}), "has no columns"),
        (
            "t.parquet",
            pa.table({"a\0": [1]}),
            r"column 'a\x00' has a NUL in its name: give it another",
        ),
        (
            "t.parquet",
            pa.Table.from_arrays([pa.array([1])] * 2, ["a", "a"]),
            "2 columns are called 'a': give each a name of its own",
        ),
        (
            "t.parquet",
            pa.Table.from_arrays([pa.array([1])] * 2, ["", ""]),
            "2 columns have no name: give each a name of its own",
        ),
    ],
    ids=count,
)
def test_a_file_that_is_not_what_its_name_says_is_refused(refused, name, content, said):
    """A file of another kind, cut off or without rows is refused, and what to do is said."""
    assert said in refused(content, name)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.csv.gz"])
@pytest.mark.parametrize("protocol", [0, 2, pickle.HIGHEST_PROTOCOL])
def test_no_pickle_is_ever_loaded(read, tmp_path, name, protocol):
    """A pickle by the name of a table is refused or read as text, and never loaded."""
    content = pickle.dumps(Loaded(tmp_path / "loaded"), protocol)
    with contextlib.suppress(TableError):
        read(gzip.compress(content) if name.endswith(".gz") else content, name)
    assert not (tmp_path / "loaded").exists()


def test_a_missing_file_offers_the_near_ones(tmp_path):
    """A file that does not exist is an error that names the near ones of its folder."""
    (tmp_path / "churn.csv").touch()
    with pytest.raises(TableError, match=r"chrun.csv does not exist: did you mean churn.csv\?$"):
        read_table(tmp_path / "chrun.csv")
    with pytest.raises(TableError, match=r"far.csv does not exist$"):
        read_table(tmp_path / "nowhere" / "far.csv")


def test_what_is_no_file_is_refused(tmp_path):
    """A folder, a pipe, what is below a file and a name too long are refused."""
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "file.csv").touch()
    for name, said in {
        "folder.csv": "is a folder: name a file",
        "pipe.csv": "is not a regular file",
        "file.csv/t.csv": "does not exist|cannot be read",
        f"{'x' * 300}.csv": "does not exist|cannot be read",
        "nul\0.csv": "does not exist|cannot be read",
    }.items():
        with pytest.raises(TableError, match=said):
            read_table(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    """A file without permission is an error that says so."""
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "t.csv").chmod(0)
    with pytest.raises(TableError, match=r"t.csv cannot be read \(Permission denied\)"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("change", ["append", "rename columns", "delete"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_that_changes_meanwhile_is_refused(monkeypatch, tmp_path, change, suffix):
    """A file that grows, is replaced or goes while it is read is an error, not half a table."""
    from lab.datasets.reading import parquet_file

    path = tmp_path / f"t{suffix}"
    module = csv_file if suffix == ".csv" else parquet_file

    def write(names):
        table = pd.DataFrame({name: [1, 2] for name in names})
        table.to_csv(path, index=False) if module is csv_file else table.to_parquet(path)

    def changing(path, names):
        if change == "append":
            columns = read(path, names)
            with path.open("ab") as file:
                file.write(b"3,4\n")
            return columns
        path.unlink()
        if change == "rename columns":
            write(["c", "d"])
        return read(path, names)

    write(["a", "b"])
    read = module.read
    monkeypatch.setattr(module, "read", changing)
    with pytest.raises(TableError, match=r"changed while it was read|cannot be read"):
        read_table(path)


def test_the_stem_is_what_is_not_the_type():
    """A file's name less its type is its stem, with other dots in it."""
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


def test_a_large_table_is_not_held_three_times(tmp_path):
    """Reading and preparing 200,000 rows of 30 numbers takes less than 3 times their memory."""
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
