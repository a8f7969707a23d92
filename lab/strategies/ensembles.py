"""Strategies that fit a model to several balanced samples and combine the votes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lab.options import integer, number
from lab.strategies.resampling import RATIO, TOO_BALANCED
from lab.strategies.strategy import Steps, Strategy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model


def _balanced_bagging(model: Model, _y: NDArray[np.int8], seed: int, **options: Any) -> Steps:
    from imblearn.ensemble import BalancedBaggingClassifier

    bagging = BalancedBaggingClassifier(model.make(seed), random_state=seed, **options)
    return [("model", bagging)]


def _easy_ensemble(model: Model, _y: NDArray[np.int8], seed: int, **options: Any) -> Steps:
    from imblearn.ensemble import EasyEnsembleClassifier
    from sklearn.ensemble import AdaBoostClassifier

    # Its authors boost a weak learner with AdaBoost; a strong model takes the place of both.
    learner = AdaBoostClassifier(model.weak(seed)) if model.weak else model.make(seed)
    return [("model", EasyEnsembleClassifier(estimator=learner, random_state=seed, **options))]


def _rus_boost(model: Model, _y: NDArray[np.int8], seed: int, **options: Any) -> Steps:
    from imblearn.ensemble import RUSBoostClassifier

    if model.weak is None:
        raise TypeError(f"{model.name} is not a weak learner")
    return [("model", RUSBoostClassifier(model.weak(seed), random_state=seed, **options))]


def _balanced_random_forest(
    _model: Model, _y: NDArray[np.int8], seed: int, **options: Any
) -> Steps:
    from imblearn.ensemble import BalancedRandomForestClassifier

    return [("model", BalancedRandomForestClassifier(n_jobs=1, random_state=seed, **options))]


TOO_WEAK = {"is worse than random": "the weak model is no better than chance"}
ONE_CLASS = {"needs to have more than 1 class": "a sample has rows of one class only"}
_family = partial(
    Strategy,
    family="ensembles",
    refusals={**TOO_BALANCED, **TOO_WEAK},
    options={"n_estimators": integer(10), **RATIO},
)

ENTRIES = (
    _family(
        "balanced_bagging",
        "{n_estimators} models on bootstrap samples, balanced by dropping majority rows",
        _balanced_bagging,
        paper="Hido et al. 2009, https://doi.org/10.1002/sam.10061",
        refusals={**TOO_BALANCED, **ONE_CLASS},
        cost=3.0,
    ),
    _family(
        "easy_ensemble",
        "{n_estimators} models on all minority and random majority rows; weak ones boosted by "
        "AdaBoost",
        _easy_ensemble,
        paper="Liu et al. 2009, https://doi.org/10.1109/TSMCB.2008.2007853",
        cost=5.0,
    ),
    _family(
        "rus_boost",
        "boosting, with random under-sampling in each of {n_estimators} rounds",
        _rus_boost,
        paper="Seiffert et al. 2010, https://doi.org/10.1109/TSMCA.2009.2029559",
        weak=True,
        options={"n_estimators": integer(50), **RATIO},
        cost=3.0,
    ),
    _family(
        "balanced_random_forest",
        "a random forest of {n_estimators} trees, each on a balanced sample",
        _balanced_random_forest,
        paper="Chen, Liaw and Breiman 2004, technical report 666, UC Berkeley",
        models=("random_forest",),
        # "all" draws both classes with replacement, as its authors do.
        options={
            "n_estimators": integer(100),
            "sampling_strategy": number("all", most=1, words=("all",)),
        },
    ),
)
