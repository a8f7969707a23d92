"""Where the figures of a benchmark go: lines on the screen, a file, a picture."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from lab.versions import versions
from timing import bars

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOOLS = ("joblib", "matplotlib", "mlflow", "pytest", "pytest-xdist")
WIDTH = 12  # of a column


@dataclass(frozen=True)
class Output:
    """Where figures go, besides the screen.

    Attributes
    ----------
    file, picture : Path or None
        For all figures as JSON, and for stages as stacked bars.
    """

    file: Path | None
    picture: Path | None

    def say(self, *values: object) -> None:
        """Print a line of a table: titles, or numbers below them."""
        click.echo("".join(f"{_text(value):>{WIDTH}}" for value in values))

    def write(self, **figures: Any) -> None:
        """Write the figures, with what they depend on."""
        if self.file:
            facts = {"machine": machine(), **figures}
            self.file.write_text(json.dumps(facts, indent=1), encoding="utf-8")

    def draw(self, title: str, unit: str, stages: Mapping[str, Mapping[str, float]]) -> None:
        """Draw the stages of each label."""
        if self.picture:
            bars.save(self.picture, title, unit, stages)


def machine() -> dict[str, Any]:
    """Return what times depend on."""
    return {
        "cores": os.cpu_count(),
        "platform": platform.platform(),
        "load": os.getloadavg(),  # with what others did
        "versions": versions() | {name: version(name) for name in TOOLS},
    }


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}" if value >= 1 else f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
