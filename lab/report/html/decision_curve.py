"""Decision curves: net benefit by threshold, beside flagging every row and none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.cases import Case
from lab.evaluation.curves import NET_BENEFIT_UNIT
from lab.metrics.net_benefit import THRESHOLDS
from lab.observations.recommendation import RAW
from lab.report.answer_text import recommended_case
from lab.report.html.svg import Place, Scale, Tick, apart, parts_above, polyline, steps, ticks
from lab.report.text import case_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lab.observations.answer import Answer
    from lab.report.session_record import SessionRecord

MOST_LINES = 6  # as many as there are colours in the style sheet
PER_ROWS = 1000
ACROSS = Scale(0, 0.5, 52, 468)
TOP, BOTTOM = 14, 262
BELOW_ZERO = 0.2  # part of the height above zero
TICKS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
MARK_DISTANCE = 15  # marks that are closer hide each other
FIRST_MARK, MARK_STEP = 3, 7  # positions of thresholds


@dataclass(frozen=True)
class Line:
    """Net benefit of a pair.

    Attributes
    ----------
    name : str
        Strategy and model.
    number : int
        Its number, which is also that of its colour.
    goals : list of str
        Headings of the goals that it is recommended for.
    path : str
        Data of its path.
    mark : (float, float)
        Place of its number.
    everywhere : bool
        Whether it is recommended for every goal.
    useful : (float, float) or None
        Longest range of thresholds at which it beats flagging every row and none.
    """

    name: str
    number: int
    goals: list[str]
    path: str
    mark: Place
    everywhere: bool
    useful: tuple[float, float] | None


@dataclass(frozen=True)
class DecisionCurve:
    """Decision curves on a dataset.

    Attributes
    ----------
    dataset : str
        Name of the dataset.
    lines : list of Line
        Recommended pairs, raw data with each model, and the best pairs.
    every : str
        Path of flagging every row.
    every_label : (float, float)
        Place of its label.
    zero : float
        Height of flagging none.
    across : list of (float, str, str)
        Ticks: place, threshold, and the number of false alarms that a found positive is worth.
    up : list of (float, str)
        Ticks: place and text.
    """

    dataset: str
    lines: list[Line]
    every: str
    every_label: Place
    zero: float
    across: list[tuple[float, str, str]]
    up: list[Tick]


def decision_curves(record: SessionRecord) -> Iterator[DecisionCurve]:
    """Yield the decision curves on each dataset.

    They have the recommended pairs, raw data with each model and the best pairs, at most six.
    Sessions that were recorded before net benefit have none.
    """
    models = case_names(record.results, "model")
    for dataset in case_names(record.results, "dataset"):
        answers = [answer for answer in record.answers if answer.dataset == dataset]
        goals = _goals_by_case(answers)
        raw = [Case(dataset, RAW, model) for model in models]
        best = [Case(dataset, one.best.strategy, one.best.model) for one in answers if one.best]
        known = [
            case
            for case in dict.fromkeys([*goals, *raw, *best])
            if "net_benefit" in record.curves.get(case, {})
        ]
        if known:
            curves = {case: record.curves[case] for case in known[:MOST_LINES]}
            yield _decision_curve(dataset, curves, goals)


def _goals_by_case(answers: Iterable[Answer]) -> dict[Case, list[str]]:
    """Return the recommended cases, each with the headings of its goals."""
    found: dict[Case, list[str]] = {}
    for answer in answers:
        if case := recommended_case(answer):
            found.setdefault(case, []).append(answer.title)
    return found


def _decision_curve(
    dataset: str, curves: Mapping[Case, Mapping[str, Any]], goals: Mapping[Case, list[str]]
) -> DecisionCurve:
    unit = NET_BENEFIT_UNIT * PER_ROWS
    benefits = {
        case: [unit * value for value in kept["net_benefit"]] for case, kept in curves.items()
    }
    (negatives, positives) = (sum(row) for row in next(iter(curves.values()))["confusion"])
    every = [
        PER_ROWS * (positives - t / (1 - t) * negatives) / (positives + negatives)
        for t in THRESHOLDS.tolist()
    ]
    high = 1.05 * max(0.1, *(max(values) for values in [*benefits.values(), every]))
    low = -BELOW_ZERO * high
    up = Scale(low, high, BOTTOM, TOP)
    marks = apart(
        [_mark(values, number, low, up) for number, values in enumerate(benefits.values())],
        MARK_DISTANCE,
    )
    lines = [
        Line(
            name=f"{case.strategy} with {case.model}",
            number=number,
            goals=goals.get(case, []),
            everywhere=set(goals) == {case},
            path=_path(values, low, up),
            mark=mark,
            useful=useful(values, every),
        )
        for number, ((case, values), mark) in enumerate(
            zip(benefits.items(), marks, strict=True), start=1
        )
    ]
    last = max((i for i, value in enumerate(every) if value >= low), default=0)
    return DecisionCurve(
        dataset=dataset,
        lines=lines,
        every=_path(every, low, up),
        every_label=(ACROSS(float(THRESHOLDS[last])) + 8, BOTTOM - 4),
        zero=up(0),
        across=[(ACROSS(t), f"{100 * t:.0f}", f"{(1 - t) / t:.2g}") for t in TICKS],
        up=ticks(up, steps(low, high)),
    )


def _path(values: Sequence[float], low: float, up: Scale) -> str:
    points = list(zip(THRESHOLDS.tolist(), values, strict=True))
    return "".join(
        polyline(((ACROSS(x), up(y)) for x, y in part), digits=1)
        for part in parts_above(points, low)
    )


def _mark(values: Sequence[float], number: int, low: float, up: Scale) -> Place:
    """Return a place on a line, further to the right for each, and not at the bottom."""
    wanted = FIRST_MARK + MARK_STEP * number
    seen = [i for i, value in enumerate(values) if value >= low / 3]
    place = min(seen, key=lambda i: abs(i - wanted), default=0)
    return ACROSS(float(THRESHOLDS[place])), up(values[place])


def useful(values: Sequence[float], every: Sequence[float]) -> tuple[float, float] | None:
    """Return the longest range of thresholds at which values are above both references."""
    best: list[float] = []
    run: list[float] = []
    for threshold, value, reference in zip(THRESHOLDS.tolist(), values, every, strict=True):
        run = [*run, threshold] if value > max(0.0, reference) + PER_ROWS * NET_BENEFIT_UNIT else []
        best = max(best, run, key=len)
    return (best[0], best[-1]) if best else None
