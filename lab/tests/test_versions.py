"""Tests of the versions that scores depend on."""

from importlib.metadata import version

import pytest

from lab.models import MODELS
from lab.versions import versions


@pytest.mark.parametrize("name", [n for n in MODELS.groups["all"] if MODELS[n].package])
def test_the_versions_have_a_model_s_own_package(name):
    """Under the name that pip has for it; a model of the base install adds nothing."""
    package = MODELS[name].package
    assert versions(package) == versions() | {package: version(package)}
