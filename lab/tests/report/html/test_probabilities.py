"""Tests of the pictures of probabilities."""

from dataclasses import replace

from lab.evaluation.curves import BINS
from lab.report.html.probabilities import BOTTOM, LEFT, RIGHT, TOP, probability_pictures


def kept(record, **curves):
    """Return the record with other curves of every case."""
    return replace(record, curves={case: old | curves for case, old in record.curves.items()})


def points(path):
    """Return the points of a path."""
    return [tuple(map(float, point.split(","))) for point in path.removeprefix("M").split()]


def test_the_pair_recommended_for_probabilities_is_shown(record):
    """It is that of the goal `probabilities`, and there is none without the goal."""
    (picture,) = probability_pictures(record)
    answer = next(one for one in record.answers if one.goal == "probabilities")
    assert picture.pair == str(answer.recommended)
    others = [one for one in record.answers if one.goal != "probabilities"]
    assert list(probability_pictures(replace(record, answers=others))) == []


def test_the_axis_ends_where_probabilities_do(record):
    """If no probability is above 20 %, the axis ends at 25 %."""
    scores = [[0] * BINS for _ in range(2)]
    scores[0][0], scores[1][3] = 1000, 1000
    reliability = [[20, 180, 900], [10, 200, 1000], [900, 100, 0]]
    (picture,) = probability_pictures(kept(record, scores=scores, reliability=reliability))
    assert picture.across[0] == (LEFT, "0")
    assert [text for _, text in picture.across][-1] == "25"
    assert picture.negatives == f"M{LEFT},{BOTTOM}V{TOP}H113.2V{BOTTOM}H{RIGHT}V{BOTTOM}"
    assert len(picture.dots) == 2
    assert picture.few == []


def test_bins_with_few_rows_are_set_apart(record):
    """A share among fewer than 20 rows says little, so the line leaves it out: here 12 of 240."""
    reliability = [[50, 550, 950], [60, 400, 1000], [800, 150, 50]]
    (picture,) = probability_pictures(kept(record, reliability=reliability))
    assert len(picture.dots) == len(points(picture.reliability)) == 2
    (place,) = picture.few
    assert place[1] == TOP


def test_heights_are_roots_of_shares(record):
    """A quarter of a class is half as high as all of it."""
    scores = [[250] * 4 + [0] * (BINS - 4)] * 2
    (picture,) = probability_pictures(kept(record, scores=scores))
    assert picture.negatives.startswith(f"M{LEFT},{BOTTOM}V{(TOP + BOTTOM) // 2}H")
    ticks = {text: place for place, text in picture.shares}
    assert ticks["0"] == BOTTOM
    assert ticks["100"] == TOP
