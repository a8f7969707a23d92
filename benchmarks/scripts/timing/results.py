"""Output of figures: to the terminal, as JSON and as a picture."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from lab.versions import versions

from . import bars

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOOLS = ("joblib", "matplotlib", "mlflow", "pytest", "pytest-xdist")
WIDTH = 12  # of a column


@dataclass(frozen=True)
class Output:
    """Output of figures.

    Attributes
    ----------
    file, picture : Path or None
        File for all figures as JSON, and for stages as stacked bars.
    """

    file: Path | None
    picture: Path | None

    def say(self, *values: object) -> None:
        """Print a row of a table: titles or numbers."""
        click.echo("".join(f"{_text(value):>{WIDTH}}" for value in values))

    def write(self, **figures: Any) -> None:
        """Write the figures and a description of the machine."""
        if self.file:
            facts = {"machine": machine(), **figures}
            self.file.write_text(json.dumps(facts, indent=1), encoding="utf-8")

    def draw(self, title: str, unit: str, stages: Mapping[str, Mapping[str, float]]) -> None:
        """Draw the stages of each label as a stacked bar."""
        if self.picture:
            bars.save(self.picture, title, unit, stages)


def machine() -> dict[str, Any]:
    """Return a description of the machine and its load."""
    return {
        "cores": os.cpu_count(),
        "platform": platform.platform(),
        "load": os.getloadavg(),  # of other programs, too
        "versions": versions() | {name: version(name) for name in TOOLS},
    }


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}" if value >= 1 else f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
