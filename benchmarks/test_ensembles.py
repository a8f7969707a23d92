"""Many trees on balanced samples rank better than one tree.

Liu et al. 2009 (https://doi.org/10.1109/TSMCB.2008.2007853) and CLIMB (Liu et al., NeurIPS 2025)
find under-sampling ensembles the best methods for imbalanced data. These tests do not separate the
effect of balancing from that of many trees.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["balanced_bagging", "easy_ensemble", "rus_boost"]
pytestmark = pytest.mark.models("decision_tree")


@pytest.mark.contradicted(
    {
        "nursery-easy_ensemble-decision_tree": "average precision 0.97 to 0.77",
        "nursery-rus_boost-decision_tree": "average precision 0.97 to 0.08",
        "page_blocks-rus_boost-decision_tree": "average precision 0.73 to 0.60",
    }
)
def test_average_precision_rises(observe, result, under):
    """The rare class is ranked higher than by a single tree."""
    assert observe(gain(result, under("raw"), "average_precision_score") > 0)


def test_balanced_bagging_raises_average_precision(observe, overall):
    """Balanced bagging ranks better than a single tree on average."""
    assert observe(overall("average_precision_score", "balanced_bagging", "raw") > 0)


def test_easy_ensemble_raises_average_precision(observe, overall):
    """EasyEnsemble ranks better than a single tree on average."""
    assert observe(overall("average_precision_score", "easy_ensemble", "raw") > 0)


def test_rus_boost_raises_average_precision(observe, overall):
    """RUSBoost ranks better than a single tree on average."""
    assert observe(overall("average_precision_score", "rus_boost", "raw") > 0)
