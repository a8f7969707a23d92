"""What strategies that resample share: imbalanced-learn's samplers as steps, and their options."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lab.options import accepted, number
from lab.strategies.limits import within

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lab.models import Model
    from lab.options import Value
    from lab.strategies.strategy import Steps

# Minority rows per majority row after resampling: imbalanced-learn's "auto" makes classes equal.
RATIO = {"sampling_strategy": number("auto", most=1, words=("auto",))}
TOO_BALANCED = {
    "The specified ratio required": "the classes are more balanced than sampling_strategy asks for"
}


def resampled(make: Callable[..., Any]) -> Callable[..., Steps]:
    """Return the steps of a strategy that resamples.

    Parameters
    ----------
    make : callable
        ``make(y, seed, **options)`` returns the sampler.
    """

    def steps(model: Model, y: NDArray[np.int8], seed: int, **options: Value) -> Steps:
        sampler = make(y, seed, **options)
        return [(type(sampler).__name__.lower(), sampler), ("model", model.make(seed))]

    return steps


def resampled_by(path: str, **limits: Callable[[NDArray[np.int8]], int]) -> Callable[..., Steps]:
    """Return the steps of a strategy that resamples with a sampler of imbalanced-learn.

    Parameters
    ----------
    path : str
        Module and class of the sampler, such as ``over_sampling.ADASYN``. Its parameters are the
        options of the strategy.
    **limits : callable
        For a parameter that is a number of neighbours, the function of ``y`` that returns how many
        there can be.
    """
    module, name = path.split(".")

    def make(y: NDArray[np.int8], seed: int, **options: Any) -> Any:
        sampler = getattr(import_module(f"imblearn.{module}"), name)
        for option, limit in limits.items():
            options[option] = within(limit(y), options[option])
        return sampler(**options, **accepted(sampler, {"random_state": seed}))

    return resampled(make)
