"""Versions of the packages that scores depend on."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from lab.models import MODELS

PACKAGES = ("imbalanced-learn", "numpy", "pandas", "scikit-learn", "scipy", "xgboost")


@cache
def versions(model: str = "") -> dict[str, str]:
    """Return the version of Python and of each package that is installed, a model's own too."""
    found = {"python": platform.python_version()}
    own = MODELS[model].package if model in MODELS else ""
    for package in filter(None, (*PACKAGES, own)):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
