"""Datasets of OpenML and Zenodo, published on a local server."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import io
import json
import re
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from lab import datasets
from lab.datasets.dataset import Dataset, DatasetError
from lab.datasets.fetching import download, openml, zenodo
from lab.datasets.fetching.download import cache, cached, fetch
from lab.datasets.fetching.remote import catalogue
from lab.tests.helpers.web_site import Answer, Site

if TYPE_CHECKING:
    from collections.abc import Iterable

SKLEARN = Path(importlib.util.find_spec("sklearn").origin).parent
RECORDED = SKLEARN / "datasets" / "tests" / "data" / "openml"  # recorded answers of OpenML
needs_recordings = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="this scikit-learn is installed without its test data"
)
ARCHIVE = "benchmark-imbalanced-learn.tar.gz"
RECORD = "/api/records/61452"
FILE = f"/records/61452/files/{ARCHIVE}"
JSON = "/api/v1/json/data/"
TITANIC, TITANIC_FILE = "openml:40945", "/data/v1/download/16826755/Titanic.arff"
NUMBER_AND_TARGET = {"x": "NUMERIC", "class": "{a, b}"}
IMBLEARN = [entry.name for entry in catalogue() if entry.collection == "imblearn"]


def publish_recorded(site: Site, number: int, folder: int | None = None) -> None:
    """Serve a dataset from answers of OpenML that are part of scikit-learn's test data."""
    files = (RECORDED / f"id_{folder or number}").glob("*.gz")
    read = {path.name: gzip.decompress(path.read_bytes()) for path in files}
    description = json.loads(read[f"api-v1-jd-{number}.json.gz"])
    features = json.loads(read[f"api-v1-jdf-{number}.json.gz"])
    arff = next(content for name, content in read.items() if name.endswith(".arff.gz"))
    qualities = read.get(f"api-v1-jdq-{number}.json.gz", b"{}")
    publish(site, number, description, features, arff, qualities)


def publish(
    site: Site,
    number: int,
    description: dict[str, Any],
    features: dict[str, Any],
    arff: bytes,
    qualities: bytes = b"{}",
) -> None:
    """Serve a dataset like OpenML."""
    facts = description["data_set_description"]
    path = urlsplit(facts["url"]).path
    facts["url"] = site.address + path
    prefix = "/api/v1/json/data/"
    site.answers |= {
        f"{prefix}{number}": Answer(json.dumps(description).encode()),
        f"{prefix}features/{number}": Answer(json.dumps(features).encode()),
        f"{prefix}qualities/{number}": Answer(qualities),
        path: Answer(arff),
    }


def publish_table(
    site: Site, number: int, columns: dict[str, str], rows: Iterable[str], missing: int = 0
) -> None:
    """Serve lines of text as a dataset of OpenML; the last column is the target."""
    header = [f"@ATTRIBUTE {name} {kind}" for name, kind in columns.items()]
    arff = "\n".join(["@RELATION made_up", *header, "@DATA", *rows, ""]).encode()
    features = [
        {
            "index": str(index),
            "name": name,
            "data_type": "nominal" if kind.startswith("{") else kind.lower(),
            "is_target": str(index == len(columns) - 1).lower(),
            "is_ignore": "false",
            "is_row_identifier": "false",
            "number_of_missing_values": str(missing),
        }
        for index, (name, kind) in enumerate(columns.items())
    ]
    description = {
        "id": str(number),
        "name": "made_up",
        "version": "3",
        "description": "",
        "format": "ARFF",
        "licence": "CC0",
        "url": f"{site.address}/data/v1/download/{number}/made_up.arff",
        "status": "active",
        "md5_checksum": hashlib.md5(arff, usedforsecurity=False).hexdigest(),
    }
    answers = {"data_set_description": description}, {"data_features": {"feature": features}}
    publish(site, number, *answers, arff)


def change_arff(site: Site, number: int, pattern: bytes, new: bytes) -> None:
    """Change the file of a dataset that is served, and its published checksum."""
    facts = json.loads(site.answers[f"/api/v1/json/data/{number}"].body)
    described = facts["data_set_description"]
    answer = site.answers[urlsplit(described["url"]).path]
    answer.body = re.sub(pattern, new, answer.body, flags=re.MULTILINE)
    described["md5_checksum"] = hashlib.md5(answer.body, usedforsecurity=False).hexdigest()
    site.answers[f"/api/v1/json/data/{number}"].body = json.dumps(facts).encode()


def arrays(dataset: Dataset) -> bytes:
    """Return a dataset in the format of imbalanced-learn's archive."""
    file = io.BytesIO()
    np.savez_compressed(file, data=dataset.X.to_numpy(), label=np.where(dataset.y == 1, 1, -1))
    return file.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """Return a compressed archive."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def publish_archive(site: Site, content: bytes, *, legacy: bool = False) -> None:
    """Serve an archive like Zenodo, today or until 2023."""
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
    stated = {
        "filename" if legacy else "key": ARCHIVE,
        "size": len(content),
        "checksum": checksum if legacy else f"md5:{checksum}",
        "links": {"self": f"{site.address}/api/records/61452/files/{ARCHIVE}/content"},
    }
    record = {"id": 61452, "metadata": {"license": {"id": "cc-zero"}}, "files": [stated]}
    site.answers |= {RECORD: Answer(json.dumps(record).encode()), FILE: Answer(content)}


@pytest.fixture
def site(monkeypatch, tmp_path):
    """Yield a server in place of OpenML and Zenodo, with an empty folder for copies."""
    from sklearn.datasets import _openml

    site = Site()
    site.start()
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # scikit-learn retries after one second, which cannot be configured for some addresses.
    monkeypatch.setattr(_openml, "time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr(openml, "RETRIES", 1)
    redirect(monkeypatch, site.address)
    yield site
    site.stop()


def redirect(monkeypatch, address):
    """Replace the addresses of OpenML and Zenodo."""
    from sklearn.datasets import _openml

    for name in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
        path = getattr(_openml, name).partition("/api/")[2]
        monkeypatch.setattr(_openml, name, f"{address}/api/{path}")
    monkeypatch.setattr(openml, "ADDRESS", address)
    monkeypatch.setattr(zenodo, "ADDRESS", address)


def cached_files():
    """Return the names of the files in the folder of copies, other than its lock."""
    return sorted({path.name for path in cache().rglob("*")} - {download.LOCK})


def ignore(line):
    """Ignore a line to the user."""


def failure(name):
    """Return the error message of a failed download, which must leave no file behind."""
    with pytest.raises(DatasetError) as caught:
        fetch(name, ignore)
    message = str(caught.value)
    assert repr(name) in message
    assert "\n" not in message
    assert cached_files() == []
    assert cached(name) is None
    return message


def small_archive():
    """Return the members of an archive like Zenodo's, and the small datasets in them."""
    data = datasets.load("yeast_me2")
    members, sources = {}, {}
    positive = np.flatnonzero(data.y == 1)[:9]
    for index, name in enumerate(IMBLEARN, start=1):
        rows = np.concatenate([np.flatnonzero(data.y == 0)[: 20 + index], positive])
        X = data.X.iloc[rows].reset_index(drop=True).set_axis([f"x{i}" for i in range(8)], axis=1)
        sources[name] = Dataset(name, X, data.y[rows], "")
        members[f"x{index}data.npz"] = arrays(sources[name])
    return members, sources


def file_path(site, number):
    """Return the path of a dataset's file on the server."""
    facts = json.loads(site.answers[f"{JSON}{number}"].body)["data_set_description"]
    return facts["url"].removeprefix(site.address)
