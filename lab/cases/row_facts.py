"""Facts about the rows of a table that predictions do not repeat: times and value columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RowFacts:
    """Times and value columns of a dataset, by the row of the table as read.

    Attributes
    ----------
    row : ndarray of shape (n_rows,), dtype int64
        Rows of the table as read, counted from 0, in ascending order.
    time : ndarray of shape (n_rows,), dtype float64, or None
        When each row was observed.
    unit : {"days", "seconds", ""}
        Unit of time; empty for numbers whose unit is unknown.
    values : mapping of str to ndarray of shape (n_rows,)
        Value columns of the table.
    """

    row: NDArray[np.int64]
    time: Floats | None = None
    unit: str = ""
    values: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Return the facts about a dataset's rows."""
        row = np.arange(dataset.rows) if dataset.row_numbers is None else dataset.row_numbers
        time = None if dataset.time is None else dataset.time.to_numpy()
        table = dataset.values
        values = {} if table is None else {str(name): table[name].to_numpy() for name in table}
        return cls(np.asarray(row, dtype=np.int64), time, dataset.time_unit, values)

    @classmethod
    def read(cls, table: pd.DataFrame, unit: str, headings: Mapping[str, str]) -> Self:
        """Return the facts in the part of ``rows.parquet`` that is about a dataset.

        Parameters
        ----------
        table : DataFrame with columns ``dataset row group time``, then values
            The rows of the dataset.
        unit : {"days", "seconds", ""}
            Unit of time.
        headings : mapping of str to str
            The heading of each value column that is read if the dataset has it.
        """
        table = table.sort_values("row")
        time = table["time"].to_numpy(dtype=np.float64)
        values = {
            name: table[heading].to_numpy(dtype=np.float64)
            for name, heading in headings.items()
            if heading in table and table[heading].notna().all()
        }
        known = None if np.isnan(time).any() else time
        return cls(table["row"].to_numpy(dtype=np.int64), known, unit, values)

    def place(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the places of rows of the table in the arrays.

        Raises
        ------
        ValueError
            A row is unknown.
        """
        places = np.minimum(np.searchsorted(self.row, rows), len(self.row) - 1)
        if unknown := rows[self.row[places] != rows].tolist():
            raise ValueError(f"row {unknown[0]} has no values: predictions are of another table")
        return places
