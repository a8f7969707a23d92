"""Tests of downloads, against a server on this machine."""

import io
import json
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lab import datasets
from lab.datasets import download, openml, web, zenodo
from lab.datasets.catalogue import catalogue
from lab.datasets.dataset import Dataset, DatasetError
from lab.datasets.download import cache, cached, fetch
from lab.errors import UnknownNameError
from lab.tests.serving import (
    ARCHIVE,
    FILE,
    RECORD,
    RECORDED,
    Answer,
    Site,
    archive,
    arrays,
    change_arff,
    closed_port,
    needs_recordings,
    publish_archive,
    publish_recorded,
    publish_table,
)

JSON = "/api/v1/json/data/"
TITANIC, TITANIC_FILE = "openml:40945", "/data/v1/download/16826755/Titanic.arff"
IMBLEARN = [entry.name for entry in catalogue() if entry.group == "imblearn"]
NUMBER_AND_TARGET = {"x": "NUMERIC", "class": "{a, b}"}


@pytest.fixture
def site(monkeypatch, tmp_path):
    """Yield a server in the place of OpenML and Zenodo, and an empty folder for copies."""
    from sklearn.datasets import _openml

    site = Site()
    site.start()
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # scikit-learn tries again after one second, and for some addresses cannot be told otherwise.
    monkeypatch.setattr(_openml, "time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr(openml, "RETRIES", 1)
    move(monkeypatch, site.address)
    yield site
    site.stop()


def move(monkeypatch, address):
    """Let OpenML and Zenodo have another address."""
    from sklearn.datasets import _openml

    for name in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
        path = getattr(_openml, name).partition("/api/")[2]
        monkeypatch.setattr(_openml, name, f"{address}/api/{path}")
    monkeypatch.setattr(openml, "ADDRESS", address)
    monkeypatch.setattr(zenodo, "ADDRESS", address)


def recorded(site, number, folder=None):
    """Serve a dataset that scikit-learn's tests come with."""
    publish_recorded(site, RECORDED / f"id_{folder or number}", number)


def left():
    """Return what is in the folder of copies, besides its lock."""
    return sorted({path.name for path in cache().rglob("*")} - {download.LOCK})


def silent(line):
    """Take a line to the user and do nothing."""


def refusal(name):
    """Return the message of a download that fails, which must leave nothing behind."""
    with pytest.raises(DatasetError) as caught:
        fetch(name, silent)
    message = str(caught.value)
    assert repr(name) in message
    assert "\n" not in message
    assert left() == []
    assert cached(name) is None
    return message


def small_archive():
    """Return the members of an archive as Zenodo has it, of a few real rows each."""
    data = datasets.load("yeast_me2")
    members, sources = {}, {}
    positive = np.flatnonzero(data.y == 1)[:9]
    for index, name in enumerate(IMBLEARN, start=1):
        rows = np.concatenate([np.flatnonzero(data.y == 0)[: 20 + index], positive])
        X = data.X.iloc[rows].reset_index(drop=True).set_axis([f"x{i}" for i in range(8)], axis=1)
        sources[name] = Dataset(name, X, data.y[rows], "")
        members[f"x{index}data.npz"] = arrays(sources[name])
    return members, sources


@needs_recordings
def test_a_dataset_of_openml_is_downloaded_once(site):
    """The first fetch says one line; the second asks the server nothing, also when it is gone."""
    recorded(site, 40945)
    lines = []
    entry = fetch(TITANIC, lines.append)
    assert lines == [f"downloading openml:40945 from {site.address.removeprefix('http://')}"]
    asked = len(site.asked)
    site.stop()
    again = fetch(TITANIC, lines.append)
    site.start()
    assert (len(lines), len(site.asked)) == (1, asked)
    assert entry.load().digest == again.load().digest == cached(TITANIC).load().digest
    assert len(left()) == 2


@needs_recordings
def test_a_dataset_of_openml_is_what_openml_says_it_is(site):
    """Titanic has its published size, types, missing values, licence and rarer class."""
    recorded(site, 40945)
    entry = fetch(TITANIC, silent)
    assert (entry.rows, entry.minority_rows, entry.columns, entry.missing) == (1309, 500, 13, 3855)
    assert (entry.group, entry.title, entry.licence) == ("openml", "Titanic", "Public")
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
    lines = [line for line in site.answers[_file_of(site, 292)].body.split(b"\n") if b"{0 " in line]
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


def _file_of(site, number):
    facts = json.loads(site.answers[f"{JSON}{number}"].body)["data_set_description"]
    return facts["url"].removeprefix(site.address)


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


def test_without_a_network_there_is_a_sentence(site, monkeypatch):
    """It says which server cannot be reached, why, and what to do; the folder stays empty."""
    host = f"127.0.0.1:{closed_port()}"
    move(monkeypatch, f"http://{host}")
    for name in ("openml:31", "imblearn:ecoli"):
        assert refusal(name) == (
            f"dataset {name!r} is not on this machine and {host} cannot be reached (Connection "
            "refused): connect, or choose from `lab datasets`, which says what is at hand"
        )


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


def test_a_server_that_falls_silent_is_not_waited_for(site, monkeypatch):
    """The limit holds for what scikit-learn asks, too, and is gone afterwards."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])
    monkeypatch.setattr(web, "TIMEOUT", 0.1)
    for path in (f"{JSON}features/7", f"{JSON}7"):
        site.answers[path].pause = 0.3
        assert "cannot be reached (timed out)" in refusal("openml:7")
        site.answers[path].pause = 0
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "no dataset"])
def test_a_damaged_copy_is_fetched_again(site, damage, monkeypatch):
    """Without a network it is said to be damaged."""
    publish_table(site, 7, NUMBER_AND_TARGET, [f"{i},{'ab'[i % 5 == 0]}" for i in range(50)])
    entry = fetch("openml:7", silent)
    digest = entry.load().digest
    (table,) = cache().glob("*.arrow")
    content = table.read_bytes()
    number = np.float64(42).tobytes()
    assert content.count(number) == 1
    damaged = {
        "changed": content.replace(number, np.float64(43).tobytes()),
        "cut": content[: len(content) // 2],
        "no dataset": b"?",
    }
    table.unlink()
    if damage in damaged:
        table.write_bytes(damaged[damage])
    with monkeypatch.context() as patch:
        move(patch, f"http://127.0.0.1:{closed_port()}")
        with pytest.raises(DatasetError, match="is damaged on this machine and 127"):
            fetch("openml:7", silent)
    assert fetch("openml:7", silent).load().digest == digest
    assert len(left()) == 2


def test_two_that_need_a_dataset_at_once_download_it_once(site):
    """The second waits and finds the copy of the first."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])
    site.answers[f"{JSON}features/7"].pause = 0.2
    lines, digests = [], []

    def need():
        digests.append(fetch("openml:7", lines.append).load().digest)

    threads = [threading.Thread(target=need) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(lines) == 1
    assert len(digests) == 4
    assert len(set(digests)) == 1
    assert site.asked.count(_file_of(site, 7)) == 1


def test_an_interrupt_leaves_nothing(site, monkeypatch):
    """Ctrl-C while a file is read, or while the copy is written, leaves the folder empty."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    for target in (
        "sklearn.datasets._openml.load_arff_from_gzip_file",
        "pyarrow.ipc.RecordBatchFileWriter.write_batch",
        "lab.datasets.copies.json.dumps",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, interrupt, raising=True)
            with pytest.raises(KeyboardInterrupt):
                fetch("openml:7", silent)
        assert not [name for name in left() if name.startswith(".")]
        assert cached("openml:7") is None
        assert socket.getdefaulttimeout() is None


def test_what_a_killed_download_left_is_removed(site):
    """The next download cleans up."""
    (cache() / f"{download.UNFINISHED}1" / "openml").mkdir(parents=True)
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])
    fetch("openml:7", silent)
    assert len(left()) == 2


def test_a_folder_that_cannot_be_written_to_is_named(site, monkeypatch, tmp_path):
    """A file in the place of the folder, and a full disk, are each a sentence."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for target in ("TemporaryDirectory", "write_copy"):
        with monkeypatch.context() as patch:
            patch.setattr(download, target, full)
            assert "(No space left on device): put that right" in refusal("openml:7")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match=r"'openml:7' cannot be kept in .*SCIKIT_LEARN_DATA"):
        fetch("openml:7", silent)


def test_the_folder_is_within_that_of_scikit_learn(monkeypatch, tmp_path):
    """It follows scikit-learn's variable, and without it lies in the user's home."""
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    assert cache() == tmp_path / "mlflow-lab"
    for _ in range(2):
        assert not list(tmp_path.iterdir())
        monkeypatch.setenv("SCIKIT_LEARN_DATA", "")
        assert cache() == Path.home() / "scikit_learn_data" / "mlflow-lab"
        monkeypatch.delenv("SCIKIT_LEARN_DATA")
    assert cached("openml:31") is None or cache().is_dir()


@pytest.mark.parametrize("name", ["openml:", "openml:0", "openml:031", "openml:credit-g"])
def test_a_dataset_of_openml_is_named_by_its_number(name):
    """Anything else is an error that says how to write it."""
    with pytest.raises(DatasetError, match="write openml:ID"):
        fetch(name, silent)


def test_an_unknown_dataset_of_imbalanced_learn_offers_the_near_ones():
    """Nothing is downloaded for a name that does not exist."""
    with pytest.raises(UnknownNameError, match="did you mean imblearn:ecoli"):
        fetch("imblearn:ecolli", silent)


@pytest.mark.parametrize("legacy", [False, True])
def test_the_27_of_imbalanced_learn_come_at_once(site, legacy):
    """After one download all are there, with the values of the archive, and nothing else is."""
    members, sources = small_archive()
    decoy = b"not the file that is looked for"
    members["./x2data.npz"] = members.pop("x2data.npz")
    content = archive({"../../x1data.npz": decoy, "/x1data.npz": decoy, **members})
    publish_archive(site, content, legacy=legacy)
    lines = []
    for name in reversed(IMBLEARN):
        entry = fetch(name, lines.append)
        assert entry.load().digest == sources[name].digest
        assert (entry.group, entry.licence) == ("imblearn", "cc-zero")
        assert (entry.minority_rows, entry.columns, entry.categorical, entry.missing) == (
            9,
            8,
            0,
            0,
        )
    assert entry.title == "UCI, target: imU"
    assert entry.load().source == "Zenodo record 61452, imbalanced-learn's benchmark, ecoli"
    assert len(lines) == 1
    assert site.asked == [RECORD, FILE]
    assert len(left()) == 2 * 27
    found = sorted(path.name for path in cache().parents[1].iterdir())
    assert found == ["data"]


@pytest.mark.parametrize("path", [RECORD, FILE])
@pytest.mark.parametrize(
    "answer",
    [
        {"promised": 10**6},
        {"status": 404},
        {"status": 500},
        {"body": b""},
        {"body": b'{"files": []}'},
        {"body": b"[1]"},
        {"body": b"\xff\xfe\xfd not text"},
    ],
    ids=lambda answer: " ".join(f"{key} {value}"[:20] for key, value in answer.items()),
)
def test_a_broken_answer_of_zenodo_leaves_nothing(site, path, answer):
    """Wherever it breaks, and however, there is a sentence that names the dataset."""
    publish_archive(site, archive({"x1data.npz": b"?"}))
    for key, value in answer.items():
        setattr(site.answers[path], key, value)
    status = answer.get("status")
    said = f"answers {status}" if status else "so the download is damaged: try again"
    assert said in refusal("imblearn:ecoli")


def test_an_archive_with_another_checksum_is_refused(site):
    """One changed byte is enough, where the size is right."""
    content = archive({"x1data.npz": b"?"})
    publish_archive(site, content)
    site.answers[FILE].body = content[:-1] + bytes([content[-1] ^ 1])
    assert "does not have the checksum" in refusal("imblearn:ecoli")


def _pickled():
    file = io.BytesIO()
    np.savez(file, data=np.array([[{}]], dtype=object), label=np.array([1]))
    return file.getvalue()


def _without_label():
    file = io.BytesIO()
    np.savez(file, data=np.zeros((2, 2)))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"?", None, _pickled(), _without_label()])
def test_an_archive_that_is_malformed_is_refused_whole(site, content):
    """A member that is missing, no arrays, pickled or without labels: none of the 27 is kept."""
    members, _ = small_archive()
    members["x27data.npz"] = content
    if content is None:
        del members["x27data.npz"]
    publish_archive(site, archive(members))
    assert "cannot be read" in refusal("imblearn:ecoli")


@pytest.mark.parametrize("content", [b"no archive", ARCHIVE.encode() * 500])
def test_what_is_no_archive_is_refused(site, content):
    """Its checksum may be right all the same."""
    publish_archive(site, content)
    assert "cannot be read" in refusal("imblearn:ecoli")
