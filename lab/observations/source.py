"""What is expected: the observations of the benchmark modules, read from their source.

No module is imported, so that it takes no time.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from lab.errors import LabError, UnknownNameError
from lab.names import unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

CASE, CLAIM = "case", "claim"
EXCEPTIONS = ("inconclusive", "contradicted")  # the names of marks
MODELS = "models"  # likewise


class SourceError(LabError):
    """A benchmark module that cannot be read."""


@dataclass(frozen=True)
class Expected:
    """A test that records an observation.

    Attributes
    ----------
    module : str
        The module's name.
    about : {"case", "claim"}
        Each case, or all selected datasets at once.
    strategies : tuple of str
        Those that a claim compares, else those that the module is about; none if it is about all.
    models : tuple of str
        Those of its marks; none if it is about the core.
    sentence : str
        The first line of its docstring.
    exceptions : dict of str to int or None
        Of how many cases or models which other verdict than ``holds`` is recorded; None where
        the source alone does not say.
    """

    name: str
    module: str
    about: str
    strategies: tuple[str, ...]
    models: tuple[str, ...]
    sentence: str
    exceptions: dict[str, int | None]

    @property
    def key(self) -> str:
        """What a session records its verdicts under."""
        return f"{self.module}.{self.name}"


def read_expected(folder: Path) -> list[Expected]:
    """Return every observation of the modules ``test_*.py`` in a folder, in order.

    Raises
    ------
    SourceError
        One of them is not Python, or cannot be read.
    """
    found: list[Expected] = []
    for path in sorted(folder.glob("test_*.py")):
        try:
            tree = ast.parse(path.read_bytes(), path.name)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            where = f"{path}, line {line}" if line else str(path)
            raise SourceError(f"{where}: {getattr(error, 'msg', error)}") from None
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}") from None
        found += _Module(path.stem, tree).observations()
    return found


def pick_expected(expected: Sequence[Expected], patterns: Sequence[str]) -> list[Expected]:
    """Return the observations that names and globs pick, in order; all without any pattern.

    Raises
    ------
    UnknownNameError
        A pattern matches nothing.
    """
    picked: set[str] = set()
    for pattern in patterns:
        matches = {one.key for one in expected if _matches(one, pattern)}
        if not matches:
            names = dict.fromkeys(one.name for one in expected)
            keys = [one.key for one in expected] if "." in pattern else []
            raise UnknownNameError(unknown(pattern, [*names, *keys], "observation"))
        picked |= matches
    return [one for one in expected if one.key in picked or not patterns]


def _matches(one: Expected, pattern: str) -> bool:
    return fnmatchcase(one.name, pattern) or fnmatchcase(one.key, pattern)


class _Module:
    """A module's source, and the values in it that follow from nothing else."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree
        self.assigned: dict[str, ast.expr] = {}
        self.values: dict[str, Any] = {}
        for assigned, expression in _assignments(tree):
            self.assigned[assigned] = expression
            if (value := self._value(expression)) is not None:
                self.values[assigned] = value

    def observations(self) -> Iterator[Expected]:
        """Yield the tests that have the fixture ``observe``."""
        common = self._marks(self.assigned.get("pytestmark"))
        own = self.values.get("STRATEGIES", ())
        for function, more in self._tests():
            fixtures = {argument.arg for argument in function.args.args}
            if "observe" not in fixtures:
                continue
            marks = [*common, *self._marks(*more, *function.decorator_list)]
            about = CLAIM if "overall" in fixtures else CASE
            yield Expected(
                function.name.removeprefix("test_"),
                self.name,
                about,
                tuple((about == CLAIM and self._compared(function)) or own),
                tuple(self._texts(a for mark, args in marks if mark == MODELS for a in args)),
                (ast.get_docstring(function) or "").partition("\n")[0],
                {verdict: self._number(marks, verdict) for verdict in EXCEPTIONS},
            )

    def _tests(self) -> Iterator[tuple[ast.FunctionDef, Sequence[ast.expr]]]:
        """Yield tests, each with the decorators of its class."""
        for node in self.tree.body:
            inside: Sequence[ast.stmt] = [node]
            more: Sequence[ast.expr] = ()
            if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
                inside, more = node.body, node.decorator_list
            for function in inside:
                if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                    yield function, more

    def _marks(self, *nodes: ast.expr | None) -> list[tuple[str, Sequence[ast.expr]]]:
        """Return the names and arguments of marks, such as ``pytest.mark.models("knn")``."""
        found: list[tuple[str, Sequence[ast.expr]]] = []
        for node in nodes:
            if isinstance(node, ast.Name):
                found += self._marks(self.assigned.get(node.id))
            elif isinstance(node, (ast.List, ast.Tuple)):
                found += self._marks(*node.elts)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found.append((node.func.attr, node.args))
        return found

    def _number(self, marks: Iterable[tuple[str, Sequence[ast.expr]]], verdict: str) -> int | None:
        """Return how many exceptions marks have; None if the source alone does not say."""
        reasons = [self._value(a) for name, args in marks if name == verdict for a in args]
        sizes = [len(one) if isinstance(one, dict) else None for one in reasons]
        return None if None in sizes else sum(filter(None, sizes))

    def _compared(self, function: ast.FunctionDef) -> list[str]:
        """Return the strategies that a claim names after its metric."""
        calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
        claims = (c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "overall")
        return self._texts(argument for claim in claims for argument in claim.args[1:])

    def _texts(self, nodes: Iterable[ast.expr]) -> list[str]:
        """Return the texts among some expressions, each once."""
        values = [self._value(node) for node in nodes]
        return list(dict.fromkeys(value for value in values if isinstance(value, str)))

    def _value(self, node: ast.expr) -> Any:
        """Return what an expression of literals and known names comes to; None if it is another.

        There is nothing in it to call but methods of such values.
        """
        try:
            code = compile(ast.Expression(node), self.name, "eval")
            return eval(code, {"__builtins__": {}, **self.values})  # noqa: S307 (as pytest would)
        except Exception:
            return None


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of a module with what is assigned to each, also to several at once."""
    for node in (one for one in tree.body if isinstance(one, ast.Assign)):
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            yield from ((one.id, value) for one, value in pairs if isinstance(one, ast.Name))
