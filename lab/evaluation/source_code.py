"""Digests of the lab's own code, by what it decides: fits, scores or pictures."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lab.files import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

LAB = Path(__file__).parents[1]
# Modules and packages of the lab that no fit and no prediction depends on.
WITHOUT_FITS = frozenset(
    {
        *("baseline", "cli", "docs", "engine", "metrics", "observations", "report", "session"),
        *("store", "tests", "tracking", "__main__", "grid", "plugin", "plugins", "wording"),
        *("evaluation/curves", "evaluation/figures", "evaluation/holdout", "evaluation/scoring"),
        "evaluation/warm_up",
    }
)
SCORING = ("metrics", "evaluation/scoring", "evaluation/holdout")
DRAWING = (*SCORING, "evaluation/curves", "evaluation/figures")


def fitting_modules() -> list[Path]:
    """Return the modules that fits and predictions depend on, relative to the lab's package."""
    return [path for path in _modules() if not _is_in(path, WITHOUT_FITS)]


@cache
def fitting_code() -> str:
    """Return the digest of the code that fits and predictions depend on."""
    return _digest(fitting_modules())


@cache
def scoring_code() -> str:
    """Return the digest of the code that scores of given predictions depend on."""
    return _digest(path for path in _modules() if _is_in(path, SCORING))


@cache
def drawing_code() -> str:
    """Return the digest of the code that curves and pictures of given predictions depend on."""
    return _digest(path for path in _modules() if _is_in(path, DRAWING))


def _modules() -> list[Path]:
    return sorted(path.relative_to(LAB) for path in LAB.rglob("*.py"))


def _is_in(module: Path, names: Iterable[str]) -> bool:
    """Return whether a module, or a package that it is in, has one of the names."""
    own = module.with_suffix("")
    return any(own == Path(name) or Path(name) in own.parents for name in names)


def _digest(modules: Iterable[Path]) -> str:
    return digest(b"".join((LAB / path).read_bytes() for path in modules))
