"""A fitted model as bytes, and what it takes to make the model of them again.

skops, if it takes the model: then loading calls nothing but what is listed. Else cloudpickle, whose
bytes are a program. Classes and functions of files that are not installed, such as a user's
``--plugin``, are then part of the bytes.
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

SKOPS, CLOUDPICKLE = "skops", "cloudpickle"  # MLflow's words
LAB = "lab.estimators"  # not installed where a model is used, so it comes along
# Where the names of a package and of what it installs differ.
DISTRIBUTIONS = {
    "imblearn": "imbalanced-learn",
    "onedal": "scikit-learn-intelex",
    "sklearn": "scikit-learn",
    "sklearnex": "scikit-learn-intelex",
}
# What every model takes: a table, and the first steps.
ALWAYS = ("numpy", "pandas", "scipy", "sklearn")
HARMLESS = ("collections.OrderedDict", "functools.partial")


class LostError(LabError):
    """A model that is not the same any more when it is loaded."""


class UnsafeError(LabError):
    """A model that skops cannot take, or of which it would have to trust what is not known."""


@dataclass(frozen=True)
class Serialized:
    """A model as bytes.

    Attributes
    ----------
    format : str
        ``skops`` or ``cloudpickle``.
    trusted : list of str
        The classes and functions that skops is to be told to take, beyond those it knows.
    requirements : list of str
        The packages that loading and predicting take, with their versions.
    lab : bool
        Whether they take the modules of ``lab.estimators``.
    note : str
        Why it is not in the format of skops.
    """

    content: bytes = field(repr=False)
    format: str
    trusted: list[str]
    requirements: list[str]
    lab: bool
    note: str = ""


def serialize(model: Any, rows: pd.DataFrame) -> Serialized:
    """Return a classifier as bytes: skops' if it takes the classifier, else cloudpickle's.

    Parameters
    ----------
    model : classifier
        It is fitted.
    rows : DataFrame
        What it is loaded from these bytes has to predict the same of.

    Raises
    ------
    LostError
        It does not.
    """
    try:
        return _checked(_skops(model), model, rows)
    except Exception as error:  # of many kinds, and there is another way
        note = f"loading it runs code: {reason(error)}"
    return _checked(_cloudpickle(model, note), model, rows)


def deserialize(serialized: Serialized) -> Any:
    """Return the model of some bytes that this process made."""
    if serialized.format == CLOUDPICKLE:
        return pickle.loads(serialized.content)  # noqa: S301
    from skops import io as skops

    return skops.loads(serialized.content, trusted=serialized.trusted)


def _checked(serialized: Serialized, model: Any, rows: pd.DataFrame) -> Serialized:
    predicted = deserialize(serialized).predict_proba(rows)
    if not np.array_equal(predicted, model.predict_proba(rows)):
        raise LostError(f"what {serialized.format} keeps of it predicts otherwise")
    return serialized


def _skops(model: Any) -> Serialized:
    from skops import io as skops

    _check_compiled(model)
    # The fastest level: a forest shrinks to a quarter, the next five levels save a fifth of that.
    content = skops.dumps(model, compression=zipfile.ZIP_DEFLATED, compresslevel=1)
    types = skops.get_untrusted_types(data=content)
    for name in types:
        if name not in HARMLESS and not _installed(name):
            raise UnsafeError(f"{name} is of no installed package, so skops does not take it")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        modules = set(_modules(json.loads(archive.read("schema.json"))))
    return Serialized(content, SKOPS, types, *_needs(modules, SKOPS))


def _check_compiled(model: Any) -> None:
    """Check that a model holds no object of C++: skops' way to look at one ends the process.

    Raises
    ------
    UnsafeError
        It does.
    """
    import cloudpickle

    class Looking(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, found: Any) -> Any:
            if type(type(found)).__name__ == "pybind11_type":
                name = f"{type(found).__module__}.{type(found).__name__}"
                raise UnsafeError(f"{name} is of C++, so skops does not take it")
            return super().reducer_override(found)

    Looking(io.BytesIO()).dump(model)


def _modules(schema: Any) -> Iterator[str]:
    """Yield the modules that skops' description of a model names."""
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
            # What comes along may use more of the kind.
            for name in found:
                cloudpickle.register_pickle_by_value(sys.modules[name])
            own |= found
    finally:
        for name in own:
            cloudpickle.unregister_pickle_by_value(sys.modules[name])
    return Serialized(content, CLOUDPICKLE, [], *_needs(reader.modules, CLOUDPICKLE), note)


class Reader(pickle.Unpickler):
    """Loads a pickle and keeps the names of the modules that this takes."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.modules: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        """Return what a name stands for."""
        self.modules.add(module)
        # By this cloudpickle says that what comes along has imported a module.
        return self._import if name == "subimport" else super().find_class(module, name)

    def _import(self, module: str) -> Any:
        self.modules.add(module)
        return importlib.import_module(module)


def _needs(modules: set[str], form: str) -> tuple[list[str], bool]:
    """Return pinned requirements for some modules, and whether the lab's are among them."""
    roots = {module.partition(".")[0] for module in modules} | {*ALWAYS, form}
    found = sorted(set(filter(None, map(_distribution, roots))))
    # A local build's label names nothing that an index has.
    requirements = [f"{name}=={version(name).partition('+')[0]}" for name in found]
    return requirements, any(module.startswith(LAB) for module in modules)


def _known(module: str) -> bool:
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names or root == "__main__" or _installed(module)


def _installed(name: str) -> bool:
    """Return whether a module, or what is in it, can be had where a model is used."""
    return name.startswith(f"{LAB}.") or bool(_distribution(name.partition(".")[0]))


@cache
def _distribution(root: str) -> str:
    """Return the installed distribution that a package is of; nothing if it is of none."""
    if root == "lab" or root in sys.stdlib_module_names:
        return ""
    name = DISTRIBUTIONS.get(root, root)
    try:
        version(name)
    except PackageNotFoundError:
        return next(iter(packages_distributions().get(root, ())), "")  # looks at all there are
    return name
