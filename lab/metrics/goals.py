"""The goals of the lab, in the order in which they are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.metrics.expected_cost import ExpectedCost
from lab.metrics.goal import Goal, Goals
from lab.metrics.rules import (
    BestCutoff,
    BrierLoss,
    Constraint,
    NetBenefit,
    Ranking,
)
from lab.metrics.top_scores import PERIODS, TopScores
from lab.options import Option, Value, word, written

if TYPE_CHECKING:
    from lab.metrics.rules import Ratio, Rule
    from lab.metrics.tally import Tally

DEFAULT = ("rank", "precision", "recall", "alerts", "f1", "probabilities")
SAME = "same"  # the cost of a right alarm, if it is that of any alarm


@dataclass(frozen=True)
class _Top(Option):
    """Option that takes a share of the rows, such as ``1%``, or their number."""

    @property
    def takes(self) -> str:
        return "a number of rows such as 100, or a share such as 1%"

    def parse(self, text: str) -> Value:
        if not text.endswith("%"):
            return int(Option(1, int).parse(text))
        percent = float(text.removesuffix("%"))
        if not 0 < percent <= 100:
            raise ValueError(text)
        return f"{written(percent)}%"


@dataclass(frozen=True)
class _Share(Option):
    """Option that takes a share, as a number or as a percentage."""

    @property
    def takes(self) -> str:
        return f"{super().takes}, or a percentage such as 50%"

    def parse(self, text: str) -> Value:
        percent = text.endswith("%")
        return super().parse(written(float(text[:-1]) / 100) if percent else text)


@dataclass(frozen=True)
class _Price(Option):
    """Option that takes a cost, or the column of the table that has it for each row."""

    @property
    def takes(self) -> str:
        return "a cost of 0 or more, or the name of a column of your table"

    def parse(self, text: str) -> Value:
        try:
            cost = float(text)
        except ValueError:
            if text.strip():
                return text
            raise
        if not 0 <= cost < float("inf"):
            raise ValueError(text)
        return cost


def _recall(tally: Tally) -> Ratio:
    return tally.found, tally.positives


def _precision(tally: Tally) -> Ratio:
    return tally.found, tally.alarms


def _f1(tally: Tally) -> Ratio:
    return 2 * tally.found, tally.alarms + tally.positives


def _false_positive_rate(tally: Tally) -> Ratio:
    return tally.false, tally.negatives


def _net_benefit(at: float) -> Rule:
    return NetBenefit(at)


def _percent(share: float) -> str:
    return f"{written(round(100 * share, 10))} %"


def _at_precision(at: float) -> Rule:
    return BestCutoff(_recall, Constraint("precision", _precision, at))


def _at_recall(at: float) -> Rule:
    return BestCutoff(_precision, Constraint("recall", _recall, at))


def _at_false_positive_rate(at: float) -> Rule:
    bound = Constraint("false positive rate", _false_positive_rate, at, least=False)
    return BestCutoff(_recall, bound)


def _top(top: Value, per: str) -> Rule:
    share = float(top.removesuffix("%")) / 100 if isinstance(top, str) else 0.0
    count = 0.0 if isinstance(top, str) else float(top)
    return TopScores(_precision, share, count, "" if per == "fold" else per)


def _top_title(top: Value, per: str) -> str:
    rows = f"{top.replace('%', ' %')} of rows" if isinstance(top, str) else f"{top:,} rows"
    period = f" of each {per}"
    if per == "fold":
        period = "" if isinstance(top, str) else " of a fold"
    return f"Most positives in the top {rows}{period}"


def _cost(miss: Any, alarm: Any, hit: Any) -> Rule:
    right = alarm if hit == SAME else hit
    if miss == right or (not isinstance(miss, str) and not isinstance(right, str) and miss < right):
        raise ValueError(
            "a missed positive costs no more than a right alarm, so there is nothing to decide: "
            "raise miss, or lower alarm or hit"
        )
    return ExpectedCost(miss, alarm, right)


def _cost_title(miss: Any, alarm: Any, hit: Any) -> str:
    right = "" if hit == SAME else f", {written(hit)} a right one"
    return f"Lowest cost: {written(miss)} a missed positive, {written(alarm)} an alarm{right}"


GOALS = Goals(
    "goal",
    (
        Goal(
            "rank",
            "Rank rows by risk",
            "No cutoff: average precision of the ranking. ROC AUC stands beside it, since the "
            "literature disagrees on which of them suits rare positives (McDermott et al. 2024, "
            "https://arxiv.org/abs/2408.10193).",
            Ranking,
            metric="AP",
            beside=("roc_auc_score",),
        ),
        Goal(
            "precision",
            lambda at: f"Most positives found at {_percent(at)} precision",
            "Recall at a cutoff where at least that share of the alarms is right.",
            _at_precision,
            metric="recall",
            options={"at": _Share(0.5, float, 1)},
            absolute=0.05,
        ),
        Goal(
            "recall",
            lambda at: f"Fewest false alarms at {_percent(at)} recall",
            "Precision at a cutoff where at least that share of the positives is found.",
            _at_recall,
            metric="precision",
            options={"at": _Share(0.8, float, 1)},
        ),
        Goal(
            "fpr",
            lambda at: f"Most positives found at {_percent(at)} false positives",
            "Recall at a cutoff where at most that share of the negatives raises an alarm.",
            _at_false_positive_rate,
            metric="recall",
            options={"at": _Share(0.05, float, 1)},
            absolute=0.05,
        ),
        Goal(
            "alerts",
            _top_title,
            "Precision of the rows with the highest scores in a tested fold, or in each hour, day "
            "or week of one that is split in time.",
            _top,
            metric="precision",
            options={"top": _Top("1%", str), "per": word("fold", *PERIODS, is_quiet=True)},
            absolute=0.05,
        ),
        Goal(
            "f1",
            "Balance precision and recall",
            "F1 at the cutoff where it is highest.",
            lambda: BestCutoff(_f1),
            metric="F1",
        ),
        Goal(
            "probabilities",
            "Trust the probabilities",
            "No cutoff: Brier loss of the probabilities. Lower is better.",
            BrierLoss,
            metric="Brier",
            unit="squared error",
            absolute=2e-4,
            relative=0.05,
            greater_is_better=False,
            digits=4,
            beside=("log_loss",),
        ),
        Goal(
            "cost",
            _cost_title,
            "Cost per 1,000 rows, where a missed positive costs `miss` and an alarm, right or "
            "wrong, costs `alarm`, unless `hit` says what a right one costs. Each is a number or a "
            "column of your table. Lower is better.",
            _cost,
            metric="cost",
            unit="per 1,000 rows",
            options={
                "miss": _Price(10.0, float),
                "alarm": _Price(1.0, float),
                "hit": _Price(SAME, str, is_quiet=True),
            },
            absolute=0.0,
            greater_is_better=False,
            digits=1,
        ),
        Goal(
            "net_benefit",
            lambda at: f"Highest net benefit at a threshold of {_percent(at)}",
            "Found positives per row, less false alarms weighted by the odds of the threshold; "
            "alarms are raised where the probability reaches it.",
            _net_benefit,
            metric="net benefit",
            unit="found positives per row",
            options={"at": _Share(0.1, float, 0.99)},
            absolute=5e-4,
            digits=4,
        ),
    ),
    groups={"default": DEFAULT},
)
