"""Tests of what datasets of OpenML come to, against a server on this machine."""

import numpy as np
import pytest

from lab.datasets.dataset import Dataset
from lab.datasets.fetching import openml
from lab.datasets.fetching.download import fetch
from lab.tests.helpers.web_site import (
    JSON,
    NUMBER_AND_TARGET,
    TITANIC,
    TITANIC_FILE,
    Answer,
    change_arff,
    file_of,
    needs_recordings,
    publish_table,
    recorded,
    refusal,
    silent,
)


@needs_recordings
def test_a_dataset_of_openml_is_what_openml_says_it_is(site):
    """Titanic has its published size, types, missing values, licence and rarer class."""
    recorded(site, 40945)
    entry = fetch(TITANIC, silent)
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
def test_a_dataset_is_what_scikit_learn_makes_of_it(site, tmp_path):
    """Values and target are those of ``fetch_openml`` with its default target."""
    from sklearn.datasets import fetch_openml

    recorded(site, 1590)
    data = fetch("openml:1590", silent).load()
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
    """Rows, values that are not zero and labels are those of the file, whatever it leaves out."""
    recorded(site, 292)
    data = fetch("openml:292", silent).load()
    lines = [line for line in site.answers[file_of(site, 292)].body.split(b"\n") if b"{0 " in line]
    assert data.X.shape == (len(lines), 14)
    assert (data.X != 0).sum().sum() == sum(line.count(b",") for line in lines)
    rarer = min((b"{0 1,", b"{0 -1,"), key=lambda start: sum(map(start.__eq__, _starts(lines))))
    assert data.y.tolist() == [int(start == rarer) for start in _starts(lines)]
    assert data.notes[0] == "WARNING: OpenML does not offer this version (status deactivated)"
    # The first level of a category may be left out in such a file.
    change_arff(site, 292, rb"^\{0 1, ", b"{")
    recorded(site, 40981, folder=292)
    change_arff(site, 40981, rb"^\{0 1, ", b"{")
    assert fetch("openml:40981", silent).load().digest == data.digest


def _starts(lines):
    return [line[: line.index(b",") + 1] for line in lines]


@needs_recordings
def test_a_sparse_dataset_that_is_too_large_is_refused(site, monkeypatch):
    """A dense table of it would not fit into memory."""
    recorded(site, 292)
    monkeypatch.setattr(openml, "MOST_CELLS", 100)
    assert "sparse" in refusal("openml:292")


@needs_recordings
def test_what_openml_finds_wrong_becomes_a_note(site):
    """The warning that a dataset is published with stands in its notes."""
    recorded(site, 3)
    assert fetch("openml:3", silent).notes[0] == (
        "WARNING: OpenML states a problem: Deep Blue is in the house."
    )


@needs_recordings
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (61, "target 'class' has 3 instead of two values"),
        (561, "target 'class' has 104 instead of two values"),
        (40589, "6 default targets"),
        (42074, "0 default targets"),
    ],
)
def test_a_target_that_is_not_binary_is_refused(site, number, said):
    """Several classes, numbers, several targets and none are named."""
    recorded(site, number)
    assert said in refusal(f"openml:{number}")


def test_rows_without_a_target_are_left_out(site):
    """They are counted in a note."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,?", "3,b", "?,a"], missing=1)
    data = fetch("openml:7", silent).load()
    assert data.X["x"].tolist()[:2] == [1, 3]
    assert np.isnan(data.X["x"][2])
    assert data.y.tolist() == [0, 1, 0]
    assert data.notes[1] == "dropped, no value of class: 1 of 4 rows"


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
    """Of two equally frequent ones it is the second in order, as text or as a number."""
    publish_table(site, 7, {"x": "NUMERIC", "class": kind}, rows, missing=1)
    data = fetch("openml:7", silent).load()
    assert data.y.tolist() == y
    assert f"positive class: class = {label}" in data.notes[0]


def test_columns_are_what_openml_declares(site):
    """Codes declared as levels and text of digits are categories, numbers with ``nan`` numbers."""
    kinds = {"code": "{1, 2}", "text": "STRING", "x": "REAL", "n": "INTEGER", "class": "{a, b}"}
    publish_table(site, 7, kinds, ["1,007,nan,3,a", "2,008,0.5,?,b", "?,?,1e3,4,a"])
    X = fetch("openml:7", silent).load().X
    assert X["code"].astype(object).tolist()[:2] == ["1", "2"]
    assert X["text"].astype(object).tolist()[:2] == ["007", "008"]
    assert X[["code", "text"]].isna().sum().tolist() == [1, 1]
    assert X[["x", "n"]].isna().sum().tolist() == [1, 1]
    assert X["x"].tolist()[1:] == [0.5, 1000.0]


@pytest.mark.parametrize("value", ["inf", "-1e300"])
def test_a_number_beyond_bounds_is_refused(site, value):
    """The message names the column."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", f"{value},b", "3,a"])
    assert "column 'x' holds an infinite or too large value in 1 of 3 rows" in refusal("openml:7")


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        ({"class": "{a, b}"}, ["a", "b", "a"], "no column besides its target"),
        (NUMBER_AND_TARGET, ["1,?", "2,?"], "0 instead of two values"),
        (NUMBER_AND_TARGET, ["1,a", "1,2,3,b"], "cannot be read"),
        (NUMBER_AND_TARGET, ["one,a", "2,b"], "cannot be read"),
        (NUMBER_AND_TARGET, [], "cannot be read"),
    ],
)
def test_a_table_that_is_none_is_refused(site, columns, rows, said):
    """No feature, no target, lines of other lengths, text among numbers and no rows are named."""
    publish_table(site, 7, columns, rows)
    assert said in refusal("openml:7")


@pytest.mark.parametrize("status", [404, 412])
def test_an_unknown_number_is_said_to_be_unknown(site, status):
    """OpenML answers 412 for a number that it does not have."""
    site.answers[f"{JSON}features/999"] = Answer(b'{"error":{"code":"271"}}', status)
    assert "'openml:999' is unknown to OpenML" in refusal("openml:999")


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
def test_a_broken_answer_of_openml_leaves_nothing(site, path, answer):
    """Wherever it breaks, and however, there is a sentence that names the dataset."""
    recorded(site, 40945)
    for key, value in answer.items():
        setattr(site.answers[path], key, value)
    message = refusal(TITANIC)
    status = answer.get("status")
    said = f"answers {status}" if status else "so the download is damaged: try again"
    assert said in message


@needs_recordings
def test_a_file_with_another_checksum_is_refused(site):
    """One changed byte is enough."""
    recorded(site, 40945)
    answer = site.answers[TITANIC_FILE]
    answer.body = answer.body.replace(b"female", b"famale", 1)
    assert "md5" in refusal(TITANIC)
