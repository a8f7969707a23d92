"""Deliberate mistakes, to show their effect. No group and no glob selects them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.strategies.over_sampling import SMOTE_OPTIONS, fewer_neighbours, smote_steps
from lab.strategies.resampling import TOO_BALANCED
from lab.strategies.strategy import Strategy, plain

if TYPE_CHECKING:
    from lab.strategies.situation import Situation


def _remark(situation: Situation, k_neighbors: int) -> str:
    mistake = (
        "a deliberate mistake: most positives among the tested rows are synthetic, so only its "
        "recall and AUC can be compared with other strategies"
    )
    neighbours = fewer_neighbours(situation, k_neighbors=k_neighbors)
    return "; ".join(filter(None, [mistake, neighbours]))


ENTRIES = (
    Strategy(
        "smote_before_split",
        "SMOTE on all rows before they are split: a deliberate mistake",
        smote_steps,
        family="mistakes",
        paper="Kapoor and Narayanan 2023, https://doi.org/10.1016/j.patter.2023.100804",
        minority_rows=2,
        refusals=TOO_BALANCED,
        options=SMOTE_OPTIONS,
        remark=_remark,
        cost=2.5,
        leaks=True,
    ),
    Strategy(
        "random_folds",
        "raw data, scored by folds at random although rows have groups or times: a deliberate "
        "mistake",
        plain,
        family="mistakes",
        paper="Roberts et al. 2017, https://doi.org/10.1111/ecog.02881",
        leaks=True,
        random_folds=True,
    ),
)
