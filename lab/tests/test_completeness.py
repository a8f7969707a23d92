"""Tests that the lab has all of imbalanced-learn, or a reason why not, also after a release."""

import inspect

import imblearn
import imblearn.combine
import imblearn.ensemble
import imblearn.metrics
import imblearn.over_sampling
import imblearn.under_sampling
from sklearn.base import BaseEstimator

from lab.cases import Case
from lab.datasets.dataset import Dataset
from lab.evaluation.pipelines import pipeline
from lab.metrics import METRICS
from lab.models import MODELS
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import mixed_dataset

# Modules without strategies: metrics, pipelines, splitters, batches for neural networks.
OTHERS = {
    *("FunctionSampler", "__version__", "exceptions", "keras", "metrics", "model_selection"),
    *("pipeline", "tensorflow", "utils"),
}
MODULES = [
    imblearn.combine,
    imblearn.ensemble,
    imblearn.over_sampling,
    imblearn.under_sampling,
]
LEFT_OUT = {
    "geometric_mean_score": "",  # the lab's geometric_mean_score
    "sensitivity_score": "the recall of the positive class",
    "specificity_score": "the recall of the negative class; follows from precision and recall",
    "sensitivity_specificity_support": "a tuple of the two above and the support",
    "classification_report_imbalanced": "returns text",
    "make_index_balanced_accuracy": "wraps other metrics, with a weight to choose",
    "macro_averaged_mean_absolute_error": "for more than two, ordered classes",
}


def used():
    """Return the class names of all steps in pipelines of registered strategies."""
    mixed = mixed_dataset()
    only_levels = Dataset("mixed", mixed.X[["level"]], mixed.y, "")
    names = set()
    for strategy in STRATEGIES.values():
        for model in MODELS.values():
            if model.missing or strategy.unsuited(model):
                continue
            for data in (mixed, only_levels):
                steps = pipeline(Case("mixed", strategy.name, model.name), data, data.y, 0)
                names |= {type(step).__name__ for _, step in steps.steps}
    return names


def test_every_strategy_of_imbalanced_learn_is_registered():
    """Each sampler and each ensemble is used by a strategy."""
    theirs = {
        name
        for module in MODULES
        for name, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, BaseEstimator)
    }
    assert theirs - used() == set()


def test_every_metric_of_imbalanced_learn_is_registered_or_left_out():
    """Each metric is registered, or listed with a reason why not, and nothing else is listed."""
    theirs = set(imblearn.metrics.__all__)
    assert theirs == set(LEFT_OUT)
    assert {name for name, reason in LEFT_OUT.items() if not reason} <= set(METRICS)


def test_no_module_of_imbalanced_learn_is_overlooked():
    """A new module of imbalanced-learn has to be added to one of the lists."""
    found = {one.__name__.rpartition(".")[2] for one in MODULES}
    assert set(imblearn.__all__) == found | OTHERS
