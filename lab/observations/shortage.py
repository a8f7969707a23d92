"""Shortage of positives or groups, with which nothing is recommended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.observations.observation import few_groups
from lab.splits import FEWEST_GROUPS
from lab.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.cases import Result

# Fewer positives in a dataset do not tell how scores vary between folds, although chance alone is
# seldom recommended, as measured by benchmarks/scripts/few_positives.py.
FEWEST_POSITIVES = 10


def shortage(results: Iterable[Result]) -> str:
    """Return which datasets have too few positives or groups for a recommendation, if any."""
    results = list(results)
    positives = {result.case.dataset: result.dataset["minority_rows"] for result in results}
    few = [f"{name} has {n}" for name, n in positives.items() if n < FEWEST_POSITIVES]
    if few:
        return f"it takes {FEWEST_POSITIVES} positives, and {listed(few)}"
    groups = {result.case.dataset: number for result in results if (number := few_groups(result))}
    few = [f"{name} has {n}" for name, n in groups.items()]
    return f"it takes {FEWEST_GROUPS} groups, and {listed(few)}" if few else ""
