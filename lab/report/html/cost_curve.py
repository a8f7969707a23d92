"""Cost of decisions by the number of alarms, for a few costs of a missed positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.evaluation.curves import FALSE_POSITIVE_RATES
from lab.metrics import GOALS
from lab.metrics.expected_cost import ExpectedCost
from lab.report.answer_text import recommended_case
from lab.report.html.svg import Place, Scale, Tick, polyline, steps, ticks
from lab.report.text import case_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.observations.answer import Answer
    from lab.report.session_record import SessionRecord

PER_ROWS = 1000
LEFT, RIGHT, TOP, BOTTOM = 56, 298, 16, 202
RANGES = (10, 20, 50, 100, 200, 400, 600, 1000)  # of alarms


@dataclass(frozen=True)
class Costs:
    """Cost of a missed positive, of a false alarm and of a right one, with their heading."""

    title: str
    miss: float
    alarm: float
    hit: float


# Unless the session asks for costs.
SUPPOSED = [
    Costs(f"A missed positive costs {ratio} alarms", ratio, 1.0, 1.0) for ratio in (5, 10, 50)
]


@dataclass(frozen=True)
class CostPoint:
    """A number of alarms per 1,000 rows, the positives that these find, and the cost."""

    alarms: float
    found: float
    cost: float


@dataclass(frozen=True)
class CostCurve:
    """Cost by the number of alarms.

    Attributes
    ----------
    title : str
        The costs in words.
    pair : str
        Strategy and model.
    path : str
        Data of the path.
    best : CostPoint
        The number of alarms with the lowest cost.
    place : (float, float)
        Its place.
    nothing, every : float
        Cost of no alarm, and of flagging every row.
    positives : float
        Positives per 1,000 rows.
    across, up : list of (float, str)
        Ticks: place and text.
    """

    title: str
    pair: str
    path: str
    best: CostPoint
    place: Place
    nothing: float
    every: float
    positives: float
    across: list[Tick]
    up: list[Tick]


@dataclass(frozen=True)
class CostCurves:
    """Cost curves on a dataset.

    Attributes
    ----------
    dataset : str
        Name of the dataset.
    unit : str
        Unit of the costs.
    curves : list of CostCurve
        One for each set of costs.
    """

    dataset: str
    unit: str
    curves: list[CostCurve]


def cost_curves(record: SessionRecord) -> Iterator[CostCurves]:
    """Yield the cost curves on each dataset, where some pair is recommended.

    Costs are those of the session's goals, with the pairs recommended for these. Without such
    goals a missed positive costs 5, 10 or 50 alarms, with the pair that is recommended first; it
    also stands in where nothing is usable for a goal.
    """
    for dataset in case_names(record.results, "dataset"):
        answers = [answer for answer in record.answers if answer.dataset == dataset]
        first = next(filter(None, map(recommended_case, answers)), None)
        asked = [
            (recommended_case(answer) or first, costs)
            for answer in answers
            if (costs := _costs(answer))
        ]
        curves = [
            cost_curve(record.curves[case], costs, f"{case.strategy} with {case.model}")
            for case, costs in asked or [(first, costs) for costs in SUPPOSED]
            if case and case in record.curves
        ]
        if curves:
            yield CostCurves(dataset, "" if asked else "alarms", curves)


def _costs(answer: Answer) -> Costs | None:
    """Return the costs of a goal; None unless these are numbers."""
    if answer.goal.partition(":")[0] != "cost":
        return None
    rule = GOALS[answer.goal].measured
    if not isinstance(rule, ExpectedCost) or rule.columns:
        return None
    miss, alarm, hit = (float(price) for price in (rule.miss, rule.alarm, rule.hit))
    return Costs(answer.title, miss, alarm, hit)


def cost_curve(kept: Mapping[str, Any], costs: Costs, pair: str) -> CostCurve:
    """Return the cost curve of a pair from its stored curves."""
    points = cost_points(kept, costs)
    best = min(points, key=lambda point: point.cost)
    positives = points[-1].found
    least = 2 * max(best.alarms, positives)
    end = next((end for end in RANGES if end >= least), RANGES[-1])
    shown = _until(points, end)
    across = Scale(0, end, LEFT, RIGHT)
    up = Scale(0, 1.08 * max(point.cost for point in shown) or 1.0, BOTTOM, TOP)
    return CostCurve(
        title=costs.title,
        pair=pair,
        path=polyline(((across(one.alarms), up(one.cost)) for one in shown), digits=1),
        best=best,
        place=(across(best.alarms), up(best.cost)),
        nothing=points[0].cost,
        every=points[-1].cost,
        positives=positives,
        across=ticks(across, steps(0, end)),
        up=ticks(up, steps(0, up.high)),
    )


def cost_points(kept: Mapping[str, Any], costs: Costs) -> list[CostPoint]:
    """Return the cost at each stored point of the ROC curve, from no alarm to one on every row.

    These points are used rather than those of precision and recall: with rare positives a
    precision is too small to be stored in thousandths.
    """
    negatives, positives = (sum(row) for row in kept["confusion"])
    per = PER_ROWS / (negatives + positives)
    rates = [
        (0.0, 0.0),
        *(
            (false, true / 1000)
            for false, true in zip(
                FALSE_POSITIVE_RATES.tolist(), kept["true_positive_rate"], strict=True
            )
        ),
    ]
    return [
        CostPoint(
            alarms=per * (false * negatives + true * positives),
            found=per * true * positives,
            cost=per
            * (
                costs.miss * (1 - true) * positives
                + costs.alarm * false * negatives
                + costs.hit * true * positives
            ),
        )
        for false, true in rates
    ]


def _until(points: Sequence[CostPoint], end: float) -> list[CostPoint]:
    """Return the points up to a number of alarms, the last one interpolated."""
    inside = [point for point in points if point.alarms <= end]
    if len(inside) == len(points):
        return inside
    last, after = points[len(inside) - 1], points[len(inside)]
    share = (end - last.alarms) / (after.alarms - last.alarms)
    found = last.found + share * (after.found - last.found)
    cost = last.cost + share * (after.cost - last.cost)
    return [*inside, CostPoint(end, found, cost)]
