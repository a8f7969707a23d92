"""Strategies that balance, and then give probabilities back their meaning."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lab.strategies.sampling import fewer_neighbours, smote
from lab.strategies.strategy import (
    INNER_FOLDS,
    Situation,
    Steps,
    Strategy,
    fewer_folds,
    inner_folds,
    minority,
)
from lab.strategies.weights import weighted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model

PLATT = "Platt 1999, Advances in Large Margin Classifiers"


def _calibrated(estimator: Any, y: NDArray[np.int8], seed: int) -> Steps:
    from sklearn.calibration import CalibratedClassifierCV

    # What is held out for the calibration was neither resampled nor weighted.
    calibrated = CalibratedClassifierCV(estimator, method="sigmoid", cv=inner_folds(y, seed))
    return [("model", calibrated)]


def _inside(rows: int) -> int:
    """Return how many of so many minority rows an inner fold is sure to be fitted on."""
    return rows - math.ceil(rows / min(INNER_FOLDS, rows))


def _smote_calibrated(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
    from imblearn.pipeline import Pipeline

    sampler = smote(_inside(minority(y)), seed)
    pipeline = Pipeline([("smote", sampler), ("model", model.make(seed))])
    return _calibrated(pipeline, y, seed)


def _remark(situation: Situation) -> str:
    inside = replace(situation, fewest=_inside(situation.fewest))
    return "; ".join(filter(None, [fewer_folds(situation), fewer_neighbours(inside)]))


def _class_weight_calibrated(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
    return _calibrated(weighted(model, y, seed), y, seed)


def _prior_corrected(model: Model, y: NDArray[np.int8], seed: int) -> Steps:
    from lab.estimators.prior_correction import PriorCorrectedClassifier

    weight = float((y == 0).sum() / (y == 1).sum())
    return [("model", PriorCorrectedClassifier(weighted(model, y, seed), weight=weight))]


_family = partial(Strategy, family="calibration")

ENTRIES = (
    _family(
        "smote_calibrated",
        "SMOTE, then probabilities calibrated on rows held out from it",
        _smote_calibrated,
        paper=PLATT,
        minority_rows=3,
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
    ),
)
