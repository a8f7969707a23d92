"""Tests of the examples in docstrings."""

import doctest
from importlib import import_module
from inspect import getdoc
from pathlib import Path

import pytest

import lab

ROOT = Path(lab.__file__).parent
# Names that users import: in plugins, in benchmarks of their own, in notebooks.
PUBLIC = {
    "lab.cases": ("Case", "Protocol", "Result"),
    "lab.datasets": ("entry", "load", "select"),
    "lab.metrics": ("METRICS", "Metric"),
    "lab.models": ("MODELS", "Model"),
    "lab.observations": ("gain", "level", "overall_gain"),
    "lab.options": ("integer", "number", "word"),
    "lab.registry": ("Registry",),
    "lab.strategies": ("STRATEGIES", "Strategy"),
}


def modules():
    """Return the names of the lab's modules that have examples."""
    paths = (path for path in sorted(ROOT.rglob("*.py")) if "tests" not in path.parts)
    found = [path for path in paths if ">>> " in path.read_text(encoding="utf-8")]
    names = [".".join(path.relative_to(ROOT.parent).with_suffix("").parts) for path in found]
    return [name.removesuffix(".__init__") for name in names]


@pytest.mark.parametrize("name", modules())
def test_examples_run(name):
    """Every example in a docstring prints the output that stands below it."""
    module = import_module(name)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, attempted = doctest.testmod(module, optionflags=options)
    assert attempted
    assert not failed


@pytest.mark.parametrize("name", [f"{place}.{name}" for place in PUBLIC for name in PUBLIC[place]])
def test_what_users_import_has_an_example(name):
    """A public name has an example in its docstring, a registry in that of its module."""
    module, _, attribute = name.rpartition(".")
    value = getattr(import_module(module), attribute)
    where = import_module(module) if isinstance(value, dict) else value
    assert ">>> " in getdoc(where)
