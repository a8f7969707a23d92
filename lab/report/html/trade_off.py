"""Precision against recall: where strategies stand, and what one costs in the other."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.observations.recommendation import RAW
from lab.report.html.svg import Place, Scale, apart, near
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.cases import Case, Result

    PlaceByCase = Mapping[tuple[str, str], "Rates | None"]  # by dataset and strategy

COLOURS = 6  # in the style sheet
MOST_FAINT = 3  # strategies besides raw, for which single datasets are drawn
MARK_DISTANCE = 14  # marks that are closer hide each other
RECALL, PRECISION = Scale(0, 1, 36, 296), Scale(0, 1, 276, 16)  # to the right, and upwards

Rates = tuple[float, float]  # recall and precision


@dataclass(frozen=True)
class Point:
    """A strategy in a panel.

    Attributes
    ----------
    strategy : str
        Its name.
    number, colour : int
        Its number and colour, the same in all panels.
    recall, precision : float
        Its recall and precision.
    place : (float, float)
        Where these are.
    mark : (float, float)
        Where its mark is, beside its place if another mark is too close.
    arrow : bool
        Whether an arrow leads to it from raw data.
    """

    strategy: str
    number: int
    colour: int
    recall: float
    precision: float
    place: Place
    mark: Place
    arrow: bool

    @property
    def moved(self) -> bool:
        """Whether the mark is beside its place."""
        return self.mark != self.place


@dataclass(frozen=True)
class Arrow:
    """The way from raw data to a strategy on a single dataset."""

    dataset: str
    colour: int
    start: Place
    end: Place


@dataclass(frozen=True)
class Panel:
    """The strategies with one model.

    Attributes
    ----------
    model : str
        Name of the model.
    points : list of Point
        Means of the strategies over datasets.
    raw : (float, float) or None
        Place of raw data; None without them.
    faint : list of Arrow
        Single datasets, if they are few enough to be told apart.
    datasets : list of str
        Datasets in the means.
    silent : dict of str to list of str
        Datasets left out of the means, each with the strategies that raise no alarm there.
    partial : list of str
        Strategies left out, since they lack a dataset.
    """

    model: str
    points: list[Point]
    raw: Place | None
    faint: list[Arrow]
    datasets: list[str]
    silent: dict[str, list[str]]
    partial: list[str]


def key(results: Sequence[Result]) -> dict[str, int]:
    """Return the number of each strategy in all panels; raw data have 0."""
    honest = [n for n in case_names(results, "strategy") if not STRATEGIES[n].leaks]
    others = [name for name in honest if name != RAW]
    return {
        **({RAW: 0} if RAW in honest else {}),
        **{name: number for number, name in enumerate(others, start=1)},
    }


def colour(number: int) -> int:
    """Return the colour of a strategy's number; raw data have one of their own."""
    return (number - 1) % COLOURS + 1 if number else 0


def panels(results: Sequence[Result], curves: Mapping[Case, Mapping[str, Any]]) -> Iterator[Panel]:
    """Yield a panel for each model.

    Precision and recall are those of the decisions in all folds together: a mean over folds would
    count a fold without an alarm as precision 0. They are averaged over datasets. A dataset on
    which a strategy raises no alarm at all is left out, and so is a strategy that lacks a dataset.

    Parameters
    ----------
    results : sequence of Result
        Results, in the order of the tables.
    curves : mapping of Case to mapping
        Curves of each case, see :meth:`lab.evaluation.curves.Curves.kept`.
    """
    numbers = key(results)
    for model in case_names(results, "model"):
        cases = [r.case for r in results if r.case.model == model and r.case.strategy in numbers]
        if cases:
            rates = {
                (case.dataset, case.strategy): _rates(curves[case]["confusion"])
                for case in cases
                if case in curves
            }
            yield _panel(model, rates, numbers)


def _rates(confusion: Sequence[Sequence[int]]) -> Rates | None:
    """Return recall and precision; None without an alarm, since precision is undefined then."""
    (_, false), (missed, found) = confusion
    return (found / (found + missed), found / (found + false)) if found + false else None


def _panel(model: str, rates: PlaceByCase, numbers: Mapping[str, int]) -> Panel:
    datasets = list(dict.fromkeys(dataset for dataset, _ in rates))
    strategies = [name for name in numbers if all((dataset, name) in rates for dataset in datasets)]
    silent = {
        dataset: [name for name in strategies if rates[dataset, name] is None]
        for dataset in datasets
    }
    shown = [dataset for dataset in datasets if not silent[dataset]]
    means: dict[str, Rates] = {}
    for name in strategies if shown else ():
        found = [pair for dataset in shown if (pair := rates[dataset, name])]
        means[name] = (fmean(r for r, _ in found), fmean(p for _, p in found))
    run = {strategy for _, strategy in rates}
    return Panel(
        model=model,
        points=_points(means, numbers),
        raw=_place(means[RAW]) if RAW in means else None,
        faint=_faint(rates, shown, [*means], numbers),
        datasets=shown,
        silent={dataset: names for dataset, names in silent.items() if names},
        partial=[name for name in numbers if name in run and name not in strategies],
    )


def _place(rates: Rates) -> Place:
    return RECALL(rates[0]), PRECISION(rates[1])


def _points(means: Mapping[str, Rates], numbers: Mapping[str, int]) -> list[Point]:
    places = [_place(rates) for rates in means.values()]
    raw = _place(means[RAW]) if RAW in means else None
    return [
        Point(
            strategy=name,
            number=numbers[name],
            colour=colour(numbers[name]),
            recall=rates[0],
            precision=rates[1],
            place=place,
            mark=mark,
            arrow=name != RAW and raw is not None and not near(raw, place),
        )
        for (name, rates), place, mark in zip(
            means.items(), places, apart(places, MARK_DISTANCE), strict=True
        )
    ]


def _faint(
    rates: PlaceByCase,
    datasets: Sequence[str],
    strategies: Sequence[str],
    numbers: Mapping[str, int],
) -> list[Arrow]:
    """Return the arrows of single datasets, if they are few enough to be told apart."""
    if len(datasets) < 2 or len(strategies) > MOST_FAINT + 1 or RAW not in strategies:
        return []
    arrows = []
    for dataset in datasets:
        raw = rates[dataset, RAW]
        for name in strategies:
            end = rates[dataset, name]
            if name != RAW and raw and end:
                arrows.append(Arrow(dataset, colour(numbers[name]), _place(raw), _place(end)))
    return arrows
