"""Pipelines of cases, unfitted, for given training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.models import MODELS
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lab.cases import Case, Protocol
    from lab.datasets.dataset import Dataset
    from lab.splits import Rows


def pipeline(
    case: Case, dataset: Dataset, y: NDArray[np.int8], seed: int, inner_folds: Any = None
) -> Any:
    """Return the unfitted pipeline of a case for a training fold.

    Parameters
    ----------
    case : Case
        The case.
    dataset : Dataset
        Its dataset.
    y : ndarray of shape (n_training_rows,)
        Target of the training fold.
    seed : int
        Seed of every random step.
    inner_folds : cross-validation splitter, optional
        See :meth:`lab.cases.Protocol.inner_folds`. By default folds are drawn at random.
    """
    strategy, model = STRATEGIES[case.strategy], MODELS[case.model]
    return strategy.pipeline(dataset, model, y, seed, inner_folds)


def fold_pipeline(case: Case, dataset: Dataset, protocol: Protocol, rows: Rows) -> Any:
    """Return the unfitted pipeline of a case for some training rows, with inner folds of them."""
    return pipeline(case, dataset, rows.y, protocol.seed, protocol.inner_folds(rows))
