"""Where strategies stand between precision and recall: what one costs in the other."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

from lab.observations.recommendation import RAW
from lab.report.html import svg
from lab.report.text import case_names
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.cases import Case, Result

COLOURS = 6  # of the style sheet
FEW_STRATEGIES = 3  # beyond raw, whose single datasets are shown
PANEL = svg.Scale(0, 1, 36, 296), svg.Scale(0, 1, 276, 16)  # recall to the right, precision up
NEAR = 14  # markers that are nearer hide each other

Place = tuple[float, float]  # recall, precision


def key(results: Sequence[Result]) -> dict[str, int]:
    """Return the number that each strategy has in every panel; that of raw data is 0."""
    honest = [n for n in case_names(results, "strategy") if not STRATEGIES[n].leaks]
    others = [name for name in honest if name != RAW]
    return {
        **({RAW: 0} if RAW in honest else {}),
        **{name: number for number, name in enumerate(others, start=1)},
    }


def colour(number: int) -> int:
    """Return the colour of a strategy's number; that of raw data is its own."""
    return (number - 1) % COLOURS + 1 if number else 0


def panels(results: Sequence[Result], curves: Mapping[Case, Any]) -> Iterator[dict[str, Any]]:
    """Yield for each model where its strategies stand.

    Precision and recall are those of the decisions in all folds together: the mean over folds
    would count a fold without an alarm as precision 0. Over datasets it is the mean; a dataset on
    which some strategy raises no alarm at all is left out of it, and a strategy that lacks a
    dataset is left out itself.

    Parameters
    ----------
    results : sequence of Result
        In the order in which strategies and models are to appear.
    curves : mapping of Case to mapping
        Curves of each case, see :meth:`lab.evaluation.curves.Curves.kept`.
    """
    numbers = key(results)
    for model in case_names(results, "model"):
        group = [r.case for r in results if r.case.model == model and r.case.strategy in numbers]
        if group:
            places = {
                (case.dataset, case.strategy): _place(curves[case]["confusion"])
                for case in group
                if case in curves
            }
            yield _panel(model, places, numbers)


def _place(confusion: Sequence[Sequence[int]]) -> Place | None:
    """Return recall and precision; None where there is no alarm, which has no precision."""
    (_, false), (missed, found) = confusion
    return (found / (found + missed), found / (found + false)) if found + false else None


def _panel(
    model: str, places: Mapping[tuple[str, str], Place | None], numbers: Mapping[str, int]
) -> dict[str, Any]:
    datasets = list(dict.fromkeys(dataset for dataset, _ in places))
    strategies = [
        name for name in numbers if all((dataset, name) in places for dataset in datasets)
    ]
    silent = {
        dataset: [name for name in strategies if places[dataset, name] is None]
        for dataset in datasets
    }
    shown = [dataset for dataset in datasets if not silent[dataset]]
    means: dict[str, Place] = {}
    for name in strategies if shown else ():
        found = [place for dataset in shown if (place := places[dataset, name])]
        means[name] = (fmean(r for r, _ in found), fmean(p for _, p in found))
    partial = [
        name for name in numbers if name not in strategies and any(n == name for _, n in places)
    ]
    return {
        "model": model,
        "points": _points(means, numbers),
        "raw": _at(means[RAW]) if RAW in means else None,
        "faint": _faint(places, shown, [*means], numbers),
        "datasets": shown,
        "silent": {dataset: names for dataset, names in silent.items() if names},
        "partial": partial,
    }


def _at(place: Place) -> tuple[float, float]:
    x, y = PANEL
    return x(place[0]), y(place[1])


def _points(means: Mapping[str, Place], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    marks = svg.apart([_at(place) for place in means.values()], NEAR)
    points = []
    for (name, place), (mark_x, mark_y) in zip(means.items(), marks, strict=True):
        x, y = _at(place)
        points.append(
            {
                "name": name,
                "number": numbers[name],
                "colour": colour(numbers[name]),
                "recall": place[0],
                "precision": place[1],
                "x": x,
                "y": y,
                "mark": (mark_x, mark_y),
                "moved": (mark_x, mark_y) != (x, y),
                "arrow": name != RAW and RAW in means and not svg.near(_at(means[RAW]), (x, y)),
            }
        )
    return points


def _faint(
    places: Mapping[tuple[str, str], Place | None],
    datasets: Sequence[str],
    strategies: Sequence[str],
    numbers: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Return the arrows of single datasets, where they are few enough to be seen."""
    if len(datasets) < 2 or len(strategies) > FEW_STRATEGIES + 1 or RAW not in strategies:
        return []
    lines = []
    for dataset in datasets:
        raw = places[dataset, RAW]
        for name in strategies:
            place = places[dataset, name]
            if name != RAW and raw and place:
                ends = (*_at(raw), *_at(place))
                lines.append({"dataset": dataset, "colour": colour(numbers[name]), "ends": ends})
    return lines
