"""Tests of imbalanced-learn's archive, against a server on this machine."""

import io

import numpy as np
import pytest

from lab.datasets.fetching.download import cache, fetch
from lab.tests.helpers.web_site import (
    ARCHIVE,
    FILE,
    IMBLEARN,
    RECORD,
    archive,
    left,
    publish_archive,
    refusal,
    small_archive,
)


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
        assert (entry.collection, entry.licence) == ("imblearn", "cc-zero")
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
