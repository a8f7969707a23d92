"""Mean scores over datasets, and the floor: what no model is needed for."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.metrics.predictions import Confusion
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.cases import Result

Scores = dict[str, float]
SHOWN = (
    *("recall", "precision", "f1_score", "average_precision_score", "roc_auc_score"),
    *("brier_score_loss", "expected_calibration_error"),
)
TITLES = {name: METRICS[name].title for name in SHOWN}
LABELS = ("majority", "minority")


def group_means(results: Sequence[Result]) -> dict[tuple[str, str], tuple[int, Scores]]:
    """Return for each model and strategy its number of datasets and its mean scores and seconds.

    Parameters
    ----------
    results : sequence of Result
        In the order in which strategies and models are to appear.
    """
    models, strategies = (case_names(results, part) for part in ("model", "strategy"))
    groups: dict[tuple[str, str], list[Result]] = {
        (model, strategy): [] for model in models for strategy in strategies
    }
    for result in results:
        groups[result.case.model, result.case.strategy].append(result)
    return {
        key: (len(group), _means(group, groups.get((key[0], "raw"), [])))
        for key, group in groups.items()
        if group
    }


def _means(results: Sequence[Result], raw: Sequence[Result]) -> Scores:
    """Return mean scores over datasets, seconds a fit, and how that compares with raw data."""
    found = {metric: fmean(result.mean(metric) for result in results) for metric in TITLES}
    fit = {result.case.dataset: fmean(result.seconds["fit_seconds"]) for result in results}
    base = {result.case.dataset: fmean(result.seconds["fit_seconds"]) for result in raw}
    both = fit.keys() & base.keys()
    found["fit"] = fmean(fit.values())
    if both:
        found["times"] = sum(fit[name] for name in both) / sum(base[name] for name in both)
    return found


def floor(results: Iterable[Result]) -> Scores:
    """Return the mean scores of giving every row the share of positives in the training fold."""
    of_datasets = {result.case.dataset: result for result in results if _is_honest(result)}
    scores = [_floor_of(result.class_counts) for result in of_datasets.values()]
    return {metric: fmean(one[metric] for one in scores) for metric in TITLES} if scores else {}


def _is_honest(result: Result) -> bool:
    return not STRATEGIES[result.case.strategy].leaks


def _floor_of(counts: Mapping[str, Sequence[int]]) -> Scores:
    parts = (counts[f"{part}_{label}_rows"] for part in ("train", "test") for label in LABELS)
    folds = [_floor_of_fold(*fold) for fold in zip(*parts, strict=True)]
    return {metric: fmean(fold[metric] for fold in folds) for metric in TITLES}


def _floor_of_fold(majority: int, minority: int, test_majority: int, test_minority: int) -> Scores:
    """Return what is scored by the same score for each row: in figures, since there are many."""
    share, rows = minority / (majority + minority), test_majority + test_minority
    prevalence = test_minority / rows
    quiet = Confusion(test_majority, 0, test_minority, 0)
    decided = Confusion(0, test_majority, 0, test_minority) if share > 0.5 else quiet
    return {
        "recall": decided.recall,
        "precision": decided.precision,
        "f1_score": decided.f1,
        "average_precision_score": prevalence,
        "roc_auc_score": 0.5,
        "brier_score_loss": (share**2 * test_majority + (1 - share) ** 2 * test_minority) / rows,
        "expected_calibration_error": abs(share - prevalence),
    }
