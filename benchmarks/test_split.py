"""How much random folds flatter: rows of one group, or of the future, are known in advance.

On data with groups or times, a fold at random tests rows whose near relatives were trained on. The
same raw data are scored that way and by their own split. BeyondArena (2026,
https://arxiv.org/abs/2606.30410) find that this also changes which model wins.

It runs only on request, with `--strategy raw --strategy random_folds`.
"""

from lab.observations import excess

STRATEGIES = ["random_folds"]


def test_random_folds_overstate_average_precision(observe, result, under):
    """Average precision by random folds is above that by groups, or in time."""
    assert observe(excess(result, under("raw"), "average_precision_score") > 0)


def test_random_folds_overstate_auc(observe, result, under):
    """AUC by random folds is above that by groups, or in time."""
    assert observe(excess(result, under("raw"), "roc_auc_score") > 0)
