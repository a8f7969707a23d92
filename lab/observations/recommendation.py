"""Recommendations: for each goal the best strategy and model, if it is shown to beat raw data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from lab.metrics import METRICS
from lab.observations.choice import Choice, Standing
from lab.observations.effects import ALPHA, CONFIDENCE
from lab.observations.floor import Floor
from lab.observations.observation import gain, level, shared_metrics
from lab.observations.shortage import shortage
from lab.observations.statistics import mean_t_interval
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from lab.cases import Case, Result
    from lab.observations.effects import FoldEffect

RAW = "raw"
ROUNDING = 1e-9  # an interval that is narrower is a single point
# Goals, each with the metric that measures how well predictions serve it.
GOALS = {
    "rank rows by risk": "average_precision_score",
    "find positives, half of alarms right": "recall_at_precision_50",
    "find 8 of 10 positives, few alarms": "precision_at_recall_80",
    "decide, precision and recall alike": "f1_score",
    "trust the probabilities": "brier_score_loss",
}

Pair = tuple[str, str]  # strategy and model
ByDataset = dict[str, "Result"]


@dataclass(frozen=True)
class Recommendation:
    """The choice for a goal, and how the best one compares with raw data.

    Attributes
    ----------
    goal, metric : str
        Key and value of ``GOALS``.
    use : Choice
        The recommended choice: raw data, unless another is shown to be better; of several that
        are, the one with the best score.
    best : Choice
        The choice with the best score.
    raw : Choice or None
        The best choice on raw data, with any model; None if raw data were not run.
    gains : tuple of float
        Gain over ``raw`` in the metric's own direction, one value a dataset: that of ``use``, or
        of ``best`` if raw data are recommended. Empty if ``best`` is ``raw``.
    low, high : float
        Interval of the mean gain, corrected for the number of candidates; NaN without a gain.
    candidates : int
        Number of pairs of a strategy other than raw and a model that were tried.
    standing : Standing
        Result of the comparison with raw data.
    also : tuple of Choice
        Other choices whose score is within the metric's tolerance of that of ``use``, fastest
        first.
    floor : Floor
        The best score without a model, such as that of flagging every row.
    usable : bool
        Whether ``use`` is shown to be better than the floor.
    """

    goal: str
    metric: str
    use: Choice
    best: Choice
    raw: Choice | None
    gains: tuple[float, ...]
    low: float
    high: float
    candidates: int
    standing: Standing
    also: tuple[Choice, ...]
    floor: Floor
    usable: bool

    @property
    def gain(self) -> float:
        """Mean gain over datasets; NaN without a gain."""
        return fmean(self.gains) if self.gains else math.nan

    @property
    def better_on(self) -> int:
        """Number of datasets with a better score than on raw data."""
        return sum(METRICS[self.metric].is_better(value, 0) for value in self.gains)


def recommend(
    results: Sequence[Result], failed: Iterable[Case] = (), references: Collection[Case] = ()
) -> list[Recommendation]:
    """Return a recommendation for each goal, on one dataset or on average over several.

    A choice is better if it beats raw data with each model: beating the best of several requires
    beating all. Its gain has the interval of :func:`lab.observations.statistics.mean_t_interval`
    at 95 %, which is about these datasets, whereas claims are about datasets like them. The best
    of many looks better than it is, so Bonferroni's correction widens the interval of each goal by
    the number of candidates. An interval of a single point shows nothing, since so few folds do
    not tell how much scores vary.

    A choice is usable if it is shown to be better than the floor: the test is one-sided at 5 %,
    with the same correction for a choice other than raw data.

    Mistakes are left out. So are references other than raw data: they would widen the intervals of
    the cases that were asked for. A pair of strategy and model without a result on some dataset is
    not recommended, but counts as a candidate. A goal whose metric some result lacks is left out.

    Parameters
    ----------
    results : sequence of Result
        Results of one protocol.
    failed : iterable of Case
        Cases on these datasets that could not be evaluated.
    references : collection of Case
        Cases that were not selected, but run because an observation compares others with them.

    Returns
    -------
    list of Recommendation
        In the order of ``GOALS``; empty if no pair has a result on every dataset, or a dataset has
        too few positives.
    """
    left_out = {case for case in references if case.strategy != RAW}
    tried: dict[Pair, ByDataset] = {}
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
        return []
    shared = shared_metrics(results)
    return [
        _Contest(metric, tried, complete).recommendation(goal)
        for goal, metric in GOALS.items()
        if metric in shared
    ]


def _spread(
    effects: Sequence[FoldEffect], confidence: float
) -> tuple[list[float], float, list[int]]:
    """Return the ratios, the confidence and the degrees of freedom of an interval."""
    freedom = [len(one.values) - 1 if one.freedom is None else one.freedom for one in effects]
    return [one.test_to_train for one in effects], confidence, freedom


class _Contest:
    """All pairs of strategy and model, compared by one metric.

    Parameters
    ----------
    name : str
        Name of the metric.
    tried : mapping of Pair to ByDataset
        Results of all pairs.
    complete : mapping of Pair to ByDataset
        Results of the pairs that have one on every dataset; at least one.
    """

    def __init__(
        self, name: str, tried: Mapping[Pair, ByDataset], complete: Mapping[Pair, ByDataset]
    ) -> None:
        self.name, self.metric, self.complete = name, METRICS[name], complete
        self.choices = {
            pair: Choice(
                *pair,
                fmean(result.mean(name) for result in group.values()),
                fmean(fmean(result.seconds["fit_seconds"]) for result in group.values()),
            )
            for pair, group in complete.items()
        }
        sign = -1 if self.metric.greater_is_better else 1
        # Best first; of equal scores raw data, then the fastest.
        self.ranking = sorted(
            complete,
            key=lambda p: (sign * self.choices[p].score, p[0] != RAW, self.choices[p].fit_seconds),
        )
        any_pair = complete[self.ranking[0]]  # all have the same datasets and class counts
        self.datasets = list(any_pair)
        self.floor = Floor.of(any_pair.values(), name)
        self.raw_pairs = [pair for pair in self.ranking if pair[0] == RAW]
        self.candidates = [pair for pair in tried if pair[0] != RAW]
        self.compared = [pair for pair in self.candidates if pair in complete]
        models = {model for _, model in tried}
        self.raw_is_complete = models == {model for _, model in self.raw_pairs}
        tests = max(1, len(self.candidates), len(self.raw_pairs))
        self.alpha_per_pair = (1 - CONFIDENCE) / tests

    def recommendation(self, goal: str) -> Recommendation:
        """Return the recommendation for the goal that the metric measures."""
        best = self.ranking[0]
        raw = self.raw_pairs[0] if self.raw_pairs else None
        judged, standing = self._judge(best, raw)
        use = judged if raw is None or standing is Standing.BETTER else raw
        gains: tuple[float, ...] = ()
        low, high = math.nan, math.nan
        if raw and judged != raw:
            gains = tuple(effect.mean for effect in self._effects(judged, raw))
            low, high = self._interval_over_all_raw(judged)
        score = self.choices[use].score
        also = [
            choice
            for pair, choice in self.choices.items()
            if pair != use and abs(choice.score - score) <= self.metric.tolerance(score)
        ]
        return Recommendation(
            goal=goal,
            metric=self.name,
            use=self.choices[use],
            best=self.choices[best],
            raw=self.choices[raw] if raw else None,
            gains=gains,
            low=low,
            high=high,
            candidates=len(self.candidates),
            standing=standing,
            also=tuple(sorted(also, key=lambda choice: choice.fit_seconds)),
            floor=self.floor,
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
            if high - low > ROUNDING and all(self.metric.is_better(end, 0) for end in (low, high)):
                return pair, Standing.BETTER
        tolerance = self.metric.tolerance(self.choices[raw].score)
        all_compared = len(self.compared) == len(self.candidates)
        if all_compared and all(self._upper_gain(p, raw) <= tolerance for p in self.compared):
            return best, Standing.AS_GOOD
        return best, Standing.NOT_SHOWN

    def _is_usable(self, pair: Pair) -> bool:
        """Return whether the whole interval of a pair's score lies above the floor."""
        levels = [level(self.complete[pair][name], self.name) for name in self.datasets]
        margins = [
            [score - least for score, least in zip(one.values, values, strict=True)]
            for one, values in zip(levels, self.floor.values, strict=True)
        ]
        chosen_from = 1 if pair[0] == RAW else len(self.candidates)  # raw data are the default
        confidence = 1 - 2 * ALPHA / chosen_from
        ends = mean_t_interval(margins, *_spread(levels, confidence))
        return all(self.metric.is_better(end, 0) for end in ends)

    def _why_raw_is_best(self) -> Standing:
        if not self.candidates:
            return Standing.ONLY_RAW
        return Standing.RAW_IS_BEST if self.compared else Standing.NONE_COMPLETE

    def _effects(self, pair: Pair, raw: Pair) -> list[FoldEffect]:
        """Return the gains of a pair over one on raw data, one a dataset."""
        group, reference = self.complete[pair], self.complete[raw]
        return [gain(group[name], reference[name], self.name) for name in group]

    def _interval_over(self, raw: Pair, pair: Pair) -> tuple[float, float]:
        """Return the interval of the mean gain of a pair over one on raw data."""
        effects = self._effects(pair, raw)
        values = [effect.values for effect in effects]
        return mean_t_interval(values, *_spread(effects, 1 - self.alpha_per_pair))

    def _interval_over_all_raw(self, pair: Pair) -> tuple[float, float]:
        """Return the interval over the best on raw data, extended to the least gain over any."""
        intervals = [self._interval_over(raw, pair) for raw in self.raw_pairs]
        low, high = intervals[0]
        if self.metric.greater_is_better:
            return min(low for low, _ in intervals), high
        return low, max(high for _, high in intervals)

    def _upper_gain(self, pair: Pair, raw: Pair) -> float:
        """Return the upper end of the interval of the gain, in the direction of better."""
        low, high = self._interval_over(raw, pair)
        return high if self.metric.greater_is_better else -low
