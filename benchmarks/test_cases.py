"""Every selected case: computed once, and logged as one run."""

from math import isfinite

from lab.metrics import METRICS
from lab.observations import level


def test_case(result):
    """Every metric has a finite score in every fold."""
    folds = result.protocol.pairs
    numbers = {name: sum(map(isfinite, scores)) for name, scores in result.scores.items()}
    assert numbers == dict.fromkeys(METRICS.given(result.case.value_columns), folds)


def test_ranks_better_than_chance(observe, result):
    """The rare class is ranked above the rest more often than not."""
    assert observe(level(result, "roc_auc_score") > 0.5)
