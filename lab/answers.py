"""What to use: for each goal what scores best, and whether that is shown to beat doing nothing.

Pure functions of results.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import TYPE_CHECKING

from lab.effects import CONFIDENCE
from lab.metrics import METRICS
from lab.observations import gain
from lab.statistics import mean_t_interval
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.experiment import Result

RAW = "raw"
# What predictions are for, and the metric that says how well they serve.
GOALS = {
    "rank rows by risk": "average_precision_score",
    "find positives, half of alarms right": "recall_at_precision_50",
    "find 8 of 10 positives, few alarms": "precision_at_recall_80",
    "decide, precision and recall alike": "f1_score",
    "trust the probabilities": "brier_score_loss",
}

Key = tuple[str, str]  # strategy, model
Group = dict[str, "Result"]  # by dataset


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
        return f"{self.strategy} with {self.model}"


class Standing(StrEnum):
    """How what scores best stands to doing nothing."""

    SHOWN = "better than doing nothing"
    AS_GOOD = "doing nothing is as good"
    NOT_SHOWN = "not shown to be better"
    RAW_IS_BEST = "no strategy scores better"
    ONLY_RAW = "no other strategy was run"
    NO_RAW = "raw was not run: nothing to compare with"


@dataclass(frozen=True)
class Answer:
    """What serves a goal best, and whether that is shown to be better than doing nothing.

    Attributes
    ----------
    goal, metric : str
        Of ``GOALS``.
    use : Choice
        What is to be used: raw data, unless something is shown to be better.
    best : Choice
        What scores best of all.
    raw : Choice or None
        What scores best on raw data, with any model; None where that was not run.
    gains : tuple of float
        The metric of the best less that of raw: one value a dataset. Empty where the two are one.
    low, high : float
        Interval of the gain, widened for the number of pairs of strategy and model that the best
        was picked from. Not a number where there is no gain.
    tried : int
        That number.
    standing : Standing
        How the best stands to raw.
    also : tuple of Choice
        Others whose scores are within the metric's tolerance of that of ``use``, the cheapest
        first.
    """

    goal: str
    metric: str
    use: Choice
    best: Choice
    raw: Choice | None
    gains: tuple[float, ...]
    low: float
    high: float
    tried: int
    standing: Standing
    also: tuple[Choice, ...]

    @property
    def gain(self) -> float:
        """Mean gain over datasets, in the metric's own direction."""
        return fmean(self.gains) if self.gains else math.nan

    @property
    def better_on(self) -> int:
        """On how many datasets the best is better than raw."""
        return sum(METRICS[self.metric].is_better(value, 0) for value in self.gains)


def answers(results: Sequence[Result]) -> list[Answer]:
    """Return what serves each goal best: on a dataset, or on average over several.

    The gain is judged against raw data with every model: what beats the best of several has to
    beat each. Its interval is that of :func:`lab.statistics.mean_t_interval` at 95 %: about these
    datasets, where claims are about datasets like them. The best of many looks better than it is,
    so Bonferroni's correction widens it for the number of pairs of strategy and model that were
    tried. Mistakes are left out. What lacks a result on some dataset cannot be the best; it was
    tried all the same.

    Parameters
    ----------
    results : sequence of Result
        Of equal protocol.
    """
    datasets = {result.case.dataset for result in results}
    groups: dict[Key, Group] = {}
    for result in results:
        case = result.case
        if not STRATEGIES[case.strategy].leaks:
            groups.setdefault((case.strategy, case.model), {})[case.dataset] = result
    whole = {key: group for key, group in groups.items() if len(group) == len(datasets)}
    tried = sum(strategy != RAW for strategy, _ in groups)
    return [_answer(goal, metric, whole, tried) for goal, metric in GOALS.items() if whole]


def _answer(goal: str, name: str, groups: Mapping[Key, Group], tried: int) -> Answer:
    metric = METRICS[name]
    pick = max if metric.greater_is_better else min
    choices = {
        key: Choice(
            *key,
            fmean(result.mean(name) for result in group.values()),
            fmean(fmean(result.seconds["fit_seconds"]) for result in group.values()),
        )
        for key, group in groups.items()
    }
    # Of equals, doing nothing comes first, then what takes least.
    order = sorted(choices, key=lambda k: (k[0] != RAW, choices[k].fit_seconds))
    raws = [key for key in order if key[0] == RAW]
    best = pick(order, key=lambda key: choices[key].score)
    raw = pick(raws, key=lambda key: choices[key].score) if raws else None
    gains: tuple[float, ...] = ()
    low, high = math.nan, math.nan
    if raw is None:
        standing = Standing.NO_RAW
    elif best == raw:
        standing = Standing.RAW_IS_BEST if tried else Standing.ONLY_RAW
    else:
        against = _Gains(name, max(tried, len(raws)))
        gains = against.values(groups[best], groups[raw])
        low, high = against.interval(groups[best], groups[raw], (groups[key] for key in raws))
        if metric.is_better(low, 0) and metric.is_better(high, 0):
            standing = Standing.SHOWN
        else:
            others = (groups[key] for key in order if key[0] != RAW)
            within = metric.tolerance(choices[raw].score)
            is_as_good = all(against.most(other, groups[raw]) <= within for other in others)
            standing = Standing.AS_GOOD if is_as_good else Standing.NOT_SHOWN
    use = best if raw is None or standing is Standing.SHOWN else raw
    near = metric.tolerance(choices[use].score)
    also = (choices[k] for k in order if k != use and _gap(choices[k], choices[use]) <= near)
    return Answer(
        goal,
        name,
        choices[use],
        choices[best],
        choices[raw] if raw else None,
        gains,
        low,
        high,
        tried,
        standing,
        tuple(sorted(also, key=lambda choice: choice.fit_seconds)),
    )


def _gap(one: Choice, other: Choice) -> float:
    return abs(one.score - other.score)


@dataclass(frozen=True)
class _Gains:
    """Gains in one metric, one of many that are looked at.

    Attributes
    ----------
    metric : str
        Its name.
    tried : int
        How many are looked at.
    """

    metric: str
    tried: int

    def values(self, group: Group, base: Group) -> tuple[float, ...]:
        """Return the gain of a group over another on each dataset."""
        return tuple(gain(group[name], base[name], self.metric).mean for name in group)

    def interval(self, group: Group, base: Group, bases: Iterable[Group]) -> tuple[float, float]:
        """Return where the gain over one of several lies, at worst as little as over another."""
        low, high = self._ends(group, base)
        ends = [self._ends(group, other) for other in bases]
        if METRICS[self.metric].greater_is_better:
            return min(low for low, _ in ends), high
        return low, max(high for _, high in ends)

    def most(self, group: Group, base: Group) -> float:
        """Return how much better than another a group may be."""
        low, high = self._ends(group, base)
        return high if METRICS[self.metric].greater_is_better else -low

    def _ends(self, group: Group, base: Group) -> tuple[float, float]:
        effects = [gain(group[name], base[name], self.metric) for name in group]
        return mean_t_interval(
            [effect.values for effect in effects],
            effects[0].test_to_train,
            1 - (1 - CONFIDENCE) / self.tried,
        )
