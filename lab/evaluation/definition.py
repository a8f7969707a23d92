"""The definition of a pipeline: its own steps and their parameters, as text."""

from __future__ import annotations

import inspect
import re
from functools import partial
from typing import Any

from lab.strategies.preprocessing import STEPS

# The seed belongs to the protocol, and no score depends on threads or verbosity.
LEFT_OUT = {
    *("random_state", "random_seed", "n_jobs", "thread_count"),
    *("verbose", "verbosity", "allow_writing_files"),
}


def params(steps: Any) -> dict[str, Any]:
    """Return the parameters of a pipeline's own steps, as JSON values."""
    found = {}
    for name, step in _own_steps(steps):
        prefix = "" if name == "model" else f"{name}__"
        for key, value in step.get_params(deep=False).items():
            plain = value is None or isinstance(value, bool | int | float | str)
            found[prefix + key] = value if plain and value == value else _text(value)
    return found


def definition(steps: Any) -> str:
    """Return a pipeline's own steps, with those parameters that are not the library's defaults.

    Defaults of the library are not part of it: if an upgrade changes their meaning, the scores of
    the same case change.
    """
    return " | ".join(_text(step) for _, step in _own_steps(steps))


def _own_steps(steps: Any) -> list[tuple[str, Any]]:
    """Return the steps that tell cases apart, without the preprocessing of every case."""
    return [(name, step) for name, step in steps.steps if name not in STEPS]


def named(value: object) -> str:
    """Return a parameter as text that is the same in every process."""
    if isinstance(value, partial):
        bound = [*map(named, value.args), *(f"{k}={named(v)}" for k, v in value.keywords.items())]
        return f"{named(value.func)}({', '.join(bound)})"
    # The repr of a function or object has its address, that of an estimator all its parameters.
    if not (isinstance(value, type) or callable(value) or hasattr(value, "get_params")):
        text = " ".join(repr(value).split())
        if " at 0x" not in text:
            return re.sub(r"(, )?random_state=[^,)]*", "", text)  # the protocol's
    own = value if hasattr(value, "__qualname__") else type(value)
    return f"{own.__module__}.{own.__qualname__}"


def _text(value: Any) -> str:
    """Return a parameter as text; an estimator with its own parameters, recursively."""
    if isinstance(value, type) or not hasattr(value, "get_params"):
        if isinstance(value, list | tuple) and any(hasattr(part, "fit") for part in _flat(value)):
            return f"[{', '.join(_text(step) for _, step in value)}]"
        return named(value)
    defaults = _defaults(type(value))
    changed = [
        f"{name}={_text(parameter)}"
        for name, parameter in sorted(value.get_params(deep=False).items())
        if repr(parameter) != repr(defaults.get(name)) and name not in LEFT_OUT
    ]
    return f"{type(value).__name__}({', '.join(changed)})"


def _defaults(cls: type) -> dict[str, Any]:
    try:
        return dict(cls().get_params(deep=False))
    except TypeError:  # it has parameters without defaults
        signature = inspect.signature(cls)
        return {name: parameter.default for name, parameter in signature.parameters.items()}


def _flat(steps: Any) -> list[Any]:
    return [part for step in steps for part in (step if isinstance(step, tuple) else (step,))]
