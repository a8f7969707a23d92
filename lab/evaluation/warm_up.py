"""Preparation of a process for its first evaluation, so that no case is timed with imports."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def warm_up(kinds: Iterable[tuple[str, str]], seed: int) -> None:
    """Import the libraries that cases use, and create the figure that they are drawn on.

    No data is loaded and nothing is fitted.

    Parameters
    ----------
    kinds : iterable of (str, str)
        Strategies and models of the cases.
    seed : int
        Seed of the models.
    """
    import numpy as np
    import pandas as pd

    from lab.datasets.dataset import Dataset
    from lab.evaluation.figures import curves_picture
    from lab.models import MODELS
    from lab.strategies import STRATEGIES

    curves_picture()
    y = np.array([0, 1], dtype=np.int8)
    X = pd.DataFrame({"number": [0.0, 1.0], "category": ["a", "b"]})
    example = Dataset("example", X, y, "")
    for strategy, model in sorted(kinds):
        # A pipeline that cannot be built fails in its own case.
        with suppress(Exception):
            STRATEGIES[strategy].pipeline(example, MODELS[model], y, seed)
    # The objects loaded by now stay: freezing them keeps the garbage collector fast.
    gc.collect()
    gc.freeze()
