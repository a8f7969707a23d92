"""Every selected case, whatever its strategy: computed once and logged as one run."""

from lab.metrics import METRICS
from lab.observations import level


def test_case(result):
    """Every fold has a score of every metric."""
    folds = result.protocol.folds * result.protocol.repeats
    assert {name: len(scores) for name, scores in result.scores.items()} == dict.fromkeys(
        METRICS, folds
    )


def test_ranks_better_than_chance(observe, result):
    """The rare class is ranked above the rest more often than not."""
    assert observe(level(result, "roc_auc_score") > 0.5)
