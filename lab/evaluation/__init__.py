"""The cross-validation of a case, from its folds to its curves, and the model fitted to all rows.

Owns what scores and predictions depend on beyond the data, the strategy and the model. Writes no
file that it is not handed. May import cases, strategies, models, datasets and metrics.
"""

from lab.evaluation.cross_validation import Evaluation, FoldResult, ProbabilityError, evaluate

__all__ = ["Evaluation", "FoldResult", "ProbabilityError", "evaluate"]
