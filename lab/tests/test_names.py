"""Tests of names: selected, and suggested where one is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.errors import UnknownNameError
from lab.names import pick

NAMES = ["raw", "smote", "class_weight"]
names = st.lists(st.sampled_from(NAMES), min_size=1)


@given(names)
def test_names_come_once_in_the_order_given(asked):
    """Each name is selected once, at its first position."""
    assert pick(asked, NAMES, "strategy") == list(dict.fromkeys(asked))


def test_a_glob_selects_all_matches():
    """A glob selects every match, in the order of the registry."""
    assert pick(["*a*"], NAMES, "strategy") == ["raw", "class_weight"]


def test_an_unknown_name_suggests_close_matches():
    """An unknown name is an error with its kind and close matches."""
    with pytest.raises(UnknownNameError, match=r"unknown strategy 'smot': did you mean smote\?"):
        pick(["smot"], NAMES, "strategy")


def test_an_unknown_name_without_close_match_lists_all():
    """If no name is close, all are listed."""
    with pytest.raises(UnknownNameError, match="choose from raw, smote, class_weight"):
        pick(["zzz*"], NAMES, "strategy")
