"""Every metric, and the predictions that it scores.

Owns scores: pure functions of a fold's targets, predicted classes and probabilities. May import
nothing of the lab but the registry and the small modules below it.

A new metric is one entry in :mod:`lab.metrics.entries`, or one that a user registers::

    METRICS.register(Metric("mine", "title", "Meaning, in a sentence.", function))

>>> METRICS["recall"].greater_is_better
True
>>> [metric.title for metric in METRICS.shown_in("scores")]
['recall', 'precision', 'F1', 'ROC AUC']
"""

from lab.metrics.entries import METRICS
from lab.metrics.metric import TABLES, Metric, MetricError, Table
from lab.metrics.predictions import Confusion, Predictions
from lab.metrics.scoring import floor, score

__all__ = [
    "METRICS",
    "TABLES",
    "Confusion",
    "Metric",
    "MetricError",
    "Predictions",
    "Table",
    "floor",
    "score",
]
