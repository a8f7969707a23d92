"""Every strategy by name: how it turns a preprocessor and a model into one pipeline.

A new strategy is one entry in the module of its family, or one that a user registers::

    STRATEGIES.register(Strategy("mine", "what it does", steps))
"""

from lab.registry import Registry
from lab.strategies import calibration, decision, ensembles, mistakes, sampling, weights
from lab.strategies.strategy import OptionError, Situation, Steps, Strategy, plain

__all__ = ["CORE", "STANDARD", "STRATEGIES", "OptionError", "Situation", "Steps", "Strategy"]

CORE = ("raw", "smote", "class_weight")
STANDARD = (
    *("raw", "threshold", "threshold_prevalence", "random_over", "smote", "smote_enn"),
    *("random_under", "class_weight", "class_weight_prior_corrected", "balanced_bagging"),
    "easy_ensemble",
)


class Strategies(Registry[Strategy]):
    """Strategies by name; ``NAME:OPTION=VALUE`` is one with another option than usual."""

    def __missing__(self, name: str) -> Strategy:
        """Return the strategy with options that a name stands for."""
        base, colon, options = name.partition(":")
        if not colon or base not in self:
            return super().__missing__(name)
        return self[base].with_options(options)


STRATEGIES = Strategies(
    "strategy",
    [
        Strategy("raw", "the data as they are", plain, family="none"),
        *decision.ENTRIES,
        *sampling.ENTRIES,
        *weights.ENTRIES,
        *ensembles.ENTRIES,
        *calibration.ENTRIES,
        *mistakes.ENTRIES,
    ],
    groups={"core": CORE, "standard": STANDARD},
)
