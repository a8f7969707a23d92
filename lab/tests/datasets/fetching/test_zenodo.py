"""Tests of imbalanced-learn's archive, against a local server."""

import io

import numpy as np
import pytest

from lab.datasets.fetching.download import cache, fetch
from lab.tests.helpers.published_datasets import (
    ARCHIVE,
    FILE,
    IMBLEARN,
    RECORD,
    archive,
    cached_files,
    failure,
    publish_archive,
    small_archive,
)


@pytest.mark.parametrize("legacy", [False, True])
def test_one_download_brings_all_27_datasets(site, legacy):
    """One download stores all datasets with the values of the archive, and nothing else."""
    members, sources = small_archive()
    decoy = b"not the right file"
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
    assert len(cached_files()) == 2 * 27
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
def test_a_broken_answer_of_zenodo_leaves_no_file(site, path, answer):
    """Any broken answer to any request is an error that names the dataset."""
    publish_archive(site, archive({"x1data.npz": b"?"}))
    for key, value in answer.items():
        setattr(site.answers[path], key, value)
    status = answer.get("status")
    expected = f"answers {status}" if status else "try again, or choose another dataset"
    assert expected in failure("imblearn:ecoli")


def test_a_checksum_mismatch_is_rejected(site):
    """One changed byte in an archive of the right size is an error."""
    content = archive({"x1data.npz": b"?"})
    publish_archive(site, content)
    site.answers[FILE].body = content[:-1] + bytes([content[-1] ^ 1])
    assert "checksum mismatch of" in failure("imblearn:ecoli")


def _pickled():
    file = io.BytesIO()
    np.savez(file, data=np.array([[{}]], dtype=object), label=np.array([1]))
    return file.getvalue()


def _without_label():
    file = io.BytesIO()
    np.savez(file, data=np.zeros((2, 2)))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"?", None, _pickled(), _without_label()])
def test_a_malformed_archive_is_rejected_as_a_whole(site, content):
    """If a member is missing, malformed, pickled or unlabelled, no dataset is stored."""
    members, _ = small_archive()
    members["x27data.npz"] = content
    if content is None:
        del members["x27data.npz"]
    publish_archive(site, archive(members))
    assert "is corrupted" in failure("imblearn:ecoli")


@pytest.mark.parametrize("content", [b"no archive", ARCHIVE.encode() * 500])
def test_a_file_that_is_not_an_archive_is_rejected(site, content):
    """Content other than an archive is an error, even if its checksum is right."""
    publish_archive(site, content)
    assert "is corrupted" in failure("imblearn:ecoli")
