"""Situation: what the training folds of a dataset are like for a strategy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Situation:
    """Sizes of the training folds that a strategy is applied to.

    Attributes
    ----------
    fewest : int
        Minority rows of the training fold with the fewest.
    numeric, categorical : int
        Number of feature columns of each kind.
    rows : int
        Rows of a training fold.
    at_random : bool
        Whether the session splits rows at random, each on its own.
    """

    fewest: int
    numeric: int
    categorical: int
    rows: int = 0
    at_random: bool = True
