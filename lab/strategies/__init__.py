"""Strategies: every way of handling the imbalance, by name.

This package owns how a preprocessor, samplers and a model become one pipeline. It imports models,
datasets and estimators, never the evaluation. A new strategy is one entry in the module of its
family, or is registered by a user.

Examples
--------
>>> from imblearn.over_sampling import RandomOverSampler
>>> def steps(model, y, seed, ratio):
...     sampler = RandomOverSampler(sampling_strategy=ratio, random_state=seed)
...     return [("repeat", sampler), ("model", model.make(seed))]
>>> mine = Strategy("mine", "minority rows up to {ratio} of the others", steps,
...                 options={"ratio": 0.5})
>>> STRATEGIES.register(mine).name
'mine'
>>> STRATEGIES["mine:ratio=0.25"].title
'minority rows up to 0.25 of the others'
>>> STRATEGIES.unregister("mine")
"""

from lab.options import OptionError
from lab.registry import Registry
from lab.strategies import (
    calibration,
    decision,
    ensembles,
    mistakes,
    over_sampling,
    under_sampling,
    weights,
)
from lab.strategies.situation import Situation
from lab.strategies.strategy import Steps, Strategy, plain

__all__ = ["CORE", "STANDARD", "STRATEGIES", "OptionError", "Situation", "Steps", "Strategy"]

CORE = ("raw", "smote", "class_weight")
STANDARD = (
    *("raw", "threshold", "threshold_prevalence", "random_over", "smote", "smote_enn"),
    *("random_under", "class_weight", "class_weight_prior_corrected", "balanced_bagging"),
    "easy_ensemble",
)

STRATEGIES: Registry[Strategy] = Registry(
    "strategy",
    [
        Strategy("raw", "the data unchanged", plain, family="none"),
        *decision.ENTRIES,
        *over_sampling.ENTRIES,
        *under_sampling.ENTRIES,
        *weights.ENTRIES,
        *ensembles.ENTRIES,
        *calibration.ENTRIES,
        *mistakes.ENTRIES,
    ],
    groups={"core": CORE, "standard": STANDARD},
)
