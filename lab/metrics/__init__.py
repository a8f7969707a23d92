"""Every metric and every goal, and the predictions that they score.

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
from lab.metrics.goal import Goal
from lab.metrics.goals import GOALS
from lab.metrics.metric import TABLES, Metric, MetricError, Table
from lab.metrics.net_benefit import decision_curve, net_benefit
from lab.metrics.predictions import Confusion, Predictions
from lab.metrics.rules import BestCutoff, Constraint, Decision, Rule
from lab.metrics.scoring import floor, score
from lab.metrics.tally import ScoredRows, Tally
from lab.metrics.top_scores import TopScores

__all__ = [
    "GOALS",
    "METRICS",
    "TABLES",
    "BestCutoff",
    "Confusion",
    "Constraint",
    "Decision",
    "Goal",
    "Metric",
    "MetricError",
    "Predictions",
    "Rule",
    "ScoredRows",
    "Table",
    "Tally",
    "TopScores",
    "decision_curve",
    "floor",
    "net_benefit",
    "score",
]
