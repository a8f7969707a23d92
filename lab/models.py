"""Every model by name: how it is made, and how it takes class weights.

A new model is one entry in ``MODELS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

# The libraries are imported where a model is made: the process that only names models, the
# controller of a distributed session, then starts 3 s sooner.


@dataclass(frozen=True)
class Model:
    """A learner with its library's defaults, one thread and a fixed seed.

    Attributes
    ----------
    make : callable
        ``make(seed)`` returns a new, unfitted classifier.
    balanced : callable
        ``balanced(y)`` returns the parameters that weigh the classes of the training target ``y``
        equally, in the words of this learner.
    cost : float
        Seconds to fit a million values, roughly: the dearest cases start first. Any error here
        costs time, never results.
    """

    name: str
    make: Callable[[int], Any]
    balanced: Callable[[NDArray[np.int8]], dict[str, Any]]
    cost: float


def _logistic_regression(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(random_state=seed)


def _random_forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=seed)


def _xgboost(seed: int) -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(n_jobs=1, random_state=seed)


def _class_weight(_y: NDArray[np.int8]) -> dict[str, Any]:
    return {"class_weight": "balanced"}


def _scale_pos_weight(y: NDArray[np.int8]) -> dict[str, Any]:
    # https://xgboost.readthedocs.io/en/stable/tutorials/param_tuning.html
    return {"scale_pos_weight": float((y == 0).sum() / (y == 1).sum())}


CORE = ("logistic_regression", "random_forest", "xgboost")

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model("logistic_regression", _logistic_regression, _class_weight, cost=0.3),
        Model("random_forest", _random_forest, _class_weight, cost=6.0),
        Model("xgboost", _xgboost, _scale_pos_weight, cost=1.0),
    )
}
