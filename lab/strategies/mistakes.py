"""What not to do, to show what it does. No group and no glob picks these."""

from __future__ import annotations

from lab.strategies.sampling import fewer_neighbours, smote_steps
from lab.strategies.strategy import Situation, Strategy


def _remark(situation: Situation) -> str:
    mistake = (
        "a mistake, made on purpose: half of the rows tested are positive, most of them synthetic, "
        "and compare with no other strategy's but by recall and AUC"
    )
    return "; ".join(filter(None, [mistake, fewer_neighbours(situation)]))


ENTRIES = (
    Strategy(
        "smote_before_split",
        "SMOTE on all rows before they are split: a mistake, shown on purpose",
        smote_steps,
        family="mistakes",
        paper="Kapoor and Narayanan 2023, https://doi.org/10.1016/j.patter.2023.100804",
        minority_rows=2,
        remark=_remark,
        cost=2.5,
        leaks=True,
    ),
)
