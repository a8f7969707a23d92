"""Serialization of fitted models, and the requirements for loading them.

skops is used where it supports the model: loading then calls listed functions only. Otherwise
cloudpickle is used, whose bytes are a program. Classes and functions of files that are not
installed, such as a user's ``--plugin``, are then part of the bytes.
"""

from __future__ import annotations

import importlib
import io
import json
import pickle
import sys
import zipfile
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.errors import LabError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

SKOPS, CLOUDPICKLE = "skops", "cloudpickle"  # MLflow's names
LAB = "lab.estimators"  # logged with the model, since the lab is not installed where it is used
# Distributions whose names differ from those of their packages.
DISTRIBUTIONS = {
    "imblearn": "imbalanced-learn",
    "onedal": "scikit-learn-intelex",
    "sklearn": "scikit-learn",
    "sklearnex": "scikit-learn-intelex",
}
# Every model needs these, for its table and its first steps.
ALWAYS = ("numpy", "pandas", "scipy", "sklearn")
HARMLESS = ("collections.OrderedDict", "functools.partial")


class RoundTripError(LabError):
    """A model that predicts otherwise after serialization."""


class UnsafeError(LabError):
    """A model that skops does not support, or whose types are not of an installed package."""


@dataclass(frozen=True)
class Serialized:
    """A model as bytes.

    Attributes
    ----------
    format : str
        ``skops`` or ``cloudpickle``.
    trusted : list of str
        Classes and functions that skops must be told to trust.
    requirements : list of str
        Packages for loading and predicting, with their versions.
    lab : bool
        Whether modules of ``lab.estimators`` are needed, too.
    note : str
        Why the format is not skops.
    """

    content: bytes = field(repr=False)
    format: str
    trusted: list[str]
    requirements: list[str]
    lab: bool
    note: str = ""


def serialize(model: Any, rows: pd.DataFrame) -> Serialized:
    """Serialize a fitted classifier, with skops if possible, else with cloudpickle.

    Parameters
    ----------
    model : classifier
        The fitted model.
    rows : DataFrame
        Rows for which the deserialized model must predict the same.

    Raises
    ------
    RoundTripError
        The deserialized model predicts otherwise.
    """
    try:
        return _checked(_skops(model), model, rows)
    except Exception as error:  # skops raises many kinds
        note = f"loading it runs code: {reason(error)}"
    return _checked(_cloudpickle(model, note), model, rows)


def deserialize(serialized: Serialized) -> Any:
    """Return a model that this process has serialized."""
    if serialized.format == CLOUDPICKLE:
        return pickle.loads(serialized.content)  # noqa: S301
    from skops import io as skops

    return skops.loads(serialized.content, trusted=serialized.trusted)


def _checked(serialized: Serialized, model: Any, rows: pd.DataFrame) -> Serialized:
    predicted = deserialize(serialized).predict_proba(rows)
    if not np.array_equal(predicted, model.predict_proba(rows)):
        raise RoundTripError(f"it predicts otherwise after serialization with {serialized.format}")
    return serialized


def _skops(model: Any) -> Serialized:
    from skops import io as skops

    _check_compiled(model)
    # The fastest level: a forest shrinks to a quarter, the next five levels save a fifth of that.
    content = skops.dumps(model, compression=zipfile.ZIP_DEFLATED, compresslevel=1)
    types = skops.get_untrusted_types(data=content)
    for name in types:
        if name not in HARMLESS and not _installed(name):
            raise UnsafeError(f"skops does not support it: {name} is of no installed package")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        modules = set(_modules(json.loads(archive.read("schema.json"))))
    return Serialized(content, SKOPS, types, *_needs(modules, SKOPS))


def _check_compiled(model: Any) -> None:
    """Check that a model has no C++ object: inspecting one, skops ends the process.

    Raises
    ------
    UnsafeError
        It has one.
    """
    import cloudpickle

    class Looking(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, found: Any) -> Any:
            if type(type(found)).__name__ == "pybind11_type":
                name = f"{type(found).__module__}.{type(found).__name__}"
                raise UnsafeError(f"skops does not support it: {name} is a C++ class")
            return super().reducer_override(found)

    Looking(io.BytesIO()).dump(model)


def _modules(schema: Any) -> Iterator[str]:
    """Yield the modules named in skops' description of a model."""
    if isinstance(schema, dict):
        if isinstance(module := schema.get("__module__"), str):
            yield module
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _modules(part)


def _cloudpickle(model: Any, note: str) -> Serialized:
    import cloudpickle

    own: set[str] = set()
    try:
        while True:
            content = cloudpickle.dumps(model, protocol=pickle.DEFAULT_PROTOCOL)
            reader = Reader(io.BytesIO(content))
            reader.load()
            found = {name for name in reader.modules if not _known(name)} - own
            if not found:
                break
            # These modules may use more of the same kind.
            for name in found:
                cloudpickle.register_pickle_by_value(sys.modules[name])
            own |= found
    finally:
        for name in own:
            cloudpickle.unregister_pickle_by_value(sys.modules[name])
    return Serialized(content, CLOUDPICKLE, [], *_needs(reader.modules, CLOUDPICKLE), note)


class Reader(pickle.Unpickler):
    """Loads a pickle and collects the names of the modules that it needs."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.modules: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        """Return the object with a name."""
        self.modules.add(module)
        # cloudpickle's way to import a module that a pickled function has imported.
        return self._import if name == "subimport" else super().find_class(module, name)

    def _import(self, module: str) -> Any:
        self.modules.add(module)
        return importlib.import_module(module)


def _needs(modules: set[str], form: str) -> tuple[list[str], bool]:
    """Return pinned requirements for modules, and whether the lab's own are among them."""
    roots = {module.partition(".")[0] for module in modules} | {*ALWAYS, form}
    found = sorted(set(filter(None, map(_distribution, roots))))
    # No package index has local versions.
    requirements = [f"{name}=={version(name).partition('+')[0]}" for name in found]
    return requirements, any(module.startswith(LAB) for module in modules)


def _known(module: str) -> bool:
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names or root == "__main__" or _installed(module)


def _installed(name: str) -> bool:
    """Return whether a module, or an object in it, is available where a model is used."""
    return name.startswith(f"{LAB}.") or bool(_distribution(name.partition(".")[0]))


@cache
def _distribution(root: str) -> str:
    """Return the installed distribution of a package, or an empty string."""
    if root == "lab" or root in sys.stdlib_module_names:
        return ""
    name = DISTRIBUTIONS.get(root, root)
    try:
        version(name)
    except PackageNotFoundError:
        return next(
            iter(packages_distributions().get(root, ())), ""
        )  # slow: it scans all distributions
    return name
