"""Column of a table of scores: how values are printed, and which are best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Self

from lab.report.text import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.metrics import Metric


class Column(NamedTuple):
    """Column of a table; one with a metric has best values.

    Attributes
    ----------
    title : str
        Heading.
    digits : int
        Number of decimals.
    metric : Metric, optional
        Its direction tells which values are best.
    """

    title: str
    digits: int
    metric: Metric | None = None

    @classmethod
    def of(cls, metric: Metric) -> Self:
        """Return the column of a metric."""
        return cls(metric.title, metric.digits, metric)

    def text(self, value: float) -> str:
        """Return the text of a cell; a value that is not a number is missing."""
        return MISSING if math.isnan(value) else f"{value:.{self.digits}f}"

    def best(self, values: Iterable[float]) -> str:
        """Return the text of the best values; empty if all are equal to the printed digit."""
        texts = {self.text(value) for value in values} - {MISSING}
        if self.metric is None or len(texts) < 2:
            return ""
        comparable = self.metric.comparable
        pick = max if self.metric.greater_is_better else min
        return pick(texts, key=lambda text: comparable(float(text)))
