"""Tests of registries."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from lab.errors import UnknownNameError
from lab.options import OptionError, assignments, integer, parse
from lab.registry import Registry, RegistryError


def entry(name, on_request="", missing=""):
    """Return an entry without options."""
    return SimpleNamespace(name=name, on_request=on_request, missing=missing)


@dataclass(frozen=True)
class Configurable:
    """Entry with an option."""

    name: str
    k: int = 5
    on_request = missing = ""

    def with_options(self, text):
        """Return the entry with another value."""
        given = parse(f"thing {self.name!r}", {"k": integer(5)}, text)
        name = ":".join([self.name, *assignments(given)])
        return replace(self, name=name, **given)


@pytest.fixture
def registry():
    """Return a registry of four entries, one on request and one with an option, and a group."""
    entries = [entry("one"), entry("two"), entry("three", on_request="a mistake")]
    return Registry("thing", [*entries, Configurable("four")], {"pair": ("one", "two")})


def test_names_globs_and_groups_select(registry):
    """Each name is selected once, in the order given; an entry on request only by its name."""
    assert registry.select(["two", "pair", "t*"]) == ["two", "one"]
    assert registry.select(["all"]) == ["one", "two", "four"]
    assert registry.select(["three"]) == ["three"]


@pytest.mark.parametrize("pattern", ["thre", "x*", "thr*", "one:k=3"])
def test_an_unknown_name_is_explained(registry, pattern):
    """A pattern without a match is an error with close matches, including groups."""
    with pytest.raises(UnknownNameError, match=r"unknown thing '.*': (did you mean|choose from)"):
        registry.select([pattern])


def test_a_registered_entry_is_like_any_other(registry):
    """A registered entry is found by name, glob and `all`, and keeps the file that did so."""
    mine = registry.register(entry("mine"))
    assert registry["mine"] is mine
    assert registry.select(["m*"]) == ["mine"]
    assert "mine" in registry.groups["all"]
    assert registry.file_of("mine") == __file__
    assert registry.file_of("one") == ""


@pytest.mark.parametrize("name", ["Mine", "a-b", "", "1st", "a/b", "pair", "all", "a:b=1"])
def test_an_invalid_name_is_refused(registry, name):
    """Names have lower-case letters, digits and underscores, and are no group's."""
    with pytest.raises(RegistryError, match="use lower-case letters, digits and underscores"):
        registry.register(entry(name))


def test_a_name_that_is_taken_is_refused(registry):
    """Nothing that exists is replaced."""
    with pytest.raises(RegistryError, match="thing 'one' exists already: choose another name"):
        registry.register(entry("one"))


def test_a_registered_entry_can_be_removed(registry):
    """After that its name is free again; built-in entries cannot be removed."""
    registry.register(entry("mine"))
    registry.unregister("mine")
    assert "mine" not in registry
    assert not registry.files
    registry.register(entry("mine"))
    for name in ("one", "nothing"):
        with pytest.raises(RegistryError, match=f"thing '{name}' was not registered"):
            registry.unregister(name)


def test_an_entry_with_options_is_made_on_request(registry):
    """Its name sets them, selects it in its one form, and is in no list."""
    assert registry["four:k=3"].k == 3
    assert registry.select(["four:k=3.0", "four:k=5"]) == ["four:k=3", "four"]
    assert "four:k=3" not in registry.groups["all"]
    assert "four:k=3" not in registry
    with pytest.raises(OptionError, match="thing 'four' has no option 'j'"):
        registry.select(["four:j=3"])


def test_options_do_not_hide_the_file(registry):
    """An entry with options was registered by the file that registered the entry."""
    registry.register(Configurable("mine"))
    assert registry.file_of("mine:k=3") == registry.file_of("mine") == __file__


@pytest.mark.parametrize(
    ("name", "permanent"),
    [
        *[("one", True), ("four:k=3", True), ("four:k=3.0", False), ("four:k=5", False)],
        *[("four:j=1", False), ("one:k=3", False), ("five:k=3", False), ("", False)],
    ],
)
def test_permanent_names_are_those_in_their_one_form(registry, name, permanent):
    """A default, another way to write a value, and an unknown option are no permanent names."""
    assert registry.is_permanent(name) is permanent
