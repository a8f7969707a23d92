"""Tests of invalid input on the command line: one sentence, pytest's usage error, no fit."""

import gzip
import pickle

import pandas as pd
import pytest

from lab.tests.helpers.scratch import Scratch

USAGE = 4  # pytest's exit status
ROWS = [(i, "abc"[i % 3], "yes" if i % 10 == 0 else "no") for i in range(60)]
HEADER = "amount,kind,churned"


def text(rows=ROWS, header=HEADER):
    """Return a CSV file's text."""
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def with_amount(value, row=3):
    """Return the rows with a different amount in one of them."""
    return [
        (value, *rest) if i == row else (amount, *rest) for i, (amount, *rest) in enumerate(ROWS)
    ]


def with_target(values):
    """Return the rows with these targets in turn."""
    return [(*rest, values[i % len(values)]) for i, (*rest, _) in enumerate(ROWS)]


TABLE = pd.DataFrame(ROWS, columns=HEADER.split(","))


def parquet(table):
    """Return a Parquet file's bytes."""
    return table.to_parquet(index=False)


# By test: the file's name, its content, further arguments, and part of the message.
FILES = {
    "empty": ("f.csv", "", [], "f.csv is empty"),
    "header alone": ("f.csv", HEADER + "\n", [], "f.csv has a header but no rows"),
    "Parquet without rows": ("f.parquet", parquet(TABLE[:0]), [], "a header but no rows"),
    "a Parquet file named CSV": ("f.csv", parquet(TABLE), [], "name it f.parquet"),
    "a CSV file named Parquet": (
        "f.parquet",
        text(),
        [],
        "is named like a Parquet file but is not one",
    ),
    "gzip without its extension": ("f.csv", gzip.compress(text().encode()), [], "f.csv.gz"),
    "gzip by extension only": (
        "f.csv.gz",
        text(),
        [],
        "is named like a gzip file but is not one",
    ),
    "a cut archive": (
        "f.csv.gz",
        gzip.compress(text(ROWS * 9).encode())[:-20],
        [],
        "cannot be read",
    ),
    "a pickle": ("f.csv", pickle.dumps(ROWS), [], "but is a pickle"),
    "another format": ("f.xlsx", text(), [], "use one of .csv"),
    "not UTF-8": ("f.csv", text().replace("abc"[0], "é").encode("latin-1"), [], "not UTF-8"),
    "a header that is not UTF-8": ("f.csv", ("é," + text()).encode("latin-1"), [], "not UTF-8"),
    "UTF-16": ("f.csv", text().encode("utf-16"), [], "UTF-16 text: save it as UTF-8"),
    "ragged rows": ("f.csv", text([*ROWS, (1, 2)]), [], "line 62, '1,2', at the end"),
    "an unclosed quote": ("f.csv", text([*ROWS, ('"', "a", "no")] * 9), [], "f.csv"),
    "duplicate columns": ("f.csv", text(header="a,a,churned"), [], "2 columns are named 'a'"),
    "no such column": ("f.csv", text(header="amount,kind,Churn"), [], "did you mean Churn?"),
    "one class": ("f.csv", text(with_target(["no"])), [], "only one value, 'no'"),
    "three classes": ("f.csv", text(with_target("abc")), [], "3 values, 'a' (20), 'b' (20)"),
    "no target at all": ("f.csv", text(with_target([""])), [], "no value in any row"),
    "a tie": ("f.csv", text(with_target("ab")), [], "choose the positive class with --positive"),
    "no such value": ("f.csv", text(), ["--positive", "maybe"], "no value 'maybe'"),
    "infinite": (
        "f.csv",
        text(with_amount("inf")),
        [],
        "'amount' has an infinite value in row 4",
    ),
    "huge": ("f.csv", text(with_amount("1e200")), [], "'amount' has 1e+200 in row 4"),
    "mixed": ("f.csv", text(with_amount("unknown")), [], "has numbers except in 1 cell, for"),
    "a long cell": ("f.csv", text(with_amount("x" * 100_000)), [], "a cell of 100,000 characters"),
    "nested": (
        "f.parquet",
        parquet(TABLE.assign(kind=[["a"]] * len(TABLE))),
        [],
        "'kind' contains nested values",
    ),
    "bytes": ("f.parquet", parquet(TABLE.assign(kind=b"\xff\xfe")), [], "not UTF-8 text"),
    "nothing to learn from": ("f.csv", text([(1, "a", t) for *_, t in ROWS]), [], "no features"),
    "too few positives": (
        "f.csv",
        text(),
        ["--folds", "7"],
        "6 minority rows, too few for 7 folds: use --folds 6 or fewer",
    ),
    "one positive": (
        "f.csv",
        text([*with_target(["no"]), (1, "a", "yes")]),
        [],
        "1 minority row, too few for 5 folds: cross-validation needs at least 2 rows of each class",
    ),
    "two values for one file": (
        "f.csv",
        text(),
        ["--positive", "yes", "--positive", "no"],
        "--positive is given 2 times for 1 file of --data",
    ),
    "the name of a selected dataset": (
        "caravan.csv",
        text(),
        ["--dataset", "caravan"],
        "--data and --dataset both name 'caravan'",
    ),
    "a missing baseline": (
        "f.csv",
        text(),
        ["--baseline", "none.json"],
        "none.json does not exist: --update-baseline creates it",
    ),
}
TARGET = ["--target", "churned"]
OTHERS = {
    "missing": (["--data", "good/chrun.csv", *TARGET], "did you mean churn.csv?"),
    "a folder": (["--data", "good", *TARGET], "good is a folder"),
    "no regular file": (["--data", "/dev/null", *TARGET], "not a regular file"),
    "a name too long": (
        ["--data", "x" * 300 + ".csv", *TARGET],
        "cannot be read (File name too long)",
    ),
    "no target given": (["--data", "good/churn.csv"], "one of 'amount', 'kind', 'churned'"),
    "a target without a file": (TARGET, "name it with --data FILE"),
    "two of the same name": (
        ["--data", "good/churn.csv", "--data", "more/churn.csv", *TARGET],
        "two files of --data are named 'churn'",
    ),
    "the second of two": (
        ["--data", "good/churn.csv", "--data", "none.csv", *TARGET],
        "none.csv does not exist",
    ),
    "an unknown collection": (
        ["--dataset", "climp"],
        "unknown dataset 'climp': did you mean climb",
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory, forks):
    """Return a scratch project with all of these files."""
    project = Scratch(tmp_path_factory.mktemp("bad"), forks)
    for folder in ("good", "more"):
        (project.root / folder).mkdir()
        (project.root / folder / "churn.csv").write_text(text())
    for name, (file, content, *_) in FILES.items():
        path = project.root / name / file
        path.parent.mkdir()
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return project


@pytest.mark.parametrize("name", [*FILES, *OTHERS])
def test_bad_input_is_one_sentence(project, name):
    """Invalid input ends in a usage error of one sentence, before any file is written."""
    if name in FILES:
        file, _, more, message = FILES[name]
        arguments = ["--data", f"{name}/{file}", *TARGET, *more]
    else:
        arguments, message = OTHERS[name]
    done = project.run(*arguments)
    assert done.returncode == USAGE, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("ERROR: ")
    assert message in lines[0]
    assert not (project.root / "mlflow.db").exists()
    assert not list(project.root.glob(".lab/sessions/*"))
