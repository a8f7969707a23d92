"""A choice of strategy and model, and how the best one compares with raw data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Choice:
    """A strategy with a model.

    Attributes
    ----------
    strategy, model : str
        Their names.
    score : float
        Mean of the goal's metric over datasets.
    fit_seconds : float
        Mean duration of a fit over datasets.
    """

    strategy: str
    model: str
    score: float
    fit_seconds: float

    @property
    def pair(self) -> tuple[str, str]:
        """Names of the strategy and the model."""
        return self.strategy, self.model

    def __str__(self) -> str:
        """Return both names."""
        return f"{self.strategy} with {self.model}"


class Standing(StrEnum):
    """How the best choice compares with raw data."""

    BETTER = "better than raw data"
    AS_GOOD = "raw data are as good"
    NOT_SHOWN = "not shown to be better"
    RAW_INCOMPLETE = "not comparable: raw was not run with every model on every dataset"
    RAW_IS_BEST = "no strategy scores better"
    NONE_COMPLETE = "no other strategy was run on every dataset"
    ONLY_RAW = "no other strategy was run"
    NO_RAW = "raw was not run: nothing to compare with"
