"""Many trees on balanced samples rank better than one tree.

Liu et al. 2009 (https://doi.org/10.1109/TSMCB.2008.2007853) and CLIMB (Liu et al., NeurIPS 2025)
find ensembles that under-sample the best of the methods for imbalanced data. How much of it is the
balancing, and how much that there are many trees, is not told apart here.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["balanced_bagging", "easy_ensemble", "rus_boost"]
pytestmark = pytest.mark.models("decision_tree")


@pytest.mark.inconclusive(
    {
        "abalone_19-rus_boost-decision_tree": "average precision 0.01 before and after",
        "car_crash-rus_boost-decision_tree": "average precision 0.09 to 0.10",
        "nursery-balanced_bagging-decision_tree": "average precision 0.97 to 0.99",
        "yeast_me2-balanced_bagging-decision_tree": "average precision 0.13 to 0.27",
        "yeast_me2-rus_boost-decision_tree": "average precision 0.13 to 0.22",
    }
)
@pytest.mark.contradicted(
    {
        "nursery-easy_ensemble-decision_tree": "average precision 0.97 to 0.77",
        "nursery-rus_boost-decision_tree": "average precision 0.97 to 0.08",
        "page_blocks-rus_boost-decision_tree": "average precision 0.73 to 0.60",
    }
)
def test_average_precision_rises(observe, result, under):
    """The rare class is ranked further up than by a single tree."""
    assert observe(gain(result, under("raw"), "average_precision_score") > 0)


def test_balanced_bagging_raises_average_precision(observe, overall):
    """Balanced bagging ranks better than a single tree on average."""
    assert observe(overall("average_precision_score", "balanced_bagging", "raw") > 0)


@pytest.mark.inconclusive(
    {
        "decision_tree": "5 of 6 agree; +0.079 on average",
    }
)
def test_easy_ensemble_raises_average_precision(observe, overall):
    """EasyEnsemble ranks better than a single tree on average."""
    assert observe(overall("average_precision_score", "easy_ensemble", "raw") > 0)


@pytest.mark.inconclusive(
    {
        "decision_tree": "4 of 6 agree; -0.147 on average",
    }
)
def test_rus_boost_raises_average_precision(observe, overall):
    """RUSBoost ranks better than a single tree on average."""
    assert observe(overall("average_precision_score", "rus_boost", "raw") > 0)
