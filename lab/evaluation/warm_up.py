"""What a process does before its first evaluation, so that no case's time has it."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def warm_up(kinds: Iterable[tuple[str, str]], seed: int) -> None:
    """Import the libraries that cases take, and make the figure that they are drawn in.

    No data is loaded and nothing is fitted.

    Parameters
    ----------
    kinds : iterable of (str, str)
        The cases' strategies and models.
    seed : int
        What models are made with.
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
        # What cannot be made fails where it is evaluated, on its own.
        with suppress(Exception):
            STRATEGIES[strategy].pipeline(example, MODELS[model], y, seed)
    # All that is loaded by now stays: the collector need not go through it again and again.
    gc.collect()
    gc.freeze()
