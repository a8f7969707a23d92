"""Strategies that keep the model and move the threshold of its decisions.

Thresholds are set on preprocessed rows of the training fold; preprocessing does not use the target.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lab.strategies.limits import fewer_folds
from lab.strategies.strategy import Steps, Strategy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model

PROBABILITY = "predict_proba"


def _tuned(model: Model, _y: NDArray[np.int8], seed: int, inner_folds: Any) -> Steps:
    from sklearn.model_selection import TunedThresholdClassifierCV

    tuned = TunedThresholdClassifierCV(
        model.make(seed),
        scoring="f1",
        response_method=PROBABILITY,
        cv=inner_folds,
        random_state=seed,
    )
    return [("model", tuned)]


def _fixed(model: Model, seed: int, threshold: float) -> Steps:
    from sklearn.model_selection import FixedThresholdClassifier

    fixed = FixedThresholdClassifier(
        model.make(seed), threshold=threshold, response_method=PROBABILITY
    )
    return [("model", fixed)]


def _prevalence(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
    return _fixed(model, seed, float((y == 1).mean()))


def _cost(model: Model, _y: NDArray[np.int8], seed: int, ratio: float) -> Steps:
    return _fixed(model, seed, 1 / (1 + ratio))


_family = partial(Strategy, family="decision")

ENTRIES = (
    _family(
        "threshold",
        "the best of 100 thresholds for F1, by cross-validation within the training fold",
        _tuned,
        paper="Lipton et al. 2014, https://arxiv.org/abs/1402.1892",
        minority_rows=2,
        remark=fewer_folds,
        refusals={"makes constant predictions": "every row has the same score"},
        cost=5.0,
    ),
    _family(
        "threshold_prevalence",
        "the share of positives in the training fold as threshold",
        _prevalence,
        paper="van den Goorbergh et al. 2022, https://doi.org/10.1093/jamia/ocac093",
    ),
    _family(
        "threshold_cost",
        "the threshold of lowest expected cost if a missed positive costs {ratio} false alarms",
        _cost,
        paper="Elkan 2001, IJCAI",
        options={"ratio": 10.0},
    ),
)
