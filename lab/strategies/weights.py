"""Strategies that weigh errors, by class or by how wrong they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lab.options import number
from lab.strategies.strategy import Steps, Strategy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model

ELKAN = "Elkan 2001, IJCAI"
# Power of the inverse class frequency: 1 balances the classes, less is gentler.
POWER = {"power": number(1.0, most=2)}


def weighted(model: Model, y: NDArray[np.int8], seed: int, power: float) -> Any:
    """Return a model that weighs classes by a power of their inverse frequency."""
    if model.weighted is None:
        raise TypeError(f"{model.name} does not support class weights")
    return model.make(seed).set_params(**model.weighted(y, power))


def _class_weight(model: Model, y: NDArray[np.int8], seed: int, power: float) -> Steps:
    return [("model", weighted(model, y, seed, power))]


def _subsample(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    return [("model", model.make(seed).set_params(class_weight="balanced_subsample"))]


def _focal_loss(model: Model, _y: NDArray[np.int8], seed: int, gamma: float) -> Steps:
    from lab.estimators.focal_loss import FocalLossClassifier

    return [("model", FocalLossClassifier(model.make(seed), gamma=gamma))]


_family = partial(Strategy, family="weights")

ENTRIES = (
    _family(
        "class_weight",
        "errors weighted by inverse class frequency",
        _class_weight,
        paper=ELKAN,
        weights=True,
        options=POWER,
    ),
    _family(
        "class_weight_sqrt",
        "errors weighted by the square root of inverse class frequency: gentler weights",
        partial(_class_weight, power=0.5),
        paper=ELKAN,
        weights=True,
    ),
    _family(
        "balanced_subsample",
        "errors weighted by inverse class frequency within each tree's sample",
        _subsample,
        paper="Chen, Liaw and Breiman 2004, technical report 666, UC Berkeley",
        models=("random_forest",),
    ),
    _family(
        "focal_loss",
        "the focal loss: errors weighted by how wrong they are",
        _focal_loss,
        paper="Lin et al. 2017, https://arxiv.org/abs/1708.02002; "
        "Wang et al. 2020, https://doi.org/10.1016/j.patrec.2020.05.035",
        models=("xgboost",),
        options={"gamma": 2.0},
        cost=1.5,
    ),
)
