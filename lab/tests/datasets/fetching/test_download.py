"""Tests of downloads, against a server on this machine."""

import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from lab.datasets.dataset import DatasetError
from lab.datasets.fetching import download, web
from lab.datasets.fetching.download import cache, cached, fetch
from lab.errors import UnknownNameError
from lab.tests.helpers.published_datasets import (
    JSON,
    NUMBER_AND_TARGET,
    TITANIC,
    cached_files,
    failure,
    file_path,
    ignore,
    needs_recordings,
    publish_recorded,
    publish_table,
    redirect,
)
from lab.tests.helpers.web_site import closed_port


@needs_recordings
def test_a_dataset_of_openml_is_downloaded_once(site):
    """The first fetch prints one line; the second needs no server."""
    publish_recorded(site, 40945)
    lines = []
    entry = fetch(TITANIC, lines.append)
    assert lines == [f"downloading openml:40945 from {site.address.removeprefix('http://')}"]
    asked = len(site.asked)
    site.stop()
    again = fetch(TITANIC, lines.append)
    site.start()
    assert (len(lines), len(site.asked)) == (1, asked)
    assert entry.load().digest == again.load().digest == cached(TITANIC).load().digest
    assert len(cached_files()) == 2


def test_a_missing_network_is_explained(site, monkeypatch):
    """The error names the server, the reason and a remedy, and the folder stays empty."""
    host = f"127.0.0.1:{closed_port()}"
    redirect(monkeypatch, f"http://{host}")
    for name in ("openml:31", "imblearn:ecoli"):
        assert failure(name) == (
            f"dataset {name!r} is not available locally, and {host} cannot be reached (Connection "
            "refused): check the connection, or choose a dataset that `lab datasets` lists as "
            "available"
        )


def test_a_silent_server_is_given_up(site, monkeypatch):
    """The timeout applies to scikit-learn's requests, too, and is reset afterwards."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])
    monkeypatch.setattr(web, "TIMEOUT", 0.1)
    for path in (f"{JSON}features/7", f"{JSON}7"):
        site.answers[path].pause = 0.3
        assert "cannot be reached (timed out)" in failure("openml:7")
        site.answers[path].pause = 0
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "no dataset"])
def test_a_damaged_copy_is_downloaded_again(site, damage, monkeypatch):
    """A copy that is changed, cut or gone is downloaded again; offline it is an error."""
    publish_table(site, 7, NUMBER_AND_TARGET, [f"{i},{'ab'[i % 5 == 0]}" for i in range(50)])
    entry = fetch("openml:7", ignore)
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
        redirect(patch, f"http://127.0.0.1:{closed_port()}")
        state = "is not available locally" if damage == "gone" else "has a damaged copy"
        with pytest.raises(DatasetError, match=f"{state}, and 127.* cannot be reached"):
            fetch("openml:7", ignore)
    assert fetch("openml:7", ignore).load().digest == digest
    assert len(cached_files()) == 2


def test_concurrent_fetches_download_once(site):
    """The first thread downloads; the others wait and find its copy."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])
    site.answers[f"{JSON}features/7"].pause = 0.2
    lines, digests = [], []

    def fetch_it():
        digests.append(fetch("openml:7", lines.append).load().digest)

    threads = [threading.Thread(target=fetch_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(lines) == 1
    assert len(digests) == 4
    assert len(set(digests)) == 1
    assert site.asked.count(file_path(site, 7)) == 1


def test_an_interrupt_leaves_nothing(site, monkeypatch):
    """Ctrl-C while a file is read or its copy is written leaves the folder empty."""
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
                fetch("openml:7", ignore)
        assert not [name for name in cached_files() if name.startswith(".")]
        assert cached("openml:7") is None
        assert socket.getdefaulttimeout() is None


def test_leftovers_of_a_killed_download_are_removed(site):
    """The next download removes the folder that a killed one left behind."""
    (cache() / f"{download.UNFINISHED}1" / "openml").mkdir(parents=True)
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])
    fetch("openml:7", ignore)
    assert len(cached_files()) == 2


def test_an_unwritable_folder_is_explained(site, monkeypatch, tmp_path):
    """A full disk, or a file in place of the folder, is an error with a remedy."""
    publish_table(site, 7, NUMBER_AND_TARGET, ["1,a", "2,b", "3,a"])

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for target in ("TemporaryDirectory", "write_copy"):
        with monkeypatch.context() as patch:
            patch.setattr(download, target, full)
            assert "(No space left on device): fix this" in failure("openml:7")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match=r"'openml:7' cannot be stored in .*SCIKIT_LEARN_DATA"):
        fetch("openml:7", ignore)


def test_copies_are_stored_in_the_folder_of_scikit_learn(monkeypatch, tmp_path):
    """The folder follows scikit-learn's variable; by default it is in the user's home."""
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
    """Anything but a number is an error that shows the right form."""
    with pytest.raises(DatasetError, match="write openml:ID"):
        fetch(name, ignore)


def test_an_unknown_dataset_of_imbalanced_learn_suggests_close_matches():
    """A misspelt name is an error, and nothing is downloaded."""
    with pytest.raises(UnknownNameError, match="did you mean imblearn:ecoli"):
        fetch("imblearn:ecolli", ignore)
