"""Recommendations: for a goal the best strategy and model, if it is shown to beat raw data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from lab.observations.choice import Choice, Standing
from lab.observations.effects import ALPHA, CONFIDENCE
from lab.observations.shortage import shortage
from lab.observations.statistics import mean_t_interval
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from lab.cases import Case, Result
    from lab.metrics import Goal
    from lab.observations.effects import FoldEffect
    from lab.observations.goal_table import GoalTable

RAW = "raw"
ROUNDING = 1e-9  # an interval that is narrower is a single point

Pair = tuple[str, str]  # strategy and model


@dataclass(frozen=True)
class Recommendation:
    """The choice for a goal, and how the best one compares with raw data.

    Attributes
    ----------
    goal : Goal
        The goal.
    use : Choice
        The recommended choice: raw data, unless another is shown to be better; of several that
        are, the one with the best score.
    best : Choice
        The choice with the best score.
    raw : Choice or None
        The best choice on raw data, with any model; None if raw data were not run.
    gains : tuple of float
        Difference to ``raw`` in units of the value, one a dataset: that of ``use``, or of ``best``
        if raw data are recommended. Empty if ``best`` is ``raw``.
    low, high : float
        Interval of the mean gain, corrected for the number of candidates; NaN without a gain.
    candidates : int
        Number of pairs of a strategy other than raw and a model that were tried.
    standing : Standing
        Result of the comparison with raw data.
    also : tuple of Choice
        Other choices whose score is within the goal's tolerance of that of ``use``, fastest first.
    floor : float
        Value of the same prediction for every row; with a constraint, of as many alarms at random.
    usable : bool
        Whether ``use`` is shown to be better than the floor.
    """

    goal: Goal
    use: Choice
    best: Choice
    raw: Choice | None
    gains: tuple[float, ...]
    low: float
    high: float
    candidates: int
    standing: Standing
    also: tuple[Choice, ...]
    floor: float
    usable: bool

    @property
    def gain(self) -> float:
        """Mean gain over datasets; NaN without a gain."""
        return fmean(self.gains) if self.gains else math.nan

    @property
    def better_on(self) -> int:
        """Number of datasets with a better score than on raw data."""
        return sum(self.goal.is_better(value, 0) for value in self.gains)


def recommend(
    table: GoalTable,
    results: Sequence[Result],
    failed: Iterable[Case] = (),
    references: Collection[Case] = (),
) -> Recommendation | None:
    """Return the recommendation for a goal, on one dataset or on average over several.

    A choice is better if it beats raw data with each model: beating the best of several requires
    beating all. Its gain has the interval of :func:`lab.observations.statistics.mean_t_interval`
    at 95 %, which is about these datasets, whereas claims are about datasets like them. The best
    of many looks better than it is, so Bonferroni's correction widens the interval of each goal by
    the number of candidates. An interval of a single point shows nothing, since so few folds do
    not tell how much scores vary.

    A choice is usable if the value to expect of it is shown to be better than that of the same
    prediction for every row, and with a constraint than that of as many alarms at random: the test
    is one-sided at 5 %, with the same correction for a choice other than raw data.

    Mistakes are left out. So are references other than raw data: they would widen the intervals of
    the cases that were asked for. A pair of strategy and model without a result on some dataset is
    not recommended, but counts as a candidate.

    Parameters
    ----------
    table : GoalTable
        Values of the goal for the results, and perhaps for others.
    results : sequence of Result
        Results on one dataset or several.
    failed : iterable of Case
        Cases on these datasets that could not be evaluated.
    references : collection of Case
        Cases that were not selected, but run because an observation compares others with them.

    Returns
    -------
    Recommendation or None
        None if no pair has a result on every dataset, or a dataset has too few positives or groups.
    """
    left_out = {case for case in references if case.strategy != RAW}
    tried: dict[Pair, dict[str, Result]] = {}
    for result in results:
        case = result.case
        if case not in left_out and not STRATEGIES[case.strategy].leaks:
            tried.setdefault((case.strategy, case.model), {})[case.dataset] = result
    for case in failed:
        if case not in left_out:
            tried.setdefault((case.strategy, case.model), {})
    datasets = {result.case.dataset for result in results}
    complete = {pair: group for pair, group in tried.items() if len(group) == len(datasets) > 0}
    if not complete or shortage(results):
        return None
    return _Contest(table, set(tried), complete).recommendation()


def interval_over(effects: Sequence[FoldEffect], confidence: float) -> tuple[float, float]:
    """Return the interval of the mean of effects over datasets; infinite with a single fold."""
    values = [effect.counted for effect in effects]
    if any(len(counted) < 2 for counted in values):
        return -math.inf, math.inf
    ratios = [one.test_to_train for one in effects]
    freedom = [
        min(one.freedom or len(counted), len(counted) - 1)
        for one, counted in zip(effects, values, strict=True)
    ]
    return mean_t_interval(values, ratios, confidence, freedom)


class _Contest:
    """All pairs of strategy and model, compared for one goal.

    Parameters
    ----------
    table : GoalTable
        Values of the goal.
    tried : collection of Pair
        All pairs.
    complete : mapping of Pair to mapping of str to Result
        Results of the pairs that have one on every dataset; at least one.
    """

    def __init__(
        self,
        table: GoalTable,
        tried: Collection[Pair],
        complete: dict[Pair, dict[str, Result]],
    ) -> None:
        self.goal = table.goal
        self.datasets = list(next(iter(complete.values())))
        self.effects = {
            pair: [table.values[group[name].case].compared for name in self.datasets]
            for pair, group in complete.items()
        }
        self.choices = {
            pair: Choice(
                *pair,
                fmean(effect.mean for effect in self.effects[pair]),
                fmean(fmean(result.seconds["fit_seconds"]) for result in group.values()),
            )
            for pair, group in complete.items()
        }
        sign = -1 if self.goal.greater_is_better else 1
        # Best first; of equal scores raw data, then the fastest.
        self.ranking = sorted(
            complete,
            key=lambda p: (sign * self.choices[p].score, p[0] != RAW, self.choices[p].fit_seconds),
        )
        self.values = {
            pair: [table.values[group[name].case] for name in self.datasets]
            for pair, group in complete.items()
        }
        self.constant = [table.floors[name].promised for name in self.datasets]
        self.raw_pairs = [pair for pair in self.ranking if pair[0] == RAW]
        self.candidates = [pair for pair in tried if pair[0] != RAW]
        self.compared = [pair for pair in self.candidates if pair in complete]
        models = {model for _, model in tried}
        self.raw_is_complete = models == {model for _, model in self.raw_pairs}
        tests = max(1, len(self.candidates), len(self.raw_pairs))
        self.alpha_per_pair = (1 - CONFIDENCE) / tests

    def recommendation(self) -> Recommendation:
        """Return the recommendation."""
        best = self.ranking[0]
        raw = self.raw_pairs[0] if self.raw_pairs else None
        judged, standing = self._judge(best, raw)
        use = judged if raw is None or standing is Standing.BETTER else raw
        gains: tuple[float, ...] = ()
        low, high = math.nan, math.nan
        if raw and judged != raw:
            gains = tuple(effect.mean for effect in self._gains(judged, raw))
            low, high = self._interval_over_all_raw(judged)
        score = self.choices[use].score
        also = [
            choice
            for pair, choice in self.choices.items()
            if pair != use and abs(choice.score - score) <= self.goal.tolerance(score)
        ]
        return Recommendation(
            goal=self.goal,
            use=self.choices[use],
            best=self.choices[best],
            raw=self.choices[raw] if raw else None,
            gains=gains,
            low=low,
            high=high,
            candidates=len(self.candidates),
            standing=standing,
            also=tuple(sorted(also, key=lambda choice: choice.fit_seconds)),
            floor=fmean(effect.mean for effect in self._floors(use)),
            usable=self._is_usable(use),
        )

    def _judge(self, best: Pair, raw: Pair | None) -> tuple[Pair, Standing]:
        """Return the pair whose gain is reported, and its standing."""
        if raw is None:
            return best, Standing.NO_RAW
        if best == raw:
            return raw, self._why_raw_is_best()
        if not self.raw_is_complete:
            return best, Standing.RAW_INCOMPLETE
        for pair in self.ranking[: self.ranking.index(raw)]:
            low, high = self._interval_over_all_raw(pair)
            if high - low > ROUNDING and all(self.goal.is_better(end, 0) for end in (low, high)):
                return pair, Standing.BETTER
        tolerance = self.goal.tolerance(self.choices[raw].score)
        all_compared = len(self.compared) == len(self.candidates)
        if all_compared and all(self._upper_gain(p, raw) <= tolerance for p in self.compared):
            return best, Standing.AS_GOOD
        return best, Standing.NOT_SHOWN

    def _is_usable(self, pair: Pair) -> bool:
        """Return whether the whole interval of the value to expect lies above the floor."""
        promised = [value.promised for value in self.values[pair]]
        margins = [one - floor for one, floor in zip(promised, self._floors(pair), strict=True)]
        chosen_from = 1 if pair[0] == RAW else len(self.candidates)  # raw data are the default
        ends = interval_over(margins, 1 - 2 * ALPHA / chosen_from)
        return all(self.goal.is_better(end, 0) for end in ends)

    def _floors(self, pair: Pair) -> list[FoldEffect]:
        """Return the value of the same prediction for every row on each dataset.

        With a constraint it is that of as many alarms at random: the constant meets a bound by
        raising no alarm, and any alarm is better than none.
        """
        chances = [value.chance for value in self.values[pair]]
        return [one or floor for one, floor in zip(chances, self.constant, strict=True)]

    def _why_raw_is_best(self) -> Standing:
        if not self.candidates:
            return Standing.ONLY_RAW
        return Standing.RAW_IS_BEST if self.compared else Standing.NONE_COMPLETE

    def _gains(self, pair: Pair, raw: Pair) -> list[FoldEffect]:
        """Return the gains of a pair over one on raw data, one a dataset."""
        own, reference = self.effects[pair], self.effects[raw]
        return [one - other for one, other in zip(own, reference, strict=True)]

    def _interval_over(self, raw: Pair, pair: Pair) -> tuple[float, float]:
        """Return the interval of the mean gain of a pair over one on raw data."""
        return interval_over(self._gains(pair, raw), 1 - self.alpha_per_pair)

    def _interval_over_all_raw(self, pair: Pair) -> tuple[float, float]:
        """Return the interval over the best on raw data, extended to the least gain over any."""
        intervals = [self._interval_over(raw, pair) for raw in self.raw_pairs]
        low, high = intervals[0]
        if self.goal.greater_is_better:
            return min(low for low, _ in intervals), high
        return low, max(high for _, high in intervals)

    def _upper_gain(self, pair: Pair, raw: Pair) -> float:
        """Return the upper end of the interval of the gain, in the direction of better."""
        low, high = self._interval_over(raw, pair)
        return high if self.goal.greater_is_better else -low
