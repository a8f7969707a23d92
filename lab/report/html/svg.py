"""Places and paths of the page's pictures, without markup."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lab.evaluation.curves import BINS, FALSE_POSITIVE_RATES, RECALLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SIDE = 100  # of the square pictures of a case
ISO_F1 = (0.2, 0.4, 0.6, 0.8)  # lines of equal F1
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

Place = tuple[float, float]  # to the right, and downwards
Tick = tuple[float, str]  # place on an axis, and text


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


def polyline(points: Iterable[Place], digits: int = 0) -> str:
    """Return the data of a path through points, rounded, without those on a straight line."""
    kept: list[tuple[int, int]] = []
    unit = 10**digits
    for x, y in points:
        point = (round(x * unit), round(y * unit))
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _are_in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return "M" + " ".join(f"{x / unit:g},{y / unit:g}" for x, y in kept)


def histogram(edges: Sequence[float], tops: Sequence[float], ground: float, digits: int = 0) -> str:
    """Return the data of a path around bars, which starts and ends on the ground.

    Examples
    --------
    >>> histogram([0, 5, 10, 15], [20, 20, 90], 100)
    'M0,100V20H10V90H15V100'
    """
    heights = [_rounded(top, digits) for top in tops]
    path = f"M{_rounded(edges[0], digits)},{_rounded(ground, digits)}"
    for number, height in enumerate(heights):
        if [height] != heights[number - 1 : number]:
            path += f"V{height}"
        if [height] != heights[number + 1 : number + 2]:
            path += f"H{_rounded(edges[number + 1], digits)}"
    return f"{path}V{_rounded(ground, digits)}"


def _rounded(value: float, digits: int) -> str:
    return f"{round(value, digits):g}"


def steps(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers from low to high for the ticks of an axis.

    Examples
    --------
    >>> steps(-3, 44)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    rough = (high - low) / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(number * step, 12) for number in range(first, last + 1)]


def ticks(scale: Scale, values: Iterable[float], factor: float = 1) -> list[Tick]:
    """Return ticks at values, whose texts are these times a factor, in thousands if they are long.

    Examples
    --------
    >>> ticks(Scale(0, 20000, 0, 100), [0, 5000, 20000])
    [(0.0, '0'), (25.0, '5,000'), (100.0, '20k')]
    """
    return [(scale(value), _short(value * factor)) for value in values]


def _short(value: float) -> str:
    for least, unit, letter in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            return f"{value / unit:,g}{letter}"
    return f"{round(value, 6):,g}"


def parts_above(points: Sequence[Place], low: float) -> Iterator[list[Place]]:
    """Yield the parts of a line through points, with y upwards, that are not below a value."""
    part: list[Place] = [points[0]] if points and points[0][1] >= low else []
    for (x, y), (next_x, next_y) in pairwise(points):
        if (y >= low) != (next_y >= low):
            part.append((x + (low - y) / (next_y - y) * (next_x - x), low))
        if next_y >= low:
            part.append((next_x, next_y))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _are_in_line(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])


@dataclass(frozen=True)
class CasePictures:
    """Pictures of a case's curves: data of paths in a square of ``SIDE``, y downwards.

    Attributes
    ----------
    precision_recall, roc, reliability : str
        Curves.
    dots : list of (int, int, str)
        Place and radius of each bin of the reliability curve, by its share of rows.
    negatives, positives : str
        Distributions of the scores of each class.
    """

    precision_recall: str
    roc: str
    reliability: str
    dots: list[tuple[int, int, str]]
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
                (round(_across(p)), round(_up(o)), _rounded(1.5 + 4 * math.sqrt(share / 1000), 1))
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
    """Return the outline of a distribution of scores, whose heights are roots of shares."""
    # The root of a share makes the few rows with high scores visible.
    tops = [SIDE - SIDE * math.sqrt(share / 1000) for share in thousandths]
    return histogram([i * SIDE / BINS for i in range(BINS + 1)], tops, SIDE)


def iso_f1(f1: float, x: Scale, y: Scale) -> str:
    """Return the path of equal F1, with recall on x and precision on y."""
    first = f1 / (2 - f1)  # recall at a precision of 1
    recalls = [first + (1 - first) * i / 24 for i in range(25)]
    return polyline((x(r), y(f1 * r / (2 * r - f1))) for r in recalls)
