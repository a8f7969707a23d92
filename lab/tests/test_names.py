"""Tests of picking registered names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.errors import UnknownNameError
from lab.names import pick

NAMES = ["raw", "smote", "class_weight"]
names = st.lists(st.sampled_from(NAMES), min_size=1)


@given(names)
def test_names_come_in_the_order_asked_for_and_once(asked):
    """Each name is picked once, where it was first asked for."""
    assert pick(asked, NAMES, "strategy") == list(dict.fromkeys(asked))


def test_a_glob_picks_all_that_match():
    """A glob picks every match, in the order of the registry."""
    assert pick(["*a*"], NAMES, "strategy") == ["raw", "class_weight"]


def test_an_unknown_name_offers_the_near_ones():
    """The message of an unknown name says which kind it is and which names are near."""
    with pytest.raises(UnknownNameError, match=r"unknown strategy 'smot': did you mean smote\?"):
        pick(["smot"], NAMES, "strategy")


def test_an_unknown_name_far_from_all_lists_all():
    """Where no name is near, all are listed."""
    with pytest.raises(UnknownNameError, match="choose from raw, smote, class_weight"):
        pick(["zzz*"], NAMES, "strategy")
