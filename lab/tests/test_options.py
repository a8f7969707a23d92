"""Tests of options in names, whatever has them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.options import (
    Option,
    OptionError,
    accepted,
    assignments,
    declared,
    integer,
    number,
    parse,
    word,
    written,
)

OPTIONS = {
    "k": integer(5, most=9),
    "kind": word("borderline-1", "borderline-2"),
    "ratio": number("auto", most=1, words=("auto",)),
}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("k=3", {"k": 3}),
        ("k=3.0", {"k": 3}),
        ("k=3e0", {"k": 3}),
        ("k=5", {}),
        ("kind=borderline-2,k=1", {"kind": "borderline-2", "k": 1}),
        ("ratio=0.5", {"ratio": 0.5}),
        ("ratio=1", {"ratio": 1.0}),
        ("ratio=auto", {}),
    ],
)
def test_values_are_parsed(text, values):
    """Integers, numbers and words are parsed to their types; defaults are left out."""
    found = parse("thing 'a'", OPTIONS, text)
    assert found == values
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in values.items()
    }


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "10", "nan", "inf", "", "auto", "1e999"])
def test_other_integers_are_refused(text):
    """An integer option takes no fraction, and nothing out of bounds."""
    with pytest.raises(
        OptionError, match=f"'k' takes an integer above 0 and up to 9, not '{text}'"
    ):
        parse("thing 'a'", OPTIONS, f"k={text}")


@pytest.mark.parametrize("text", ["0", "-0.5", "1.01", "nan", "inf", "", "Auto", "1e999"])
def test_other_numbers_are_refused(text):
    """A number option takes nothing out of bounds, and only its own words."""
    message = f"'ratio' takes a number above 0 and up to 1, or auto, not '{text}'"
    with pytest.raises(OptionError, match=message):
        parse("thing 'a'", OPTIONS, f"ratio={text}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("j=3", "thing 'a' has no option 'j': choose from k (an integer above 0 and up to 9; "),
        ("", "thing 'a' has no option '': choose from"),
        ("k=3,", "thing 'a' has no option '': choose from"),
        ("k=3,k=4", "thing 'a': option 'k' is set twice"),
        ("kind=none", "thing 'a': option 'kind' takes borderline-1 or borderline-2, not 'none'"),
        ("k", "thing 'a': option 'k' takes an integer above 0 and up to 9, not ''"),
    ],
)
def test_invalid_options_are_explained(text, message):
    """An unknown option lists all with their values; an invalid value lists valid ones."""
    with pytest.raises(OptionError) as caught:
        parse("thing 'a'", OPTIONS, text)
    assert str(caught.value).startswith(message)


def test_an_entry_without_options_is_explained():
    """An option of an entry that has none is an error that quotes it."""
    with pytest.raises(OptionError, match="thing 'a' has no options: leave ':k=3' out"):
        parse("thing 'a'", {}, "k=3")


@given(st.floats(0, exclude_min=True, allow_infinity=False) | st.integers(1))
def test_numbers_are_written_in_one_way(value):
    """A written number parses to itself, without an exponent, a hyphen or a trailing zero."""
    text = written(value)
    option = integer(1) if isinstance(value, int) else number(1.5)
    assert option.parse(text) == value
    assert not set(text) & set("e-+,")
    assert not (text.endswith("0") and "." in text)


def test_options_are_sorted():
    """The order in which options are set does not matter."""
    assert assignments({"b": 0.001, "a": 3}) == ["a=3", "b=0.001"]


@pytest.mark.parametrize("one", ["not minority", "a-b", "a,b", "a=b", "", "A", "-1"])
def test_words_that_names_cannot_hold_are_refused(one):
    """A word with a comma, a space, or a hyphen before a letter cannot be part of a name."""
    with pytest.raises(OptionError, match="use lower-case letters, digits, underscores"):
        word("good", one)


@pytest.mark.parametrize(
    "make",
    [
        lambda: integer(0),
        lambda: integer(4, most=3),
        lambda: number(-1.0),
        lambda: number(math.inf),
        lambda: number("auto"),
        lambda: Option("some", int),
    ],
)
def test_a_default_must_be_a_value_of_the_option(make):
    """A default that the option itself would refuse is an error."""
    with pytest.raises(OptionError, match=r"default .* is not "):
        make()


def test_plain_numbers_declare_options():
    """A plain number is the default of an option that takes numbers of its type."""
    options = declared({"k": 3, "ratio": 2.5, "kind": OPTIONS["kind"]})
    assert options == {"k": integer(3), "ratio": number(2.5), "kind": OPTIONS["kind"]}


@pytest.mark.parametrize("name", ["k-neighbors", "K", "", "k=", "a,b", "1st"])
def test_an_invalid_name_of_an_option_is_refused(name):
    """Names of options are like those of strategies, so that ids can be parsed."""
    with pytest.raises(OptionError, match=f"option '{name}': use lower-case letters"):
        declared({name: 1})


def test_functions_get_the_options_that_they_have_parameters_for():
    """Other options are left out, unless the function takes any keyword."""
    values = {"a": 1, "b": 2}
    assert accepted(lambda x, a: None, values) == {"a": 1}
    assert accepted(lambda x, **options: None, values) == values
    assert accepted(lambda x: None, values) == {}
