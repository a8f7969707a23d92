"""Where things lie in the report's pictures: numbers and paths, no markup."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.evaluation.curves import BINS, FALSE_POSITIVE_RATES, RECALLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SIDE = 100  # of the small pictures of a case
ISO_F1 = (0.2, 0.4, 0.6, 0.8)
AXIS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Scale:
    """A straight line from values to places.

    Attributes
    ----------
    low, high : float
        Values at the ends.
    start, end : float
        Places of these.
    """

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def around(cls, values: Iterable[float], start: float, end: float) -> Scale:
        """Return a scale that holds finite values and zero, with a margin."""
        known = [0.0, *(value for value in values if math.isfinite(value))]
        margin = 0.06 * ((max(known) - min(known)) or 1.0)
        return cls(min(known) - margin, max(known) + margin, start, end)

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth; beyond the ends it is that of the end."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + (self.end - self.start) * min(1.0, max(0.0, share)), 1)


def near(one: tuple[float, float], other: tuple[float, float], distance: float = 8) -> bool:
    """Return whether two places are closer than a distance."""
    return math.dist(one, other) < distance


def apart(places: Sequence[tuple[float, float]], distance: float) -> list[tuple[float, float]]:
    """Return where to put marks, each at its place or a little off it, so that none hides another.

    Parameters
    ----------
    places : sequence of (float, float)
        What the marks stand for. The first ones stay where they are.
    distance : float
        How far marks are to be from each other.
    """
    marks: list[tuple[float, float]] = []
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


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """Return points as the text of a path; of a straight run only its ends."""
    kept: list[tuple[int, int]] = []
    for x, y in points:
        point = (round(x), round(y))
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _on_a_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return "M" + " ".join(f"{x},{y}" for x, y in kept)


def _on_a_line(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])


def case_paths(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the small pictures of a case: paths in a square of ``SIDE``, y downwards.

    Parameters
    ----------
    kept : mapping
        What :meth:`lab.evaluation.curves.Curves.kept` returned.
    """

    def up(thousandths: float) -> float:
        return SIDE - thousandths * SIDE / 1000

    predicted, observed, share = kept["reliability"]
    # The root of a share: the few rows with high scores are what one looks for.
    bars = [
        [(i * SIDE / BINS, SIDE - SIDE * math.sqrt(value / 1000)) for i, value in enumerate(row)]
        for row in kept["scores"]
    ]
    return {
        "pr": polyline((r * SIDE, up(p)) for r, p in zip(RECALLS, kept["precision"], strict=True)),
        # What is found without a false alarm is a rise from the corner.
        "roc": polyline(
            [
                (0, SIDE),
                *(
                    (rate * SIDE, up(true))
                    for rate, true in zip(
                        FALSE_POSITIVE_RATES, kept["true_positive_rate"], strict=True
                    )
                ),
            ]
        ),
        "reliability": polyline(
            (p * SIDE / 1000, up(o)) for p, o in zip(predicted, observed, strict=True)
        ),
        "dots": [
            (round(p * SIDE / 1000), round(up(o)), round(1.5 + 4 * math.sqrt(s / 1000), 1))
            for p, o, s in zip(predicted, observed, share, strict=True)
        ],
        "scores": [polyline(_steps(row)) for row in bars],
    }


def _steps(row: Sequence[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    """Yield the outline of bars, from the ground and back to it."""
    yield 0, SIDE
    for x, y in row:
        yield x, y
        yield x + SIDE / BINS, y
    yield SIDE, SIDE


def iso_f1(f1: float, x: Scale, y: Scale) -> str:
    """Return the line of equal F1, recall on x and precision on y."""
    first = f1 / (2 - f1)  # the recall at a precision of 1
    recalls = [first + (1 - first) * i / 24 for i in range(25)]
    return polyline((x(r), y(f1 * r / (2 * r - f1))) for r in recalls)
