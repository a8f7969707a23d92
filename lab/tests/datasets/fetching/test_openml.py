"""Tests of datasets of OpenML, against a local server."""

import numpy as np
import pytest

from lab.datasets.dataset import Dataset
from lab.datasets.fetching import openml
from lab.datasets.fetching.download import fetch
from lab.tests.helpers.published_datasets import (
    JSON,
    NUMBER_AND_TARGET,
    TITANIC,
    TITANIC_FILE,
    change_arff,
    failure,
    file_path,
    ignore,
    needs_recordings,
    publish_recorded,
    publish_table,
)
from lab.tests.helpers.web_site import Answer


@needs_recordings
def test_a_dataset_of_openml_has_its_published_facts(site):
    """Titanic has its published size, types, missing values, licence and rarer class."""
    publish_recorded(site, 40945)
    entry = fetch(TITANIC, ignore)
    assert (entry.rows, entry.minority_rows, entry.columns, entry.missing) == (1309, 500, 13, 3855)
    assert (entry.collection, entry.title, entry.licence) == ("openml", "Titanic", "Public")
    assert entry.notes == ("positive class: survived = '1', 500 of 1,309 rows (38.20%)",)
    data = entry.load()
    assert data.source == "OpenML 40945, Titanic, version 1"
    assert data.numeric == ["pclass", "age", "sibsp", "parch", "fare", "body"]
    assert "survived" not in data.X.columns
    assert data.X["sex"].value_counts().to_dict() == {"male": 843, "female": 466}
    assert data.X["age"].isna().sum() == 263
    assert data.X.loc[data.y == 1, "sex"].value_counts().to_dict() == {"female": 339, "male": 161}


@needs_recordings
def test_a_dataset_matches_that_of_scikit_learn(site, tmp_path):
    """Values and target are those of ``fetch_openml`` with the default target."""
    from sklearn.datasets import fetch_openml

    publish_recorded(site, 1590)
    data = fetch("openml:1590", ignore).load()
    bunch = fetch_openml(data_id=1590, data_home=str(tmp_path / "other"), parser="auto")
    assert data.y.tolist() == (bunch.target == ">50K").astype(int).tolist()
    for name in bunch.data.columns:
        assert (
            data.X[name]
            .astype(object)
            .equals(Dataset("", bunch.data[[name]], data.y, "").X[name].astype(object))
        )


@needs_recordings
def test_a_sparse_dataset_becomes_a_dense_one(site):
    """Rows, non-zero values and labels are those of the file, whatever it omits."""
    publish_recorded(site, 292)
    data = fetch("openml:292", ignore).load()
    lines = [
        line for line in site.answers[file_path(site, 292)].body.split(b"\n") if b"{0 " in line
    ]
    assert data.X.shape == (len(lines), 14)
    assert (data.X != 0).sum().sum() == sum(line.count(b",") for line in lines)
    rarer = min((b"{0 1,", b"{0 -1,"), key=lambda start: sum(map(start.__eq__, _starts(lines))))
    assert data.y.tolist() == [int(start == rarer) for start in _starts(lines)]
    assert data.notes[0] == "WARNING: the status of this version on OpenML is deactivated"
    # Sparse files may omit the first level of a category.
    change_arff(site, 292, rb"^\{0 1, ", b"{")
    publish_recorded(site, 40981, folder=292)
    change_arff(site, 40981, rb"^\{0 1, ", b"{")
    assert fetch("openml:40981", ignore).load().digest == data.digest


def _starts(lines):
    return [line[: line.index(b",") + 1] for line in lines]


@needs_recordings
def test_a_sparse_dataset_that_is_too_large_is_rejected(site, monkeypatch):
    """A sparse dataset is rejected if its dense table would not fit into memory."""
    publish_recorded(site, 292)
    monkeypatch.setattr(openml, "MAX_CELLS", 100)
    assert "is sparse and too large for a dense table" in failure("openml:292")


@needs_recordings
def test_problems_that_openml_reports_become_notes(site):
    """A warning that OpenML publishes with a dataset is among its notes."""
    publish_recorded(site, 3)
    assert fetch("openml:3", ignore).notes[0] == (
        "WARNING: OpenML reports a problem: Deep Blue is in the house."
    )


@needs_recordings
@pytest.mark.parametrize(
    ("number", "message"),
    [
        (61, "target 'class' has 3 values instead of two"),
        (561, "target 'class' has 104 values instead of two"),
        (40589, "6 default targets"),
        (42074, "0 default targets"),
    ],
)
def test_a_target_that_is_not_binary_is_rejected(site, number, message):
    """Several classes, a numeric target, several targets and none are explained."""
    publish_recorded(site, number)
    assert message in failure(f"openml:{number}")


def test_rows_without_a_target_are_dropped(site):
    """Rows without a target are dropped and counted in a note."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,?", "3,b", "?,a"], missing=1)
    data = fetch("openml:7", ignore).load()
    assert data.X["x"].tolist()[:2] == [1, 3]
    assert np.isnan(data.X["x"][2])
    assert data.y.tolist() == [0, 1, 0]
    assert data.notes[1] == "dropped: 1 row without a value of class"


@pytest.mark.parametrize(
    ("kind", "rows", "y", "label"),
    [
        ("{b, a}", ["1,b", "2,a", "3,b", "4,a"], [1, 0, 1, 0], "'b'"),
        ("NUMERIC", ["1,2", "2,10", "3,2", "4,10"], [0, 1, 0, 1], "'10'"),
        ("NUMERIC", ["1,0.0", "2,?", "3,1.0", "4,1.0"], [1, 0, 0], "'0'"),
        ("{'no one', one}", ["1,'no one'", "2,one", "3,one"], [1, 0, 0], "'no one'"),
    ],
)
def test_the_positive_class_is_the_rarer_one(site, kind, rows, y, label):
    """The rarer class is positive; in a tie it is the one that sorts last, as text or number."""
    publish_table(site, 7, {"x": "NUMERIC", "class": kind}, rows, missing=1)
    data = fetch("openml:7", ignore).load()
    assert data.y.tolist() == y
    assert f"positive class: class = {label}" in data.notes[0]


def test_columns_have_the_types_that_openml_declares(site):
    """Nominal codes and text of digits are categories; numbers with ``nan`` are numbers."""
    kinds = {"code": "{1, 2}", "text": "STRING", "x": "REAL", "n": "INTEGER", "class": "{a, b}"}
    publish_table(site, 7, kinds, ["1,007,nan,3,a", "2,008,0.5,?,b", "?,?,1e3,4,a"])
    X = fetch("openml:7", ignore).load().X
    assert X["code"].astype(object).tolist()[:2] == ["1", "2"]
    assert X["text"].astype(object).tolist()[:2] == ["007", "008"]
    assert X[["code", "text"]].isna().sum().tolist() == [1, 1]
    assert X[["x", "n"]].isna().sum().tolist() == [1, 1]
    assert X["x"].tolist()[1:] == [0.5, 1000.0]


@pytest.mark.parametrize("value", ["inf", "-1e300"])
def test_a_number_out_of_bounds_is_rejected(site, value):
    """Infinite and huge numbers are rejected by the column's name."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", f"{value},b", "3,a"])
    assert "column 'x' has numbers beyond 1e+100 in 1 of 3 rows" in failure("openml:7")


@pytest.mark.parametrize(
    ("columns", "rows", "message"),
    [
        ({"class": "{a, b}"}, ["a", "b", "a"], "has no features"),
        (NUMBER_AND_TARGET, ["1,?", "2,?"], "has 0 values instead of two"),
        (NUMBER_AND_TARGET, ["1,a", "1,2,3,b"], "is corrupted"),
        (NUMBER_AND_TARGET, ["one,a", "2,b"], "is corrupted"),
        (NUMBER_AND_TARGET, [], "is corrupted"),
    ],
)
def test_an_invalid_table_is_rejected(site, columns, rows, message):
    """No feature, no target, ragged rows, text among numbers and no rows are rejected."""
    publish_table(site, 7, columns, rows)
    assert message in failure("openml:7")


@pytest.mark.parametrize("status", [404, 412])
def test_an_unknown_number_is_reported(site, status):
    """Both statuses of OpenML for an unknown dataset give the same error."""
    site.answers[f"{JSON}features/999"] = Answer(b'{"error":{"code":"271"}}', status)
    assert "'openml:999' is unknown to OpenML" in failure("openml:999")


@needs_recordings
@pytest.mark.parametrize("path", [f"{JSON}features/40945", f"{JSON}40945", TITANIC_FILE])
@pytest.mark.parametrize(
    "answer",
    [
        {"promised": 10**6},
        {"status": 500},
        {"status": 403},
        {"body": b""},
        {"body": b'{"data_features": [], "data_set_description": "?"}'},
        {"body": b"<html>Sign in to this network</html>"},
        {"body": b"\xff\xfe\xfd not text"},
        {"encoding": "gzip"},
        {"body": b"\x1f\x8b\x08\x00 no more", "encoding": "gzip"},
    ],
    ids=lambda answer: " ".join(f"{key} {value}"[:20] for key, value in answer.items()),
)
def test_a_broken_answer_of_openml_leaves_no_file(site, path, answer):
    """Any broken answer to any request is an error that names the dataset."""
    publish_recorded(site, 40945)
    for key, value in answer.items():
        setattr(site.answers[path], key, value)
    message = failure(TITANIC)
    status = answer.get("status")
    expected = f"answers {status}" if status else "try again, or choose another dataset"
    assert expected in message


@needs_recordings
def test_a_checksum_mismatch_is_rejected(site):
    """One changed byte in the file is an error."""
    publish_recorded(site, 40945)
    answer = site.answers[TITANIC_FILE]
    answer.body = answer.body.replace(b"female", b"famale", 1)
    assert "md5" in failure(TITANIC)
