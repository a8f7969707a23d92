"""Probabilities of the pair recommended for them: their distribution, and how often they hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.evaluation.curves import BINS
from lab.report.answer_text import recommended_case
from lab.report.html.svg import Place, Scale, Tick, histogram, polyline, steps, ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.observations.answer import Answer
    from lab.report.session_record import SessionRecord

GOAL = "probabilities"
LEFT, RIGHT, TOP, BOTTOM = 52, 358, 16, 232
SHARES = (0, 0.01, 0.05, 0.2, 0.5, 1)  # ticks of the distribution
ENDS = (0.25, 0.5, 0.75, 1.0)  # of the axis of probabilities
PERCENT = 100
LEAST_SHARE = 1  # in thousandths; bins with less are not shown
FEW_ROWS = 20  # a share of positives among fewer says little


@dataclass(frozen=True)
class ProbabilityPicture:
    """Distribution of probabilities by outcome, and the observed share of positives.

    Attributes
    ----------
    dataset, pair : str
        Name of the dataset, and of the strategy and model.
    answer : Answer
        The answer that recommends the pair.
    across : list of (float, str)
        Ticks of the probability, the same for both pictures.
    shares : list of (float, str)
        Ticks of the distribution, whose heights are roots of shares.
    negatives, positives : str
        Outlines of the distributions.
    observed : list of (float, str)
        Ticks of the observed share.
    diagonal : str
        Path of exact probabilities.
    reliability : str
        Path through the bins of probability with enough rows.
    dots : list of (float, float, float)
        Place and radius of each of them, by its share of rows.
    few : list of (float, float)
        Places of the bins with few rows.
    """

    dataset: str
    pair: str
    answer: Answer
    across: list[Tick]
    shares: list[Tick]
    negatives: str
    positives: str
    observed: list[Tick]
    diagonal: str
    reliability: str
    dots: list[tuple[float, float, float]]
    few: list[Place]


def probability_pictures(record: SessionRecord) -> Iterator[ProbabilityPicture]:
    """Yield a picture for each dataset with a pair that is recommended for its probabilities."""
    for answer in record.answers:
        case = recommended_case(answer)
        kept = record.curves.get(case) if case and answer.goal == GOAL else None
        if kept:
            yield _picture(answer, kept)


def _picture(answer: Answer, kept: Mapping[str, Any]) -> ProbabilityPicture:
    negatives, positives = kept["scores"]
    used = [i for i in range(BINS) if max(negatives[i], positives[i]) >= LEAST_SHARE]
    highest = (max(used, default=0) + 1) / BINS
    end = next(end for end in ENDS if end >= highest)
    across = Scale(0, end, LEFT, RIGHT)
    up = Scale(0, 1, BOTTOM, TOP)  # of the root of a share
    bins = [
        (predicted / 1000, observed / 1000, share / 1000)
        for predicted, observed, share in zip(*kept["reliability"], strict=True)
        if predicted <= 1000 * end
    ]
    rows = sum(map(sum, kept["confusion"]))
    known = [one for one in bins if one[2] * rows >= FEW_ROWS]
    top = max([end, *(observed for _, observed, _ in bins)])
    observed_up = Scale(0, top, BOTTOM, TOP)
    return ProbabilityPicture(
        dataset=answer.dataset or "",
        pair=str(answer.recommended),
        answer=answer,
        across=ticks(across, steps(0, end), PERCENT),
        shares=[(up(math.sqrt(value)), f"{PERCENT * value:g}") for value in SHARES],
        negatives=outline(negatives, across, up, end),
        positives=outline(positives, across, up, end),
        observed=ticks(observed_up, steps(0, top), PERCENT),
        diagonal=polyline([(across(0), observed_up(0)), (across(end), observed_up(end))], digits=1),
        reliability=polyline(((across(x), observed_up(y)) for x, y, _ in known), digits=1),
        dots=[
            (across(x), observed_up(y), round(2.5 + 8 * math.sqrt(share), 1))
            for x, y, share in known
        ],
        few=[(across(x), observed_up(y)) for x, y, share in bins if share * rows < FEW_ROWS],
    )


def outline(thousandths: Sequence[int], across: Scale, up: Scale, end: float) -> str:
    """Return the outline of a distribution from 0 to the end, with roots of shares as heights."""
    shown = thousandths[: round(end * BINS)]
    edges = [across(number / BINS) for number in range(len(shown) + 1)]
    return histogram(edges, [up(math.sqrt(share / 1000)) for share in shown], up(0), digits=1)
