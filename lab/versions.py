"""Versions of the packages that scores depend on."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("imbalanced-learn", "numpy", "pandas", "scikit-learn", "scipy", "xgboost")


@cache
def versions(own: str = "") -> dict[str, str]:
    """Return the versions of Python and of the installed packages that scores depend on.

    Parameters
    ----------
    own : str
        A further package that a model needs, see :attr:`lab.models.Model.package`.

    Examples
    --------
    >>> sorted(versions())[:3]
    ['imbalanced-learn', 'numpy', 'pandas']
    """
    found = {"python": platform.python_version()}
    for package in filter(None, (*PACKAGES, own)):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
