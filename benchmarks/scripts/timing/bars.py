"""A picture of stacked bars: where the time of each thread goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REST = "#dddddd"
# Colour maps of matplotlib with positions in them, one for each stage: strong colours first, then
# pale and dark ones, no grey.
COLOURS = {
    "tab20": [place for place in (*range(0, 20, 2), *range(1, 20, 2)) if place not in (14, 15)],
    "tab20b": [0, 4, 12],
}
SMALL = 0.01  # share of the longest bar below which a stage is not drawn on its own


def save(path: Path, title: str, unit: str, bars: Mapping[str, Mapping[str, float]]) -> None:
    """Save a picture of bars.

    Parameters
    ----------
    path : Path
        Its suffix determines the format.
    title, unit : str
        Title of the picture, and unit of the lengths.
    bars : mapping
        Stages of each bar by its label; the first is on top.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    longest = max(sum(stages.values()) for stages in bars.values())
    shown = [
        stage
        for stage in STAGES
        if any(stages.get(stage, 0.0) > SMALL * longest for stages in bars.values())
    ]
    # A stage has its colour in every picture.
    palette = [mpl.colormaps[name](place) for name, places in COLOURS.items() for place in places]
    colours = dict(zip(STAGES, palette, strict=True))
    height = max(1.2 + 0.42 * len(bars), 0.5 + 0.22 * len(shown))
    figure = Figure(figsize=(9, height), dpi=110, layout="constrained")
    ax = figure.subplots()
    left = dict.fromkeys(bars, 0.0)
    for stage in [*shown, "the rest"]:
        widths = [
            stages.get(stage, 0.0)
            if stage in STAGES
            else sum(value for name, value in stages.items() if name not in shown)
            for stages in bars.values()
        ]
        colour = colours.get(stage, REST)
        ax.barh(list(bars), widths, left=list(left.values()), color=colour, label=stage)
        left = {label: left[label] + width for label, width in zip(bars, widths, strict=True)}
    ax.invert_yaxis()
    ax.set(title=title, xlabel=unit)
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", frameon=False)
    figure.savefig(path)
