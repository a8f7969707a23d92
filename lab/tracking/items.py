"""A result as MLflow's metrics, parameters and inputs. Nothing is sent here."""

from __future__ import annotations

import json
import math
import time
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    from mlflow.entities import DatasetInput, Metric

    from lab.cases import Result
    from lab.datasets.column import Column
    from lab.datasets.dataset import Dataset
    from lab.observations.record import ObservationRecord


ROW_COLUMNS = ("dataset", "row", "group", "time")  # of the table of rows, before the values


def metrics(result: Result) -> Iterator[Metric]:
    """Yield all metrics of a result.

    Each has its mean over folds under its plain name, its standard deviation as ``NAME_std``, and
    every fold as ``fold/NAME``. Seconds and rows of each class have no standard deviation. Scores
    on a holdout are ``holdout/NAME``, with the ends of their intervals.
    """
    series = result.scores | result.seconds | result.class_counts
    for name, values in series.items():
        yield from metrics_of({name: fmean(values)}, step=0)
        for fold, value in enumerate(values):
            yield from metrics_of({f"fold/{name}": value}, step=fold)
    yield from metrics_of({f"{name}_std": result.std(name) for name in result.scores}, step=0)
    if result.holdout:
        yield from metrics_of(result.holdout.figures, step=0)


def params(result: Result) -> dict[str, Any]:
    """Return the parameters of a result's run."""
    case = result.case
    return {
        **result.params,
        "dataset": case.dataset,
        "strategy": case.strategy,
        "model": case.model,
        **result.protocol.params,
    }


def dataset_input(result: Result) -> DatasetInput:
    """Return the dataset of a result as a run's input, with the digest of its full content."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    facts = result.dataset
    profile = {"num_rows": facts["rows"], "num_minority_rows": facts["minority_rows"]}
    dataset = Dataset(
        name=facts["name"],
        digest=facts["digest"],
        source_type="local",
        source=json.dumps({"uri": facts["source"]}),
        profile=json.dumps(profile | {"num_columns": facts["columns"]}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "evaluation")])


def metrics_of(values: Mapping[str, float], step: int) -> Iterator[Metric]:
    """Yield values as metrics at one step."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    for name, value in values.items():
        yield Metric(name, float(value), now, step)


def observation_table(observations: Sequence[ObservationRecord]) -> dict[str, list[str]]:
    """Return observations as the columns of a readable table, one row each."""
    rows = [
        {
            "on": record.subject,
            "verdict": str(record.verdict),
            "statement": record.statement,
            **dict(zip(("effect", "interval"), record.figures.split(" ", 1), strict=True)),
            "expected verdict": str(record.expected or "none recorded"),
            "reason": record.reason,
            "basis": record.basis,
            "observation": record.name,
        }
        for record in observations
    ]
    return {column: [row[column] for row in rows] for column in rows[0]}


def row_table(known: Iterable[Dataset]) -> pd.DataFrame:
    """Return groups, times and values of rows by dataset and row of the table as read.

    Returns
    -------
    DataFrame with columns ``dataset row group time``, then one for each value column
        Groups are text. Times are numbers in the column's own unit; dates are days since 1970.
        Value columns are called as :func:`value_heading` says, and NaN where a dataset lacks one.
    """
    import numpy as np
    import pandas as pd

    tables = []
    for one in known:
        numbers = np.arange(one.rows) if one.row_numbers is None else one.row_numbers
        group = None if one.group is None else one.group.astype(object).map(_as_text)
        time = np.nan if one.time is None else one.time
        columns = {"dataset": one.name, "row": numbers, "group": group, "time": time}
        if one.values is not None:
            columns |= {value_heading(name): one.values[name] for name in one.value_columns}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def value_heading(name: str) -> str:
    """Return what a value column is called in :func:`row_table`: as in the user's table, if free.

    Examples
    --------
    >>> value_heading("amount"), value_heading("time"), value_heading("value time")
    ('amount', 'value time', 'value value time')
    """
    rest = name
    while rest.startswith("value "):
        rest = rest.removeprefix("value ")
    return f"value {name}" if rest in ROW_COLUMNS else name


def _as_text(value: Any) -> str | None:
    if isinstance(value, float):
        return None if math.isnan(value) else f"{value:.17g}"
    return str(value)


def column_table(columns: Mapping[str, Sequence[Column]]) -> dict[str, list[str]]:
    """Return how columns were read, by dataset, as the columns of a table, one row each."""
    rows = [(name, one) for name, some in columns.items() for one in some]
    return {
        "dataset": [name for name, _ in rows],
        "column": [one.name for _, one in rows],
        "kind": [one.kind for _, one in rows],
        "treatment": [one.treatment for _, one in rows],
        "missing": [f"{one.missing:,}" for _, one in rows],
        "remark": [one.remark for _, one in rows],
    }
