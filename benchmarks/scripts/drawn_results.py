"""Results of made-up models on made-up tables, for simulations of recommendations and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.cases import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lab.cases import Case, Protocol

PARTS = ("train", "test")
LABELS = ("majority", "minority")
# So many positives and groups that the rules for few of them do not apply.
PLENTY = 10_000


def drawn_result(
    case: Case,
    protocol: Protocol,
    y: NDArray[np.int8],
    folds: Sequence[tuple[NDArray[np.integer], NDArray[np.integer]]],
    scores: Sequence[NDArray[np.float64]],
) -> Result:
    """Return a result with these predictions.

    Parameters
    ----------
    case, protocol
        See :class:`lab.cases.Result`.
    y : ndarray of shape (n_rows,)
        Target of all rows.
    folds : sequence of (ndarray, ndarray)
        Training and test rows of each fold.
    scores : sequence of ndarray of shape (n_test_rows,)
        Probabilities of the test rows of each fold.
    """
    counts: dict[str, list[int]] = {f"{part}_{name}_rows": [] for part in PARTS for name in LABELS}
    for fold in folds:
        for part, rows in zip(PARTS, fold, strict=True):
            for name, number in zip(LABELS, np.bincount(y[rows], minlength=2), strict=True):
                counts[f"{part}_{name}_rows"].append(int(number))
    facts: dict[str, Any] = {"digest": "", "rows": len(y), "minority_rows": PLENTY}
    tables = [
        pd.DataFrame({"fold": i, "row": test, "y_true": y[test], "y_score": score})
        for i, ((_, test), score) in enumerate(zip(folds, scores, strict=True))
    ]
    return Result(
        case=case,
        protocol=protocol,
        dataset=facts | {"groups": PLENTY, "time_unit": "days"},
        scores={},
        seconds={"fit_seconds": [0.0]},
        class_counts=counts,
        params={},
        definition="",
        notes=[],
        predictions=pd.concat(tables, ignore_index=True),
    )
