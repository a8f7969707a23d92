"""Tests of JSON files with a checksum."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.store.sealed_json import DamagedError, seal, unseal

PATH = Path("a.json")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text().filter(lambda name: name != "sha256"), values, max_size=4))
def test_sealed_content_is_read_unchanged(content):
    """Names, text and numbers of any kind survive to the last bit."""
    assert unseal(seal(content), PATH) == content


@given(st.data())
def test_any_changed_byte_is_noticed(data):
    """A file with one changed byte, or cut anywhere, is refused."""
    text = seal({"result": {"recall": [0.5, 0.25]}, "curves": "é"})
    place = data.draw(st.integers(0, len(text) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = text[:place] + bytes([text[place] ^ flip]) + text[place + 1 :]
    for broken in (changed, text[:place]):
        with pytest.raises(DamagedError, match=r"^a\.json is corrupted \(checksum mismatch\)$"):
            unseal(broken, PATH)
