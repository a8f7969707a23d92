"""Options in names: ``smote:k_neighbors=3`` is the entry ``smote`` with an option set."""

from __future__ import annotations

import inspect
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = int | float | str

NAME = re.compile(r"[a-z][a-z0-9_]*")
# Names of strategies and models begin with a letter. So that the id of a case can be parsed, a
# digit follows each hyphen in a word.
WORD = re.compile(r"[a-z0-9_.]+(-[0-9][a-z0-9_.]*)*")


class OptionError(LabError):
    """Unknown option, or a value that an option does not take."""


@dataclass(frozen=True)
class Option:
    """Option of an entry: its default, and the values that it takes.

    :func:`integer`, :func:`number` and :func:`word` make them.

    Attributes
    ----------
    default : int, float or str
        Value of the option where a name does not set it.
    kind : {int, float, str}
        Type of the values other than ``words``; ``str`` if there are none.
    most : float
        Greatest number; all numbers are above 0.
    words : tuple of str
        Words that are values.
    is_quiet : bool
        Whether full names leave it out at its default.

    Raises
    ------
    OptionError
        The default is not a value of the option, or a word cannot be part of a name.
    """

    default: Value
    kind: type[int] | type[float] | type[str]
    most: float = math.inf
    words: tuple[str, ...] = ()
    is_quiet: bool = False

    def __post_init__(self) -> None:
        for one in self.words:
            if not WORD.fullmatch(one):
                raise OptionError(
                    f"option value {one!r}: use lower-case letters, digits, underscores and full "
                    "stops, and hyphens before digits"
                )
        try:
            self.parse(written(self.default))
        except ValueError:
            raise OptionError(f"default {self.default!r} is not {self.takes}") from None

    @property
    def takes(self) -> str:
        """Values in words, such as "a number above 0 and up to 1, or auto"."""
        if self.kind is str:
            return " or ".join(self.words)
        end = "" if self.most == math.inf else f" and up to {written(self.most)}"
        words = f", or {' or '.join(self.words)}" if self.words else ""
        return f"{'an integer' if self.kind is int else 'a number'} above 0{end}{words}"

    def parse(self, text: str) -> Value:
        """Return the value that a text stands for.

        Raises
        ------
        ValueError
            The option does not take it.
        """
        if text in self.words:
            return text
        if self.kind is str:
            raise ValueError(text)
        value = _integer(text) if self.kind is int else float(text)
        if not 0 < value <= self.most or value == math.inf:
            raise ValueError(text)
        return value


def _integer(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        value = float(text)  # 3.0 and 3e0 are integers, too
    if value.is_integer():
        return int(value)
    raise ValueError(text)


def integer(default: int, *, most: float = math.inf) -> Option:
    """Return an option that takes integers from 1.

    Examples
    --------
    >>> integer(5).parse("3.0")
    3
    """
    return Option(default, int, most)


def number(default: float | str, *, most: float = math.inf, words: tuple[str, ...] = ()) -> Option:
    """Return an option that takes numbers above 0, and perhaps some words.

    Examples
    --------
    >>> ratio = number("auto", most=1, words=("auto",))
    >>> ratio.takes
    'a number above 0 and up to 1, or auto'
    >>> ratio.parse("1e-1")
    0.1
    """
    return Option(default if isinstance(default, str) else float(default), float, most, words)


def word(default: str, *others: str, is_quiet: bool = False) -> Option:
    """Return an option that takes one of several words.

    Examples
    --------
    >>> word("borderline-1", "borderline-2").takes
    'borderline-1 or borderline-2'
    """
    return Option(default, str, words=(default, *others), is_quiet=is_quiet)


def declared(options: Mapping[str, Option | float]) -> dict[str, Option]:
    """Return options, where a plain number is the default of an option that takes its kind.

    Raises
    ------
    OptionError
        The name of an option is invalid.
    """
    for name in options:
        if not NAME.fullmatch(name):
            raise OptionError(
                f"option {name!r}: use lower-case letters, digits and underscores for a name, a "
                "letter first"
            )
    return {name: _declared(one) for name, one in options.items()}


def _declared(one: Option | float) -> Option:
    if isinstance(one, Option):
        return one
    return integer(one) if isinstance(one, int) else number(one)


def parse(entry: str, options: Mapping[str, Option], text: str) -> dict[str, Value]:
    """Return the options that a name sets to other values than their defaults.

    Parameters
    ----------
    entry : str
        What has the options, for error messages: "strategy 'smote'".
    options : mapping of str to Option
        All options of the entry.
    text : str
        Part of the name after the colon, ``OPTION=VALUE,...``.

    Raises
    ------
    OptionError
        An option is unknown, set twice, or set to a value that it does not take.

    Examples
    --------
    >>> parse("strategy 'mine'", {"ratio": number(0.5), "k": integer(5)}, "k=3,ratio=0.5")
    {'k': 3}
    """
    if not options:
        raise OptionError(f"{entry} has no options: leave {f':{text}'!r} out")
    found: dict[str, Value] = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        if name not in options:
            raise OptionError(f"{entry} has no option {name!r}: {_listed(options)}")
        if name in found:
            raise OptionError(f"{entry}: option {name!r} is set twice")
        try:
            found[name] = options[name].parse(value)
        except ValueError:
            raise OptionError(
                f"{entry}: option {name!r} takes {options[name].takes}, not {value!r}"
            ) from None
    return {name: value for name, value in found.items() if value != options[name].default}


def _listed(options: Mapping[str, Option]) -> str:
    kinds = (f"{n} ({one.takes}; default {written(one.default)})" for n, one in options.items())
    return f"choose from {', '.join(kinds)}"


def written(value: Value) -> str:
    """Return the one way in which a value is written, since names are permanent.

    Examples
    --------
    >>> written(1e-3), written(3.0), written(12345678.9)
    ('0.001', '3', '12345678.9')
    """
    import numpy as np

    return np.format_float_positional(value, trim="-") if isinstance(value, float) else str(value)


def assignments(values: Mapping[str, Value]) -> list[str]:
    """Return ``OPTION=VALUE`` for each option, sorted by option.

    Examples
    --------
    >>> assignments({"sampling_strategy": 0.5, "k_neighbors": 3})
    ['k_neighbors=3', 'sampling_strategy=0.5']
    """
    return [f"{name}={written(value)}" for name, value in sorted(values.items())]


def accepted(function: Callable[..., Any], values: Mapping[str, Value]) -> dict[str, Value]:
    """Return those values that a function has parameters for, all if it takes any keyword."""
    parameters = inspect.signature(function).parameters
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        return dict(values)
    return {name: value for name, value in values.items() if name in parameters}
