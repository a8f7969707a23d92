"""Strategies that fit a model to many balanced samples and let them vote."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lab.strategies.strategy import Steps, Strategy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model


def _balanced_bagging(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.ensemble import BalancedBaggingClassifier

    return [("model", BalancedBaggingClassifier(model.make(seed), random_state=seed))]


def _easy_ensemble(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.ensemble import EasyEnsembleClassifier
    from sklearn.ensemble import AdaBoostClassifier

    # Its authors boost a weak learner with AdaBoost; a strong model stands for both.
    learner = AdaBoostClassifier(model.weak(seed)) if model.weak else model.make(seed)
    return [("model", EasyEnsembleClassifier(estimator=learner, random_state=seed))]


def _rus_boost(model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.ensemble import RUSBoostClassifier

    if model.weak is None:
        raise TypeError(f"{model.name} is no weak learner")
    return [("model", RUSBoostClassifier(model.weak(seed), random_state=seed))]


def _balanced_random_forest(_model: Model, _y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.ensemble import BalancedRandomForestClassifier

    return [("model", BalancedRandomForestClassifier(n_jobs=1, random_state=seed))]


WORSE = {"is worse than random": "the weak model is no better than chance"}
_family = partial(Strategy, family="ensembles")

ENTRIES = (
    _family(
        "balanced_bagging",
        "ten models on bootstrap samples with majority rows drawn until classes are equal",
        _balanced_bagging,
        paper="Hido et al. 2009, https://doi.org/10.1002/sam.10061",
        refusals={"needs to have more than 1 class": "a sample has rows of one class only"},
        cost=3.0,
    ),
    _family(
        "easy_ensemble",
        "ten models, weak ones boosted by AdaBoost, each on all minority and as many other rows",
        _easy_ensemble,
        paper="Liu et al. 2009, https://doi.org/10.1109/TSMCB.2008.2007853",
        refusals=WORSE,
        cost=5.0,
    ),
    _family(
        "rus_boost",
        "boosting, with majority rows drawn anew in each round until classes are equal",
        _rus_boost,
        paper="Seiffert et al. 2010, https://doi.org/10.1109/TSMCA.2009.2029559",
        weak=True,
        refusals=WORSE,
        cost=3.0,
    ),
    _family(
        "balanced_random_forest",
        "a forest whose trees each see as many rows of either class",
        _balanced_random_forest,
        paper="Chen, Liaw and Breiman 2004, technical report 666, UC Berkeley",
        models=("random_forest",),
    ),
)
