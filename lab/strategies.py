"""Every strategy by name: how it turns a preprocessor and a model into one pipeline.

A new strategy is one entry in ``STRATEGIES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.preprocessing import IMPUTE, PREPROCESS, encoder, imputer, preprocessor

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset
    from lab.models import Model

Steps = list[tuple[str, Any]]
NEIGHBOURS = 5  # of which SMOTE takes one to draw a line to: its authors' number


@dataclass(frozen=True)
class Situation:
    """What decides whether a strategy can do anything.

    Attributes
    ----------
    fewest : int
        Rows of the rarer class in the training fold that has the fewest.
    numeric, categorical : int
        Feature columns of either kind.
    """

    fewest: int
    numeric: int
    categorical: int


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
        ``steps(model, y, seed)`` returns what follows the preprocessing: named samplers, then the
        classifier last. ``y`` is the target of the training fold, and all of it that a strategy
        ever sees.
    cost : float
        Fit time relative to ``raw``, roughly, for the order in which cases start.
    on_raw_columns : callable or None
        ``on_raw_columns(dataset, y, seed)`` returns named samplers that work on the imputed
        columns, numbers scaled, before categories are encoded. Of the dataset only the kinds of
        its columns are to be looked at.
    problem : callable
        ``problem(situation)`` returns why the strategy can do nothing, as the end of a sentence;
        an empty text if it can.
    remark : callable
        ``remark(situation)`` returns what it does otherwise than usual, if anything.
    """

    name: str
    title: str
    steps: Callable[[Model, NDArray[np.int8], int], Steps]
    cost: float = 1.0
    on_raw_columns: Callable[[Dataset, NDArray[np.int8], int], Steps] | None = None
    problem: Callable[[Situation], str] = _nothing
    remark: Callable[[Situation], str] = _nothing

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
        return Pipeline([*first, *self.steps(model, y, seed)])


def _raw(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    return [("model", model.make(seed))]


def _smote(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.over_sampling import SMOTE

    # https://doi.org/10.1613/jair.953
    sampler = SMOTE(k_neighbors=_neighbours(y), random_state=seed)
    return [("smote", sampler), ("model", model.make(seed))]


def _smotenc(dataset: Dataset, y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.over_sampling import SMOTEN, SMOTENC

    # Sections 6.1 and 6.2 of https://doi.org/10.1613/jair.953: SMOTENC needs a number column.
    options = {"k_neighbors": _neighbours(y), "random_state": seed}
    if not dataset.numeric:
        return [("smotenc", SMOTEN(**options))]
    return [("smotenc", SMOTENC(categorical_features=dataset.categorical, **options))]


def _neighbours(y: NDArray[np.int8]) -> int:
    """Return how many neighbours a row of the rarer class has: itself is none."""
    positive = int((y == 1).sum())
    return max(1, min(NEIGHBOURS, positive - 1, len(y) - positive - 1))


def _too_few(situation: Situation) -> str:
    if situation.fewest < 2:
        return "SMOTE draws lines between minority rows, and some training fold has one only"
    return ""


def _not_mixed(situation: Situation) -> str:
    if not situation.categorical:
        return "it has no categorical column"
    return _too_few(situation)


def _fewer_neighbours(situation: Situation) -> str:
    if situation.fewest > NEIGHBOURS:
        return ""
    neighbours = f"{situation.fewest - 1} of {NEIGHBOURS} neighbours"
    return f"SMOTE with {neighbours} where a training fold has {situation.fewest} minority rows"


def _class_weight(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
    return [("model", model.make(seed).set_params(**model.balanced(y)))]


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy("raw", "the data as they are", _raw),
        Strategy(
            "smote",
            "synthetic minority rows until both classes are equal",
            _smote,
            cost=2.0,
            problem=_too_few,
            remark=_fewer_neighbours,
        ),
        Strategy("class_weight", "errors weighted by inverse class frequency", _class_weight),
        Strategy(
            "smotenc",
            "SMOTE before categories are encoded: synthetic rows have real levels",
            _raw,
            cost=3.0,
            on_raw_columns=_smotenc,
            problem=_not_mixed,
            remark=_fewer_neighbours,
        ),
    )
}
CORE = ("raw", "smote", "class_weight")
