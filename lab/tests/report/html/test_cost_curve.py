"""Tests of the pictures of costs."""

from dataclasses import replace

import pytest

from lab.evaluation.curves import FALSE_POSITIVE_RATES
from lab.report.html.cost_curve import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Costs,
    cost_curve,
    cost_curves,
    cost_points,
)
from lab.tests.helpers.examples import answers_of

# 100 positives of 1,000 rows; half are found without a false alarm, the rest at random.
KEPT = {
    "confusion": [[880, 20], [40, 60]],
    "true_positive_rate": [round(1000 * (0.5 + 0.5 * rate)) for rate in FALSE_POSITIVE_RATES],
}
TEN = Costs("ten", 10.0, 1.0, 1.0)


def test_costs_start_without_an_alarm_and_end_with_all_rows():
    """Both ends are known: every positive is missed, or every row is an alarm."""
    first, *_, last = cost_points(KEPT, TEN)
    assert (first.alarms, first.found, first.cost) == (0, 0, 1000)
    assert (last.alarms, last.found, last.cost) == pytest.approx((1000, 100, 1000))


def test_the_lowest_cost_is_marked():
    """Fifty positives are worth their alarms; each further one costs eighteen false alarms."""
    curve = cost_curve(KEPT, TEN, "a with b")
    assert curve.best.alarms == pytest.approx(50)
    assert curve.best.cost == pytest.approx(500 + 50)
    assert (curve.nothing, curve.every) == pytest.approx((1000, 1000))
    x, y = curve.place
    assert LEFT < x < RIGHT
    assert TOP < y < BOTTOM
    assert f"{x:g},{y:g}" in curve.path.removeprefix("M").split()


def test_a_dear_miss_moves_the_lowest_cost_to_more_alarms():
    """If a missed positive costs fifty alarms, it is cheapest to flag every row."""
    curve = cost_curve(KEPT, Costs("fifty", 50.0, 1.0, 1.0), "a with b")
    assert curve.best.alarms == pytest.approx(1000)
    assert curve.across[-1] == (RIGHT, "1,000")


def test_a_right_alarm_may_have_a_cost_of_its_own():
    """The cost of a right alarm replaces that of any alarm."""
    free, dear = (cost_points(KEPT, Costs("", 10.0, 1.0, hit)) for hit in (0.0, 3.0))
    for one, other in zip(free, dear, strict=True):
        assert other.cost - one.cost == pytest.approx(3 * one.found)


def test_without_costs_some_are_supposed(record):
    """A missed positive costs 5, 10 or 50 alarms, with the pair that is recommended first."""
    (costs,) = cost_curves(record)
    assert costs.unit == "alarms"
    assert [curve.title for curve in costs.curves] == [
        f"A missed positive costs {ratio} alarms" for ratio in (5, 10, 50)
    ]
    assert {curve.pair for curve in costs.curves} == {str(record.answers[0].recommended)}


def test_costs_of_a_goal_replace_the_supposed_ones(record):
    """Each goal with costs in numbers has a curve, with the pair recommended for it."""
    goals = ["rank", "cost:miss=7,alarm=2", "cost:miss=30,alarm=1,hit=0"]
    (costs,) = cost_curves(replace(record, answers=answers_of(record.results, goals=goals)))
    assert costs.unit == ""
    assert [curve.title for curve in costs.curves] == [
        "Lowest cost: 7 a missed positive, 2 an alarm",
        "Lowest cost: 30 a missed positive, 1 an alarm, 0 a right one",
    ]


def test_another_pair_stands_in_for_a_goal_without_one(record):
    """Where nothing is usable at the costs of a goal, the first recommended pair shows why."""
    first, costs = answers_of(record.results, goals=["rank", "cost:miss=7,alarm=2"])
    answers = [first, replace(costs, standing="unusable", value=None)]
    (found,) = cost_curves(replace(record, answers=answers))
    assert [curve.pair for curve in found.curves] == [str(first.recommended)]
    assert found.curves[0].title == costs.title


def test_without_a_usable_pair_there_is_no_curve(record):
    """Where nothing is recommended, nothing is drawn."""
    assert list(cost_curves(replace(record, answers=[]))) == []
