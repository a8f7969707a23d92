"""Errors and warnings of libraries while a case is fitted: known refusals, odd predictions."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lab.errors import LabError, NotApplicableError
from lab.evaluation.fitting import OneClassError
from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from lab.cases import Case


class ProbabilityError(LabError):
    """A model that predicts invalid probabilities."""


def check_probabilities(y_score: NDArray[np.float64], case: Case) -> None:
    """Check probabilities of shape (n_rows,) that a model predicts.

    Raises
    ------
    ProbabilityError
        One is not from 0 to 1.
    """
    bad = ~((y_score >= 0) & (y_score <= 1))  # comparisons with NaN are false
    if bad.any():
        raise ProbabilityError(
            f"{case.model} under {case.strategy} predicts probabilities outside 0 to 1 for "
            f"{counted(int(bad.sum()), 'row')} of a fold, for example {y_score[bad][0]}"
        )


@contextmanager
def refusing(case: Case) -> Iterator[None]:
    """Turn the known errors by which a strategy or model refuses rows into NotApplicableError."""
    try:
        yield
    except OneClassError:
        reason = "rows of one class only are left"
    except (RuntimeError, ValueError) as error:
        known = {**STRATEGIES[case.strategy].refusals, **MODELS[case.model].refusals}
        reason = next((reason for text, reason in known.items() if text in str(error)), "")
        if not reason:
            raise
    else:
        return
    raise NotApplicableError(f"{case.id}: in a training fold {reason}")


@contextmanager
def catching() -> Iterator[list[str]]:
    """Yield a list that receives the first line of each distinct warning, with its category."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield found
    lines = (f"{w.category.__name__}: {str(w.message).splitlines()[0]}" for w in caught)
    found += dict.fromkeys(lines)
