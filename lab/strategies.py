"""Every strategy by name: how it turns a preprocessor and a model into one pipeline.

A new strategy is one entry in ``STRATEGIES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model

Steps = list[tuple[str, Any]]


@dataclass(frozen=True)
class Strategy:
    """One way to handle the imbalance.

    Attributes
    ----------
    title : str
        What it does, in a few words.
    steps : callable
        ``steps(model, y, seed)`` returns what follows the preprocessor: named samplers, then the
        classifier last. ``y`` is the target of the training fold, and all of it that a strategy
        ever sees.
    cost : float
        Fit time relative to ``raw``, roughly, for the order in which cases start.
    """

    name: str
    title: str
    steps: Callable[[Model, NDArray[np.int8], int], Steps]
    cost: float = 1.0

    def pipeline(self, preprocessor: Any, model: Model, y: NDArray[np.int8], seed: int) -> Any:
        """Return an unfitted pipeline for one training fold.

        Parameters
        ----------
        preprocessor : transformer
            First step.
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

        return Pipeline([("preprocess", preprocessor), *self.steps(model, y, seed)])


def _raw(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    return [("model", model.make(seed))]


def _smote(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.over_sampling import SMOTE

    # https://doi.org/10.1613/jair.953
    return [("smote", SMOTE(random_state=seed)), ("model", model.make(seed))]


def _class_weight(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
    return [("model", model.make(seed).set_params(**model.balanced(y)))]


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy("raw", "the data as they are", _raw),
        Strategy("smote", "synthetic minority rows until both classes are equal", _smote, 2.0),
        Strategy("class_weight", "errors weighted by inverse class frequency", _class_weight),
    )
}
CORE = ("raw", "smote", "class_weight")
