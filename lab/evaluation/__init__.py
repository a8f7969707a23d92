"""The cross-validation of a case, from its folds to its curves, and the model fitted to all rows.

Owns the computation of predictions, scores and curves, and the keys that tell whether stored ones
are up to date. Writes to given folders only. May import cases, strategies, models, datasets and
metrics.
"""

from lab.evaluation.cross_validation import Evaluation, FoldResult, evaluate
from lab.evaluation.library_errors import ProbabilityError

__all__ = ["Evaluation", "FoldResult", "ProbabilityError", "evaluate"]
