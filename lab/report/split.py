"""How much folds at random flatter: scores of raw data by them and by the dataset's own split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.cases.protocol import AUTO
from lab.report.text import case_names
from lab.splits import RANDOM
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.cases import Result

METRIC = "average_precision_score"


@dataclass(frozen=True)
class SplitRow:
    """Scores of a dataset's models on raw data, under two splits.

    Attributes
    ----------
    dataset, split : str
        Name of the dataset, and of its own split.
    scores : dict of str to tuple of float
        By model, the mean average precision by random folds and by the own split.
    """

    dataset: str
    split: str
    scores: dict[str, tuple[float, float]]

    @property
    def winners(self) -> tuple[str, str]:
        """The best model by random folds, and the best by the own split."""
        first, second = (
            max(self.scores, key=lambda model: self.scores[model][place]) for place in (0, 1)
        )
        return first, second


def split_rows(results: Sequence[Result]) -> list[SplitRow]:
    """Return a row for each dataset that was scored under both splits, in order."""
    rows = []
    for dataset in case_names(results, "dataset"):
        found = {
            (result.case.model, STRATEGIES[result.case.strategy].random_folds): result
            for result in results
            if result.case.dataset == dataset
            and (result.case.strategy == "raw" or STRATEGIES[result.case.strategy].random_folds)
        }
        models = [model for model, at_random in found if at_random and (model, False) in found]
        if models:
            scores = {
                model: (found[model, True].mean(METRIC), found[model, False].mean(METRIC))
                for model in models
            }
            rows.append(SplitRow(dataset, found[models[0], False].protocol.split, scores))
    return rows


def own_splits(results: Sequence[Result]) -> dict[str, str]:
    """Return the split of each dataset whose rows are not split at random."""
    return {
        result.case.dataset: result.protocol.split
        for result in results
        if result.protocol.split not in (AUTO, RANDOM)
    }


def split_lines(results: Sequence[Result]) -> list[str]:
    """Return the rows as closing lines of a session."""
    lines = []
    for row in split_rows(results):
        first, second = row.winners
        scores = ", ".join(
            f"{model} {at_random:.3f} and {own:.3f}"
            for model, (at_random, own) in row.scores.items()
        )
        wins = f"{first} wins under both" if first == second else f"{first} wins, then {second}"
        lines.append(f"{row.dataset}: AP by random folds and by {row.split}: {scores}; {wins}")
    return lines
