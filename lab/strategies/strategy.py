"""What a strategy is: how a preprocessor and a model become one pipeline, and what that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lab.errors import LabError
from lab.strategies.preprocessing import IMPUTE, PREPROCESS, encoder, imputer, preprocessor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset
    from lab.models import Model

Steps = list[tuple[str, Any]]


class OptionError(LabError):
    """An option of a strategy that is not one, or has no such value."""


@dataclass(frozen=True)
class Situation:
    """What decides whether a strategy can do anything with some data.

    Attributes
    ----------
    fewest : int
        Rows of the rarer class in the training fold that has the fewest.
    numeric, categorical : int
        Feature columns of either kind.
    rows : int
        Rows of a training fold.
    """

    fewest: int
    numeric: int
    categorical: int
    rows: int = 0


def _nothing(_situation: Situation) -> str:
    return ""


@dataclass(frozen=True)
class Strategy:
    """One way to handle the imbalance.

    Attributes
    ----------
    title : str
        What it does, in a few words.
    steps : callable
        ``steps(model, y, seed, **options)`` returns what follows the preprocessing: named samplers,
        then the classifier last. ``y`` is the target of the training fold, and all of it that a
        strategy ever sees. To describe the case it is called once more, with the whole target.
    family : str
        Of which kind it is.
    paper : str
        Where the method comes from.
    cost : float
        Fit time relative to ``raw``, roughly, for the order in which cases start.
    on_raw_columns : callable or None
        ``on_raw_columns(dataset, y, seed)`` returns named samplers that work on the imputed
        columns, numbers scaled, before categories are encoded. Of the dataset only the kinds of
        its columns are to be looked at.
    minority_rows : int
        Rows of the rarer class that it takes in every training fold.
    most_rows : int
        Rows of a training fold beyond which it takes hours.
    categorical : bool
        Whether it takes a categorical column.
    weights : bool
        Whether it takes a model that weighs classes.
    odds : bool
        Whether it takes a model whose probabilities are those of weighted rows.
    weak : bool
        Whether it takes a model that can be boosted.
    models : tuple of str
        The only models that it is for; every model if there are none.
    remark : callable
        ``remark(situation)`` returns what it does otherwise than usual, if anything.
    refusals : mapping of str to str
        What a ``ValueError`` or ``RuntimeError`` says where it can do nothing with a training fold,
        and the same in words that go on after "in a training fold".
    options : mapping of str to float
        What ``NAME:OPTION=VALUE`` can set, with the usual values: positive numbers.
    leaks : bool
        Whether test rows reach a fit: a mistake, shown on purpose.
    """

    name: str
    title: str
    steps: Callable[..., Steps]
    family: str = "own"
    paper: str = ""
    cost: float = 1.0
    on_raw_columns: Callable[[Dataset, NDArray[np.int8], int], Steps] | None = None
    minority_rows: int = 1
    most_rows: int = 0
    categorical: bool = False
    weights: bool = False
    odds: bool = False
    weak: bool = False
    models: tuple[str, ...] = ()
    remark: Callable[[Situation], str] = _nothing
    refusals: Mapping[str, str] = field(default_factory=dict, hash=False)
    options: Mapping[str, float] = field(default_factory=dict, hash=False)
    leaks: bool = False

    missing = ""  # of what the base install has

    @property
    def on_request(self) -> str:
        """Why globs and groups leave it out: nothing if they do not."""
        return "a mistake" if self.leaks else ""

    @property
    def needs(self) -> list[str]:
        """What it takes beyond a table and a model, in words."""
        return [
            *([f"{self.minority_rows} minority rows"] if self.minority_rows > 1 else []),
            *([f"at most {self.most_rows:,} rows"] if self.most_rows else []),
            *(["a categorical column"] if self.categorical else []),
            *(["class weights"] if self.weights else []),
            *(["weighted probabilities"] if self.odds else []),
            *(["a weak model"] if self.weak else []),
            *([" or ".join(self.models)] if self.models else []),
        ]

    def unsuited(self, model: Model) -> str:
        """Return why it can do nothing with a model, in words; nothing if it can."""
        if self.models and model.name not in self.models:
            return f"for {' and '.join(self.models)} only"
        if model.floor and self.name != "raw":
            return "the floor looks at no feature"
        if self.weights and model.weighted is None:
            return "the model takes no class weights"
        if self.odds and not model.weights_move_odds:
            return "the model's probabilities are not those of weighted rows"
        if self.weak and model.weak is None:
            return "the model is no weak learner that could be boosted"
        return ""

    def problem(self, situation: Situation) -> str:
        """Return why it can do nothing with some data, in words; nothing if it can."""
        if self.categorical and not situation.categorical:
            return "there is no categorical column"
        if situation.fewest < self.minority_rows:
            has = f"some training fold has {situation.fewest}"
            return f"it takes {self.minority_rows} minority rows, and {has}"
        if self.most_rows and situation.rows > self.most_rows:
            return f"with more than {self.most_rows:,} rows it takes hours"
        return ""

    def with_options(self, text: str) -> Self:
        """Return the strategy that ``NAME:OPTION=VALUE,...`` names, given what follows the colon.

        Raises
        ------
        OptionError
            The text does not set options that there are to positive numbers.
        """
        given: dict[str, float] = {}
        for part in text.split(","):
            option, _, value = part.partition("=")
            try:
                number = float(value)
            except ValueError:
                number = math.nan
            if option not in self.options or option in given or not 0 < number < math.inf:
                known = ", ".join(f"{name}=NUMBER" for name in self.options)
                raise OptionError(
                    f"strategy {f'{self.name}:{text}'!r}: {part!r} is not "
                    + (f"{known}, a number above 0" if known else "known: it has no options")
                )
            given[option] = number
        # A name is permanent: each value is written in one way, and the usual one not at all.
        other = [
            f"{option}={np.format_float_positional(number, trim='-')}"
            for option, number in sorted(given.items())
            if number != self.options[option]
        ]
        name = f"{self.name}:{','.join(other)}" if other else self.name
        return replace(self, name=name, options={**self.options, **given})

    def pipeline(self, dataset: Dataset, model: Model, y: NDArray[np.int8], seed: int) -> Any:
        """Return an unfitted pipeline for one training fold.

        Parameters
        ----------
        dataset : Dataset
            Its columns are what is preprocessed; none of its rows is looked at.
        model : Model
            The learner of the last step.
        y : ndarray of shape (n_training_rows,)
            Target of the training fold.
        seed : int
            Seed of every random step.

        Returns
        -------
        imblearn.pipeline.Pipeline
            Samplers in it act on training rows only: ``predict`` skips them.
        """
        from imblearn.pipeline import Pipeline

        first: Steps = [(PREPROCESS, preprocessor(dataset))]
        if self.on_raw_columns is not None:
            samplers = self.on_raw_columns(dataset, y, seed)
            first = [(IMPUTE, imputer(dataset)), *samplers, (PREPROCESS, encoder(dataset))]
        steps = self.steps(model, y, seed, **self.options)
        if not _are_steps(steps):
            raise TypeError(
                f"strategy {self.name!r}: steps must return a list of (name, estimator) that ends "
                f"with the classifier; it returned {' '.join(repr(steps).split())[:80]}"
            )
        return Pipeline([*first, *steps])


def _are_steps(steps: Any) -> bool:
    return (
        isinstance(steps, list)
        and bool(steps)
        and all(isinstance(step, tuple) and len(step) == 2 for step in steps)
        and all(isinstance(name, str) and hasattr(part, "fit") for name, part in steps)
    )


def plain(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    """Return the model as it is."""
    return [("model", model.make(seed))]


def minority(y: NDArray[np.int8]) -> int:
    """Return the rows of the rarer class."""
    positive = int((y == 1).sum())
    return min(positive, len(y) - positive)


def neighbours(rows: int, wanted: int) -> int:
    """Return how many neighbours each of so many rows may be given: itself is none."""
    return max(1, min(wanted, rows - 1))


def fewer(wanted: int, what: str, less: int = 0) -> Callable[[Situation], str]:
    """Return the remark of a strategy that does with fewer of something than its authors took.

    Parameters
    ----------
    wanted : int
        Their number.
    what : str
        Of what.
    less : int
        By how much the number there can be is below the number of minority rows.
    """

    def remark(situation: Situation) -> str:
        there = situation.fewest - less
        if there >= wanted:
            return ""
        rows = f"where a training fold has {situation.fewest} minority rows"
        return f"{there} of {wanted} {what} {rows}"

    return remark


INNER_FOLDS = 5


def inner_folds(y: NDArray[np.int8], seed: int) -> Any:
    """Return the folds that a training fold is itself split into, one minority row in each."""
    from sklearn.model_selection import StratifiedKFold

    return StratifiedKFold(min(INNER_FOLDS, minority(y)), shuffle=True, random_state=seed)


fewer_folds = fewer(INNER_FOLDS, "inner folds")
