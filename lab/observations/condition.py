"""Conditions that an effect is expected to meet."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

RELATIONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Condition:
    """A relation to a bound, such as ``> 0``."""

    relation: str
    bound: float

    def met(self, value: float) -> bool:
        """Return whether a value meets the condition."""
        return RELATIONS[self.relation](value, self.bound)

    def __str__(self) -> str:
        """Return the relation and the bound."""
        return f"{self.relation} {self.bound:g}"
