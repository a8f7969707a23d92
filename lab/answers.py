"""What to use: for each goal the strategy and model that score best, and what that gains over raw.

Pure functions of results.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations import ALPHA, CONFIDENCE, gain
from lab.statistics import signed_rank_interval
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.experiment import Result

RAW = "raw"
# What predictions are for, and the metric that says how well they serve.
GOALS = {
    "rank rows by risk": "average_precision_score",
    "find positives, half of the alarms right": "recall_at_precision_50",
    "decide, precision and recall alike": "f1_score",
    "find positives, whatever the false alarms": "recall",
    "trust the probabilities": "brier_score_loss",
}


@dataclass(frozen=True)
class Choice:
    """A strategy with a model, over some datasets.

    Attributes
    ----------
    score : float
        Mean of the goal's metric over datasets.
    fit_seconds : float
        Mean over datasets.
    """

    strategy: str
    model: str
    score: float
    fit_seconds: float

    def __str__(self) -> str:
        """Return both names."""
        return f"{self.strategy} · {self.model}"


@dataclass(frozen=True)
class Answer:
    """What serves a goal best, and whether that is shown to be better than doing nothing.

    Attributes
    ----------
    goal, metric : str
        Of ``GOALS``.
    best : Choice
        The best of all.
    raw : Choice or None
        The same model on raw data; None where that was not run.
    gains : tuple of float
        The metric of the best less that of raw: one value a dataset.
    low, high : float
        Interval of the gain, widened for the number of strategies that the best was picked from.
        Infinite where there are too few datasets for one.
    also : tuple of Choice
        Others that score as much within the metric's tolerance, the cheapest first.
    """

    goal: str
    metric: str
    best: Choice
    raw: Choice | None
    gains: tuple[float, ...]
    low: float
    high: float
    also: tuple[Choice, ...]

    @property
    def is_raw(self) -> bool:
        """Whether doing nothing is best."""
        return self.best.strategy == RAW

    @property
    def gain(self) -> float:
        """Mean gain over datasets, in the metric's own direction."""
        return fmean(self.gains) if self.gains else math.nan

    @property
    def is_shown(self) -> bool:
        """Whether the whole interval says that the best is better than raw."""
        ends = (self.low, self.high)
        return self.raw is not None and all(METRICS[self.metric].is_better(x, 0) for x in ends)

    @property
    def is_as_good(self) -> bool:
        """Whether the whole interval lies within the metric's tolerance."""
        if self.raw is None or not math.isfinite(self.low + self.high):
            return False
        return max(abs(self.low), abs(self.high)) <= METRICS[self.metric].tolerance(self.raw.score)

    @property
    def sentence(self) -> str:
        """What the interval says of doing nothing."""
        if self.is_raw:
            return "do nothing: no strategy scores better"
        if self.raw is None:
            return "raw was not run: nothing to compare with"
        if self.is_shown:
            return "better than doing nothing"
        if self.is_as_good:
            return "doing nothing is as good"
        if not math.isfinite(self.low + self.high):
            better = sum(METRICS[self.metric].is_better(value, 0) for value in self.gains)
            return f"not shown to be better; it is on {better} of {len(self.gains)} datasets"
        return "not shown to be better than doing nothing"


def answers(results: Sequence[Result]) -> list[Answer]:
    """Return what serves each goal best: on a dataset, or on average over several.

    The gain over raw data with the same model is judged on one dataset by the corrected resampled
    t interval over folds, over several by the interval of the signed-rank test. The best of many
    looks better than it is, so Bonferroni's correction widens either for the number of strategies.
    Mistakes are left out, and so are strategies that do not have a result on every dataset.

    Parameters
    ----------
    results : sequence of Result
        Of equal protocol.
    """
    datasets = list(dict.fromkeys(result.case.dataset for result in results))
    groups: dict[tuple[str, str], dict[str, Result]] = {}
    for result in results:
        case = result.case
        if not STRATEGIES[case.strategy].leaks:
            groups.setdefault((case.strategy, case.model), {})[case.dataset] = result
    whole = {key: group for key, group in groups.items() if len(group) == len(datasets)}
    return [_answer(goal, metric, whole) for goal, metric in GOALS.items() if whole]


def _answer(goal: str, name: str, groups: dict[tuple[str, str], dict[str, Result]]) -> Answer:
    metric = METRICS[name]
    choices = {
        key: Choice(
            *key,
            fmean(result.mean(name) for result in group.values()),
            fmean(fmean(result.seconds["fit_seconds"]) for result in group.values()),
        )
        for key, group in groups.items()
    }
    # Of equals, doing nothing comes first, then what takes least.
    order = sorted(choices.values(), key=lambda c: (c.strategy != RAW, c.fit_seconds))
    pick = max if metric.greater_is_better else min
    best = pick(order, key=lambda choice: choice.score)
    group, base = groups[best.strategy, best.model], groups.get((RAW, best.model))
    gains: tuple[float, ...] = ()
    low, high = math.nan, math.nan
    if base:
        effects = [gain(group[dataset], base[dataset], name) for dataset in group]
        gains = tuple(effect.mean for effect in effects)
        rivals = max(1, sum(m == best.model and s != RAW for s, m in groups))
        if len(effects) == 1:
            low, high = effects[0].interval(1 - (1 - CONFIDENCE) / rivals)
        else:
            low, high = signed_rank_interval(gains, 1 - 2 * ALPHA / rivals)
    near = metric.tolerance(best.score)
    also = [c for c in choices.values() if c != best and abs(c.score - best.score) <= near]
    return Answer(
        goal,
        name,
        best,
        choices.get((RAW, best.model)),
        gains,
        low,
        high,
        tuple(sorted(also, key=lambda choice: choice.fit_seconds)),
    )
