"""Observations of benchmark modules, found by importing the modules.

A module that does not mention the fixture ``observe`` is not imported, which keeps the list quick.
"""

from __future__ import annotations

import inspect
import runpy
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from lab.errors import LabError, UnknownNameError, reason
from lab.names import unknown
from lab.observations.verdict import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

Mark = tuple[str, tuple[Any, ...]]  # name and arguments

MODELS, CONTRADICTED = "models", str(Verdict.CONTRADICTED)  # names of marks
OBSERVE = "observe"  # the fixture


class BenchmarkModuleError(LabError):
    """A benchmark module that cannot be imported."""


@dataclass(frozen=True)
class ObservationTest:
    """A test that records an observation.

    Attributes
    ----------
    name : str
        Name of the test, without ``test_``.
    module : str
        Name of its module.
    about : Kind
        Each case, or all selected datasets at once.
    strategies : tuple of str
        Those that a claim compares, else those of its module; empty if it is about all.
    models : tuple of str
        Those of its marks; empty if it is about the core.
    sentence : str
        First line of its docstring.
    exceptions : dict of str to int
        Number of cases, or models of a claim, that are expected to have another verdict than
        ``holds``, by verdict. Marks name those that are contradicted.
    """

    name: str
    module: str
    about: Kind
    strategies: tuple[str, ...]
    models: tuple[str, ...]
    sentence: str
    exceptions: dict[str, int]

    @property
    def key(self) -> str:
        """Module and name, under which its verdicts are recorded."""
        return f"{self.module}.{self.name}"


def read_observations(folder: Path) -> list[ObservationTest]:
    """Return the observations of the modules ``test_*.py`` in a folder, in order.

    Raises
    ------
    BenchmarkModuleError
        A module cannot be imported.
    """
    with _importable(folder):
        return [test for path in sorted(folder.glob("test_*.py")) for test in _observations(path)]


def pick_observations(
    tests: Sequence[ObservationTest], patterns: Sequence[str]
) -> list[ObservationTest]:
    """Return the observations that names and globs pick, in order; all without any pattern.

    Raises
    ------
    UnknownNameError
        A pattern matches nothing.
    """
    picked: set[str] = set()
    for pattern in patterns:
        matches = {one.key for one in tests if _matches(one, pattern)}
        if not matches:
            names = dict.fromkeys(one.name for one in tests)
            keys = [one.key for one in tests] if "." in pattern else []
            raise UnknownNameError(unknown(pattern, [*names, *keys], "observation"))
        picked |= matches
    return [one for one in tests if one.key in picked or not patterns]


def _matches(one: ObservationTest, pattern: str) -> bool:
    return fnmatchcase(one.name, pattern) or fnmatchcase(one.key, pattern)


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let modules import others from their folder, as pytest does."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _observations(path: Path) -> Iterator[ObservationTest]:
    """Yield the observations of one module."""
    module = _imported(path)
    common = _marks(module.get("pytestmark"))
    for name, function, marks in _tests(module):
        fixtures = inspect.signature(function).parameters
        if OBSERVE not in fixtures:
            continue
        marks = [*marks, *common]
        about = Kind.CLAIM if "overall" in fixtures else Kind.CASE
        compared = _compared(function) if about is Kind.CLAIM else ()
        reasons = [a for mark, args in marks if mark == CONTRADICTED for a in args]
        yield ObservationTest(
            name.removeprefix("test_"),
            path.stem,
            about,
            tuple(compared or module.get("STRATEGIES", ())),
            tuple(dict.fromkeys(a for mark, args in marks if mark == MODELS for a in args)),
            (inspect.getdoc(function) or "").partition("\n")[0],
            {CONTRADICTED: sum(len(one) for one in reasons if isinstance(one, dict))},
        )


def _imported(path: Path) -> dict[str, Any]:
    """Return the names of a module; none if it has no observations or asks to be skipped."""
    try:
        if OBSERVE not in path.read_text(encoding="utf-8"):
            return {}
        return runpy.run_path(str(path), run_name=path.stem)
    except SyntaxError as error:
        raise BenchmarkModuleError(f"{path}, line {error.lineno}: {error.msg}") from None
    except OSError as error:
        raise BenchmarkModuleError(f"{path} cannot be read: {error.strerror}") from None
    except Exception as error:
        why = f"{type(error).__name__}: {reason(error)}"
        raise BenchmarkModuleError(f"{path} cannot be imported: {why}") from None
    except BaseException as error:
        if type(error).__name__ != "Skipped":  # as of pytest.importorskip
            raise
        return {}


def _tests(module: dict[str, Any]) -> Iterator[tuple[str, Callable[..., Any], list[Mark]]]:
    """Yield the name, function and marks of each test; those of a class count for its tests."""
    for name, value in module.items():
        inside: Mapping[str, Any] = {name: value}
        common: list[Mark] = []
        if name.startswith("Test") and inspect.isclass(value):
            inside, common = vars(value), _marks(getattr(value, "pytestmark", None))
        for inner, function in inside.items():
            if inner.startswith("test_") and inspect.isfunction(function):
                yield inner, function, [*_marks(getattr(function, "pytestmark", None)), *common]


def _marks(pytestmark: Any) -> list[Mark]:
    """Return the names and arguments of one mark or several."""
    several = pytestmark if isinstance(pytestmark, (list, tuple)) else [pytestmark]
    return [(mark.name, mark.args) for mark in several if mark is not None]


class _Compared(BaseException):
    """The strategies of a claim, on their way out of its test."""


def _compared(test: Callable[..., Any]) -> tuple[str, ...]:
    """Return the strategies that a claim compares: its test runs until it asks for their effect."""

    def overall(_metric: str, strategy: str, other: str, *more: str) -> None:
        raise _Compared(strategy, other, *more)

    try:
        test(**{n: overall if n == "overall" else None for n in inspect.signature(test).parameters})
    except _Compared as found:
        return found.args
    except Exception:  # it needs another fixture, or fails before
        return ()
    return ()
