"""Tests of the pictures of decision curves."""

from dataclasses import replace

import pytest

from lab.metrics.net_benefit import THRESHOLDS
from lab.report.html.decision_curve import (
    ACROSS,
    BOTTOM,
    MARK_DISTANCE,
    MOST_LINES,
    TOP,
    decision_curves,
    useful,
)
from lab.tests.helpers.examples import TINY


def places(path):
    """Return the points of a path, by part."""
    parts = [part.split() for part in path.split("M")[1:]]
    return [[tuple(map(float, point.split(","))) for point in part] for part in parts]


def test_recommended_pairs_come_first_then_raw_data(record):
    """A line names its pair, and the goals that it is recommended for."""
    (curve,) = decision_curves(record)
    assert curve.dataset == TINY
    recommended = {str(one.recommended) for one in record.answers if one.recommended}
    assert {line.name for line in curve.lines if line.goals} == recommended
    assert "raw with logistic_regression" in [line.name for line in curve.lines]
    assert [line.number for line in curve.lines] == list(range(1, len(curve.lines) + 1))
    goals = [goal for line in curve.lines for goal in line.goals]
    assert sorted(goals) == sorted(one.title for one in record.answers if one.recommended)


def test_there_are_at_most_six_lines(record):
    """As many as there are colours, which is fewer than a session may have models."""
    raw = record.results[0]
    models = ["knn", "mlp", "lightgbm", "svm", "naive_bayes", "xgboost", "random_forest"]
    results = [replace(raw, case=replace(raw.case, model=name)) for name in models]
    curves = {result.case: record.curves[raw.case] for result in results}
    (curve,) = decision_curves(replace(record, results=results, curves=curves, answers=[]))
    assert len(curve.lines) == MOST_LINES


def test_lines_stay_in_the_picture(record):
    """Parts far below zero are cut off; flagging every row falls until then."""
    (curve,) = decision_curves(record)
    paths = [curve.every, *(line.path for line in curve.lines)]
    for x, y in [place for path in paths for part in places(path) for place in part]:
        assert ACROSS.start <= x <= ACROSS.end
        assert TOP <= y <= BOTTOM
    (every,) = places(curve.every)
    assert every[-1][1] == BOTTOM
    heights = [y for _, y in every]
    assert heights == sorted(heights)
    assert TOP < curve.zero < BOTTOM


def test_numbers_stand_on_their_lines(record):
    """They are apart from each other, also where lines are alike."""
    raw = record.results[0]
    alike = [replace(raw, case=replace(raw.case, model=name)) for name in ("knn", "mlp")]
    curves = {result.case: record.curves[raw.case] for result in alike}
    (curve,) = decision_curves(replace(record, results=alike, curves=curves, answers=[]))
    one, other = (line.mark for line in curve.lines)
    assert abs(complex(*one) - complex(*other)) >= MARK_DISTANCE - 0.2


@pytest.mark.parametrize(
    ("higher", "expected"),
    [
        ([], None),
        ([0.05], (0.05, 0.05)),
        ([0.02, 0.03, 0.1, 0.11, 0.12, 0.2], (0.1, 0.12)),
    ],
)
def test_the_longest_useful_range_is_found(higher, expected):
    """It is where a line is above both flagging every row and none."""
    values = [5.0 if threshold in higher else 0.0 for threshold in THRESHOLDS.tolist()]
    assert useful(values, [-1.0] * len(values)) == expected
    assert useful(values, [6.0] * len(values)) is None
