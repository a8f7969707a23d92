"""Every metric, and the predictions that it scores.

Owns scores: pure functions of a fold's targets, decisions and probabilities. May import nothing of
the lab but the small modules.
"""

from lab.metrics.metric import METRICS, Metric, score
from lab.metrics.predictions import Confusion, Predictions

__all__ = ["METRICS", "Confusion", "Metric", "Predictions", "score"]
