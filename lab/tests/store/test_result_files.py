"""Tests of stored files: what is read is what was written, or it is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.store.result_files import (
    PICTURE,
    RECORD,
    DamagedError,
    StoredResult,
    opened,
    packed,
    sealed,
)
from lab.tests.helpers.examples import TINY

PATH = Path("a.json")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text().filter(lambda name: name != "sha256"), values, max_size=4))
def test_what_is_sealed_is_opened_as_it_was(content):
    """Names, texts and numbers of any kind come back, to the last bit."""
    assert opened(sealed(content), PATH) == content


@given(st.data())
def test_no_other_byte_is_taken(data):
    """A file with any byte changed, or cut anywhere, is refused."""
    text = sealed({"result": {"recall": [0.5, 0.25]}, "curves": "é"})
    place = data.draw(st.integers(0, len(text) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = text[:place] + bytes([text[place] ^ flip]) + text[place + 1 :]
    for broken in (changed, text[:place]):
        with pytest.raises(DamagedError, match=r"^a\.json is not what was written$"):
            opened(broken, PATH)


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    """If a result cannot be written whole nothing of it stays, but an older one does."""
    result = evaluate(Case(TINY, "raw", "logistic_regression"), Protocol(3))
    stored = StoredResult(tmp_path / "key")
    stored.file(PICTURE).mkdir()  # in the way
    with pytest.raises(OSError, match=r"key\.png"):
        stored.write(packed(result, {}))
    assert [path.name for path in tmp_path.iterdir()] == ["key.png"]
    stored.file(PICTURE).rmdir()
    assert stored.read() is None
    contents = packed(result, {})
    stored.write(contents)
    record = contents[RECORD]
    assert stored.read() == record
    assert len(list(tmp_path.iterdir())) == 3
