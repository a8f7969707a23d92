"""A metric: how it scores predictions, which direction is better, and which tables show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from lab.errors import LabError
from lab.metrics.predictions import Predictions
from lab.names import near
from lab.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import numpy as np
    from numpy.typing import NDArray

Table = Literal["scores", "strategies", "cases", "ranks", "note"]
TABLES: tuple[Table, ...] = get_args(Table)


class MetricError(LabError):
    """A metric that cannot be defined this way."""


@dataclass(frozen=True)
class Metric:
    """A scorer of predictions.

    Attributes
    ----------
    name : str
        Permanent name, in runs and baselines; scikit-learn's where it has the metric.
    title : str
        Heading in tables.
    summary : str
        Meaning, in a sentence or two.
    function : callable
        ``function(predictions) -> float``, given :class:`lab.metrics.Predictions`. The score must
        be finite, also where all rows have the same probability.
    absolute, relative : float
        Tolerance: a mean over folds that differs from a baseline by at most ``absolute``, or by
        at most ``relative`` times the baseline if that is more, is unchanged.
    greater_is_better : bool
        Direction. For a metric with an ideal value, that of the distance from it: False.
    ideal : float or None
        Best value of a metric that can be too low and too high, such as a calibration slope.
    needs_alarm : bool
        Whether it is undefined in a fold without an alarm. Whatever the score there, the fold does
        not count for observations.
    digits : int
        Number of decimals shown.
    columns : tuple of str
        Columns of the user's table that the function needs, such as an amount: they are in
        ``predictions.values``. The metric is computed for the datasets that have all of them.
    shown : collection of str
        Tables with a column for the metric, among ``TABLES``: ``scores`` (headline scores of each
        case), ``strategies`` (means over datasets, in the closing lines and on the page),
        ``cases`` (every case, on the page), ``ranks`` (over datasets, on the page) and ``note``
        (a case's description in MLflow). Runs, baselines and a case's details on the page have
        every metric.

    Raises
    ------
    MetricError
        ``shown`` names an unknown table, or ``columns`` is a single text.

    Examples
    --------
    The share of positives among the 1 % of rows with the highest scores:

    >>> import numpy as np
    >>> from lab.metrics import Metric
    >>> def precision_at_top(predictions):
    ...     rows = max(1, len(predictions.y_true) // 100)
    ...     top = np.argsort(-predictions.y_score, kind="stable")[:rows]
    ...     return predictions.y_true[top].mean()
    >>> metric = Metric(
    ...     "precision_top_1",
    ...     "top 1 %",
    ...     "Share of positives among the 1 % of rows with the highest scores.",
    ...     precision_at_top,
    ... )
    >>> y_true, y_score = np.array([0, 0, 0, 1], dtype=np.int8), np.array([0.1, 0.2, 0.4, 0.9])
    >>> metric(y_true, y_true, y_score)
    1.0

    ``METRICS.register(metric)`` in a plugin adds it to every table, page, run and baseline.
    """

    name: str
    title: str
    summary: str
    function: Callable[[Predictions], float]
    absolute: float = 0.02
    relative: float = 0.02
    greater_is_better: bool = True
    ideal: float | None = None
    needs_alarm: bool = False
    digits: int = 3
    columns: tuple[str, ...] = ()
    shown: Collection[Table] = frozenset({"strategies", "cases"})

    # Every metric runs on the base install and is computed wherever its columns are.
    missing = ""
    on_request = ""

    def __post_init__(self) -> None:
        for table in self.shown:
            if table not in TABLES:
                raise MetricError(
                    f"metric {self.name!r}: unknown table {table!r} in shown: {near(table, TABLES)}"
                )
        if isinstance(self.columns, str):
            raise MetricError(
                f"metric {self.name!r}: columns is a text: write a tuple, ({self.columns!r},)"
            )
        object.__setattr__(self, "shown", frozenset(self.shown))  # hashable
        object.__setattr__(self, "columns", tuple(self.columns))

    @property
    def quantity(self) -> str:
        """Name of the value that :meth:`comparable` returns."""
        return self.name if self.ideal is None else f"distance of {self.name} from {self.ideal:g}"

    def comparable(self, score: float) -> float:
        """Return a score, or its distance from the ideal value, for which less is better."""
        return score if self.ideal is None else abs(score - self.ideal)

    def is_better(self, score: float, than: float) -> bool:
        """Return whether a score is better than another."""
        one, other = self.comparable(score), self.comparable(than)
        return one > other if self.greater_is_better else one < other

    def tolerance(self, baseline: float) -> float:
        """Return the largest difference from a baseline that counts as unchanged."""
        return max(self.absolute, self.relative * abs(baseline))

    def __call__(
        self,
        y_true: NDArray[np.int8],
        y_pred: NDArray[np.int8],
        y_score: NDArray[np.float64],
        values: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> float:
        """Score predictions; see :class:`lab.metrics.Predictions`."""
        return float(self.function(Predictions(y_true, y_pred, y_score, values or {})))


class Metrics(Registry[Metric]):
    """Metrics by name, in the order of the columns of tables."""

    def shown_in(self, table: Table) -> list[Metric]:
        """Return the metrics that have a column in a table."""
        return [metric for metric in self.values() if table in metric.shown]

    def given(self, columns: Collection[str]) -> dict[str, Metric]:
        """Return the metrics that can be computed where rows have these value columns."""
        return {name: one for name, one in self.items() if set(one.columns) <= set(columns)}

    @property
    def columns(self) -> dict[str, str]:
        """Value columns that metrics ask for, each with these metrics in words."""
        found: dict[str, list[str]] = {}
        for metric in self.values():
            for column in metric.columns:
                found.setdefault(column, []).append(f"metric {metric.name!r}")
        return {column: " and ".join(metrics) for column, metrics in found.items()}
