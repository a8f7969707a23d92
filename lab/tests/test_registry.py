"""Tests of registries."""

from types import SimpleNamespace

import pytest

from lab.errors import UnknownNameError
from lab.registry import Registry, RegistryError


def entry(name, on_request="", missing=""):
    """Return something to register."""
    return SimpleNamespace(name=name, on_request=on_request, missing=missing)


@pytest.fixture
def registry():
    """Return a registry of three entries, one on request, and a group."""
    entries = [entry("one"), entry("two"), entry("three", on_request="a mistake")]
    return Registry("thing", entries, {"pair": ("one", "two")})


def test_names_globs_and_groups_pick(registry):
    """Each name is picked once, in the order asked for; what is on request by its name only."""
    assert registry.select(["two", "pair", "t*"]) == ["two", "one"]
    assert registry.select(["all"]) == ["one", "two"]
    assert registry.select(["three"]) == ["three"]


@pytest.mark.parametrize("pattern", ["thre", "x*", "thr*"])
def test_what_matches_nothing_is_named(registry, pattern):
    """A pattern without a match is an error with what is near, groups among it."""
    with pytest.raises(UnknownNameError, match=r"unknown thing '.*': (did you mean|choose from)"):
        registry.select([pattern])


def test_an_entry_of_a_user_is_like_any_other(registry):
    """A registered entry is found by name, glob and `all`."""
    mine = registry.register(entry("mine"))
    assert registry["mine"] is mine
    assert registry.select(["m*"]) == ["mine"]
    assert "mine" in registry.groups["all"]


@pytest.mark.parametrize("name", ["Mine", "a-b", "", "1st", "a/b", "pair", "all", "a:b=1"])
def test_a_name_that_ids_cannot_hold_is_refused(registry, name):
    """Names are small letters, digits and underscores, and no group's."""
    with pytest.raises(RegistryError, match="a name is small letters, digits and underscores"):
        registry.register(entry(name))


def test_a_name_that_is_taken_is_refused(registry):
    """Nothing that exists is replaced."""
    with pytest.raises(RegistryError, match="thing 'one' exists already: choose another name"):
        registry.register(entry("one"))
