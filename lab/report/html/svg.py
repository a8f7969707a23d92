"""Places and paths of the page's pictures, without markup."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.evaluation.curves import BINS, FALSE_POSITIVE_RATES, RECALLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SIDE = 100  # of the square pictures of a case
ISO_F1 = (0.2, 0.4, 0.6, 0.8)  # lines of equal F1
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

Place = tuple[float, float]  # to the right, and downwards


@dataclass(frozen=True)
class Scale:
    """A linear scale.

    Attributes
    ----------
    low, high : float
        Values at its ends.
    start, end : float
        Places of its ends.
    """

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def around(cls, values: Iterable[float], start: float, end: float) -> Scale:
        """Return a scale that contains zero and all finite values, with a margin."""
        known = [0.0, *(value for value in values if math.isfinite(value))]
        margin = 0.06 * ((max(known) - min(known)) or 1.0)
        return cls(min(known) - margin, max(known) + margin, start, end)

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth, or of the nearer end."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + (self.end - self.start) * min(1.0, max(0.0, share)), 1)


def near(one: Place, other: Place, distance: float = 8) -> bool:
    """Return whether two places are closer than a distance."""
    return math.dist(one, other) < distance


def apart(places: Sequence[Place], distance: float) -> list[Place]:
    """Return the places of marks, moved a little where one would hide another.

    Parameters
    ----------
    places : sequence of (float, float)
        Places without regard to other marks. The first ones are not moved.
    distance : float
        Least distance between marks.
    """
    marks: list[Place] = []
    for x, y in places:
        around = (
            (round(x + r * math.cos(turn), 1), round(y - r * math.sin(turn), 1))
            for r in (distance, 2 * distance, 3 * distance)
            for turn in (math.tau * i / 12 for i in range(12))
        )
        free = (
            mark
            for mark in [(x, y), *around]
            if not any(near(mark, other, distance) for other in marks)
        )
        marks.append(next(free, (x, y)))
    return marks


def polyline(points: Iterable[Place]) -> str:
    """Return the data of a path through points, without those on a straight line."""
    kept: list[tuple[int, int]] = []
    for x, y in points:
        point = (round(x), round(y))
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _are_in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return "M" + " ".join(f"{x},{y}" for x, y in kept)


def _are_in_line(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])


@dataclass(frozen=True)
class CasePictures:
    """Pictures of a case's curves: data of paths in a square of ``SIDE``, y downwards.

    Attributes
    ----------
    precision_recall, roc, reliability : str
        Curves.
    dots : list of (float, float, float)
        Place and radius of each bin of the reliability curve, by its share of rows.
    negatives, positives : str
        Distributions of the scores of each class.
    """

    precision_recall: str
    roc: str
    reliability: str
    dots: list[tuple[float, float, float]]
    negatives: str
    positives: str

    @classmethod
    def of(cls, curves: Mapping[str, Any]) -> CasePictures:
        """Return the pictures of curves, see :meth:`lab.evaluation.curves.Curves.kept`."""
        precisions, true_positives = curves["precision"], curves["true_positive_rate"]
        predicted, observed, shares = curves["reliability"]
        roc = zip(FALSE_POSITIVE_RATES, true_positives, strict=True)
        bins = list(zip(predicted, observed, shares, strict=True))
        negatives, positives = (_distribution(shares) for shares in curves["scores"])
        return cls(
            precision_recall=polyline(
                (r * SIDE, _up(p)) for r, p in zip(RECALLS, precisions, strict=True)
            ),
            # Positives found without a false alarm are a rise from the corner.
            roc=polyline([(0, SIDE), *((rate * SIDE, _up(true)) for rate, true in roc)]),
            reliability=polyline((_across(p), _up(o)) for p, o, _ in bins),
            dots=[
                (round(_across(p)), round(_up(o)), round(1.5 + 4 * math.sqrt(share / 1000), 1))
                for p, o, share in bins
            ],
            negatives=negatives,
            positives=positives,
        )


def _across(thousandths: float) -> float:
    return thousandths * SIDE / 1000


def _up(thousandths: float) -> float:
    return SIDE - _across(thousandths)


def _distribution(thousandths: Sequence[int]) -> str:
    """Return the outline of a histogram, whose bars start from the ground."""
    points: list[Place] = [(0, SIDE)]
    for i, share in enumerate(thousandths):
        # The root of a share makes the few rows with high scores visible.
        top = SIDE - SIDE * math.sqrt(share / 1000)
        points += [(i * SIDE / BINS, top), ((i + 1) * SIDE / BINS, top)]
    return polyline([*points, (SIDE, SIDE)])


def iso_f1(f1: float, x: Scale, y: Scale) -> str:
    """Return the path of equal F1, with recall on x and precision on y."""
    first = f1 / (2 - f1)  # recall at a precision of 1
    recalls = [first + (1 - first) * i / 24 for i in range(25)]
    return polyline((x(r), y(f1 * r / (2 * r - f1))) for r in recalls)
