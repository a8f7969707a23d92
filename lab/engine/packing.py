"""Results as the store keeps them, and stored results brought up to date without a fit."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from lab import datasets
from lab.evaluation.curves import Curves
from lab.evaluation.figures import draw
from lab.evaluation.scoring import metric_keys, score_predictions
from lab.evaluation.source_code import drawing_code
from lab.metrics import METRICS
from lab.store.result_files import HOLDOUT, PICTURE, PREDICTIONS, PackedResult, ResultFacts
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.cases import Result
    from lab.datasets.dataset import Dataset


def pack(result: Result, fingerprint: str) -> PackedResult:
    """Draw a result, and return it ready to be stored.

    Parameters
    ----------
    result : Result
        With its predictions.
    fingerprint : str
        Key of its fits.
    """
    files = {PREDICTIONS: _parquet(result.read_predictions())}
    if result.holdout and result.holdout.predictions is not None:
        files[HOLDOUT] = _parquet(result.holdout.predictions)
    return _pack(result, fingerprint, files)


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, engine="pyarrow", compression="zstd")
    return buffer.getvalue()


def update(packed: PackedResult) -> PackedResult:
    """Return a stored result with the scores of today's metrics, computed from its predictions.

    Only metrics that are new, or whose definitions changed, are computed. Metrics that no longer
    exist are left out. The picture is drawn again if the code that draws it has changed. A result
    that is up to date is returned as it is.
    """
    facts, dataset = packed.facts, _valued(packed.facts.result)
    keys = metric_keys(dataset.values if dataset else None)
    if facts.metric_keys == keys and facts.picture_key == drawing_code():
        return packed
    predictions = pd.read_parquet(io.BytesIO(packed.files[PREDICTIONS]))
    changed = [name for name, key in keys.items() if facts.metric_keys.get(name) != key]
    scores = facts.result.scores | score_predictions(predictions, changed, dataset)
    result = replace(facts.result, scores={name: scores[name] for name in keys})
    if facts.picture_key != drawing_code():
        result = replace(result, predictions=predictions)
        return _pack(result, facts.fingerprint, packed.files)
    return replace(packed, facts=replace(facts, result=result, metric_keys=keys))


def _valued(result: Result) -> Dataset | None:
    """Return the dataset of a result, if metrics ask for value columns that its rows may have."""
    if not METRICS.columns or STRATEGIES[result.case.strategy].resamples_first:
        return None
    return datasets.load(result.case.dataset)


def _pack(result: Result, fingerprint: str, files: Mapping[str, bytes]) -> PackedResult:
    dataset = _valued(result)
    curves = Curves.of(result)
    files = {**files, PICTURE: draw(result, curves)}
    if result.holdout:
        result = replace(result, holdout=replace(result.holdout, predictions=None))
    facts = ResultFacts(
        fingerprint,
        replace(result, predictions=Path()),  # they are in their file
        curves.kept(),
        metric_keys(dataset.values if dataset else None),
        drawing_code(),
    )
    return PackedResult(facts, files)
