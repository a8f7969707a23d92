"""Strategies that recover calibrated probabilities, and calibration alone as their control."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lab.errors import NotApplicableError
from lab.options import word
from lab.splits import INNER_FOLDS, InnerFolds
from lab.strategies.limits import fewer_folds, minority
from lab.strategies.over_sampling import SMOTE_OPTIONS, fewer_neighbours, smote
from lab.strategies.resampling import RATIO, TOO_BALANCED
from lab.strategies.strategy import Steps, Strategy
from lab.strategies.under_sampling import random_under
from lab.strategies.weights import POWER, weighted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model
    from lab.options import Value
    from lab.strategies.situation import Situation

PLATT = "Platt 1999, Advances in Large Margin Classifiers"


def _calibrated(estimator: Any, inner_folds: Any, method: str = "sigmoid") -> Steps:
    from sklearn.calibration import CalibratedClassifierCV

    # The rows held out for the calibration are neither resampled nor weighted.
    calibrated = CalibratedClassifierCV(estimator, method=method, cv=inner_folds)
    return [("model", calibrated)]


def _raw_calibrated(
    model: Model, _y: NDArray[np.int8], seed: int, inner_folds: Any, method: str
) -> Steps:
    return _calibrated(model.make(seed), inner_folds, method)


def _inside(rows: int) -> int:
    """Return how many of the minority rows the smallest training part of an inner fold has."""
    return rows - math.ceil(rows / min(INNER_FOLDS, rows))


def _smote_calibrated(
    model: Model, y: NDArray[np.int8], seed: int, inner_folds: Any, **options: Any
) -> Steps:
    from imblearn.pipeline import Pipeline

    fewest = _inside(minority(y))
    if isinstance(inner_folds, InnerFolds) and (fewest := inner_folds.fewest()) < 2:
        raise NotApplicableError("a part of a training fold has one minority row, SMOTE needs 2")
    sampler = smote(fewest, seed, **options)
    pipeline = Pipeline([("smote", sampler), ("model", model.make(seed))])
    return _calibrated(pipeline, inner_folds)


def _remark(situation: Situation, k_neighbors: int) -> str:
    inside = replace(situation, fewest=_inside(situation.fewest))
    neighbours = fewer_neighbours(inside, k_neighbors=k_neighbors)
    return "; ".join(filter(None, [fewer_folds(situation), neighbours]))


def _class_weight_calibrated(
    model: Model, y: NDArray[np.int8], seed: int, inner_folds: Any, power: float
) -> Steps:
    return _calibrated(weighted(model, y, seed, power), inner_folds)


def _prior_corrected(model: Model, y: NDArray[np.int8], seed: int, power: float) -> Steps:
    from lab.estimators.prior_correction import PriorCorrectedClassifier

    weight = float((y == 0).sum() / (y == 1).sum()) ** power
    return [("model", PriorCorrectedClassifier(weighted(model, y, seed, power), weight=weight))]


def _under_prior_corrected(
    model: Model, y: NDArray[np.int8], seed: int, sampling_strategy: Value
) -> Steps:
    from lab.estimators.prior_correction import PriorCorrectedClassifier

    sampler, (name, learner) = random_under(model, y, seed, sampling_strategy=sampling_strategy)
    rare = minority(y)
    # As imbalanced-learn rounds.
    kept = rare if sampling_strategy == "auto" else int(rare / float(sampling_strategy))
    weight = (len(y) - rare) / kept
    if (y == 1).sum() > rare:  # in time, positives may once have been more frequent
        weight = 1 / weight
    return [sampler, (name, PriorCorrectedClassifier(learner, weight=weight))]


_family = partial(Strategy, family="calibration")

ENTRIES = (
    _family(
        "raw_calibrated",
        "no balancing, probabilities calibrated on rows held out ({method})",
        _raw_calibrated,
        paper=f"{PLATT}; Zadrozny and Elkan 2002, https://doi.org/10.1145/775047.775151",
        minority_rows=2,
        options={"method": word("sigmoid", "isotonic")},
        remark=fewer_folds,
        cost=5.0,
    ),
    _family(
        "smote_calibrated",
        "SMOTE, then probabilities calibrated on real rows held out",
        _smote_calibrated,
        paper=PLATT,
        minority_rows=3,
        refusals=TOO_BALANCED,
        options=SMOTE_OPTIONS,
        remark=_remark,
        cost=10.0,
    ),
    _family(
        "class_weight_calibrated",
        "class weights, then probabilities calibrated on rows held out",
        _class_weight_calibrated,
        paper=PLATT,
        minority_rows=2,
        weights=True,
        options=POWER,
        remark=fewer_folds,
        cost=6.0,
    ),
    _family(
        "class_weight_prior_corrected",
        "class weights, then odds divided by the weight",
        _prior_corrected,
        paper="King and Zeng 2001, https://doi.org/10.1093/oxfordjournals.pan.a004868; "
        "Saerens et al. 2002, https://doi.org/10.1162/089976602753284446",
        weights=True,
        odds=True,
        options=POWER,
    ),
    _family(
        "random_under_prior_corrected",
        "random majority rows dropped, then odds corrected for their share",
        _under_prior_corrected,
        paper="Dal Pozzolo et al. 2015, https://doi.org/10.1109/SSCI.2015.33",
        refusals=TOO_BALANCED,
        options=RATIO,
        cost=0.2,
    ),
)
