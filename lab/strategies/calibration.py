"""Strategies that balance the classes, then recover calibrated probabilities."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lab.errors import NotApplicableError
from lab.splits import INNER_FOLDS, InnerFolds
from lab.strategies.limits import fewer_folds, minority
from lab.strategies.over_sampling import SMOTE_OPTIONS, fewer_neighbours, smote
from lab.strategies.resampling import TOO_BALANCED
from lab.strategies.strategy import Steps, Strategy
from lab.strategies.weights import POWER, weighted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model
    from lab.strategies.situation import Situation

PLATT = "Platt 1999, Advances in Large Margin Classifiers"


def _calibrated(estimator: Any, inner_folds: Any) -> Steps:
    from sklearn.calibration import CalibratedClassifierCV

    # The rows held out for the calibration are neither resampled nor weighted.
    calibrated = CalibratedClassifierCV(estimator, method="sigmoid", cv=inner_folds)
    return [("model", calibrated)]


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


_family = partial(Strategy, family="calibration")

ENTRIES = (
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
)
