"""What to use: for each goal what scores best, and whether that is shown to beat doing nothing.

Pure functions of results.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.effects import CONFIDENCE
from lab.observations.observation import gain, shared_metrics
from lab.observations.statistics import mean_t_interval
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.cases import Case, Result
    from lab.observations.effects import FoldEffect

RAW = "raw"
POINT = 1e-9  # what is narrower is one, but for rounding
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
    RAW_PARTIAL = "raw was not run with every model on every dataset: nothing is shown"
    RAW_IS_BEST = "no strategy scores better"
    NONE_WHOLE = "no other strategy was run on every dataset"
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
        What is to be used: raw data, unless something is shown to be better; of several that
        are, what scores best.
    best : Choice
        What scores best of all.
    raw : Choice or None
        What scores best on raw data, with any model; None where that was not run.
    gains : tuple of float
        The metric of ``use`` less that of raw, one value a dataset; where raw is to be used, that
        of ``best``. Empty where that is raw, too.
    low, high : float
        Interval of the gain, widened for the number of pairs of strategy and model that were
        tried. Not a number where there is no gain.
    tried : int
        That number.
    standing : Standing
        How that stands to raw.
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
        """On how many datasets the gain is one."""
        return sum(METRICS[self.metric].is_better(value, 0) for value in self.gains)


def answers(results: Sequence[Result], failed: Iterable[Case] = ()) -> list[Answer]:
    """Return what serves each goal best: on a dataset, or on average over several.

    A gain is judged against raw data with every model: what beats the best of several has to beat
    each. Its interval is that of :func:`lab.observations.statistics.mean_t_interval` at 95 %: about
    these datasets, where claims are about datasets like them. The best of many looks better than it
    is, so for each answer Bonferroni's correction widens it for the number of pairs of strategy and
    model that were tried. An interval of one point shows nothing: so few folds do not tell how
    much scores vary. Mistakes are left out. What lacks a result on some dataset is no answer; it
    was tried all the same.

    Parameters
    ----------
    results : sequence of Result
        Of equal protocol.
    failed : iterable of Case
        Those on these datasets that could not be evaluated.
    """
    groups: dict[Key, Group] = {}
    for result in results:
        case = result.case
        if not STRATEGIES[case.strategy].leaks:
            groups.setdefault((case.strategy, case.model), {})[case.dataset] = result
    for case in failed:
        groups.setdefault((case.strategy, case.model), {})
    datasets = {result.case.dataset for result in results}
    whole = {key: group for key, group in groups.items() if len(group) == len(datasets) > 0}
    if not whole:
        return []
    shared = shared_metrics(results)
    return [
        _Goal(metric, groups, whole).answer(goal)
        for goal, metric in GOALS.items()
        if metric in shared
    ]


class _Goal:
    """The metric of a goal, and what scores how much in it.

    Parameters
    ----------
    name : str
        The metric.
    tried : mapping
        The results of every pair of strategy and model, by dataset.
    whole : mapping
        Those of the pairs that have a result on every dataset.
    """

    def __init__(self, name: str, tried: Mapping[Key, Group], whole: Mapping[Key, Group]) -> None:
        self.name, self.metric, self.whole = name, METRICS[name], whole
        self.choices = {
            key: Choice(
                *key,
                fmean(result.mean(name) for result in group.values()),
                fmean(fmean(result.seconds["fit_seconds"]) for result in group.values()),
            )
            for key, group in whole.items()
        }
        sign = -1 if self.metric.greater_is_better else 1
        # The best first; of equals doing nothing, then what takes least.
        self.order = sorted(
            whole,
            key=lambda k: (sign * self.choices[k].score, k[0] != RAW, self.choices[k].fit_seconds),
        )
        self.raws = [key for key in self.order if key[0] == RAW]
        self.candidates = [key for key in tried if key[0] != RAW]
        self.compared = [key for key in self.candidates if key in whole]
        models = {model for _, model in tried}
        self.lacks_raw = models != {model for _, model in self.raws}
        self.share = (1 - CONFIDENCE) / max(1, len(self.candidates), len(self.raws))

    def answer(self, goal: str) -> Answer:
        """Return what to use for the goal."""
        best = self.order[0]
        raw = self.raws[0] if self.raws else None
        judged, standing = self._judged(best, raw)
        use = judged if raw is None or standing is Standing.SHOWN else raw
        gains: tuple[float, ...] = ()
        low, high = math.nan, math.nan
        if raw and judged != raw:
            gains = tuple(effect.mean for effect in self._effects(judged, raw))
            low, high = self._interval(judged)
        near = self.metric.tolerance(self.choices[use].score)
        also = [
            choice
            for key, choice in self.choices.items()
            if key != use and abs(choice.score - self.choices[use].score) <= near
        ]
        return Answer(
            goal,
            self.name,
            self.choices[use],
            self.choices[best],
            self.choices[raw] if raw else None,
            gains,
            low,
            high,
            len(self.candidates),
            standing,
            tuple(sorted(also, key=lambda choice: choice.fit_seconds)),
        )

    def _judged(self, best: Key, raw: Key | None) -> tuple[Key, Standing]:
        """Return what the answer is about, and how that stands to raw."""
        if raw is None:
            return best, Standing.NO_RAW
        if best == raw:
            return raw, self._alone()
        if self.lacks_raw:
            return best, Standing.RAW_PARTIAL
        for key in self.order[: self.order.index(raw)]:
            low, high = self._interval(key)
            if high - low > POINT and all(self.metric.is_better(end, 0) for end in (low, high)):
                return key, Standing.SHOWN
        within = self.metric.tolerance(self.choices[raw].score)
        is_all = len(self.compared) == len(self.candidates)
        if is_all and all(self._most(key, raw) <= within for key in self.compared):
            return best, Standing.AS_GOOD
        return best, Standing.NOT_SHOWN

    def _alone(self) -> Standing:
        """Return why nothing is better than raw."""
        if not self.candidates:
            return Standing.ONLY_RAW
        return Standing.RAW_IS_BEST if self.compared else Standing.NONE_WHOLE

    def _effects(self, key: Key, base: Key) -> list[FoldEffect]:
        group, other = self.whole[key], self.whole[base]
        return [gain(group[name], other[name], self.name) for name in group]

    def _ends(self, key: Key, base: Key) -> tuple[float, float]:
        effects = self._effects(key, base)
        values = [effect.values for effect in effects]
        return mean_t_interval(values, effects[0].test_to_train, 1 - self.share)

    def _interval(self, key: Key) -> tuple[float, float]:
        """Return where the gain over the best raw lies, at worst as little as over another."""
        ends = [self._ends(key, raw) for raw in self.raws]
        low, high = ends[0]
        if self.metric.greater_is_better:
            return min(low for low, _ in ends), high
        return low, max(high for _, high in ends)

    def _most(self, key: Key, raw: Key) -> float:
        """Return how much better than raw a pair may be."""
        low, high = self._ends(key, raw)
        return high if self.metric.greater_is_better else -low
