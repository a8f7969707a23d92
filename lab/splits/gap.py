"""Gap between training and test rows in time: the delay until an outcome is known."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lab.splits.error import ProtocolError

if TYPE_CHECKING:
    from numpy.typing import NDArray

AMOUNT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)\s*", re.IGNORECASE)
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
OWN_UNIT = {"days": SECONDS["d"], "seconds": SECONDS["s"]}  # of a time column
ROWS = "rows"


@dataclass(frozen=True)
class Gap:
    """Amount that is left out between training and test.

    Attributes
    ----------
    amount : float
        0 or more.
    unit : str
        ``rows``, a unit of time, or empty for the unit of the time column.
    """

    amount: float
    unit: str

    @classmethod
    def parse(cls, text: str) -> Gap:
        """Return the gap that a text describes.

        Raises
        ------
        ProtocolError
            The text is not an amount.

        Examples
        --------
        >>> Gap.parse("7d"), str(Gap.parse("100 rows")), str(Gap.parse("2.50"))
        (Gap(amount=7.0, unit='d'), '100rows', '2.5')
        """
        found = AMOUNT.fullmatch(text)
        unit = found[2].lower() if found else "?"
        if not found or unit not in ("", ROWS, *SECONDS):
            raise ProtocolError(
                f"--gap {text!r} is not an amount: use, for example, 7d, 12h or 100rows, or a "
                "number in the unit of the time column"
            )
        amount = float(found[1])
        if unit == ROWS and not amount.is_integer():
            raise ProtocolError(f"--gap {text!r}: a number of rows must be whole")
        return cls(amount, unit)

    def __str__(self) -> str:
        """Return the gap as one would type it."""
        return f"{self.amount:.12g}{self.unit}"

    def known(self, time: NDArray[np.float64], start: int, unit: str) -> int:
        """Return how many of the first rows are known when the row number ``start`` is predicted.

        Parameters
        ----------
        time : ndarray of shape (n_rows,)
            Ascending times. Rows with equal times are kept together.
        start : int
            The first test row.
        unit : {"days", "seconds", ""}
            Unit of the times.

        Raises
        ------
        ProtocolError
            The gap has a unit of time, and the times are plain numbers.

        Examples
        --------
        >>> Gap.parse("2").known(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 4, unit="")
        2
        """
        if self.unit == ROWS:
            last = max(0, start - int(self.amount))
            return int(np.searchsorted(time[:start], time[last])) if last < start else start
        amount = self.amount
        if self.unit:
            if not unit:
                raise ProtocolError(
                    f"--gap {self} has a unit, and the time column holds plain numbers: give the "
                    "gap as a number, or in rows"
                )
            amount *= SECONDS[self.unit] / OWN_UNIT[unit]
        # Rounded outwards, so that a row is not taken as known for an error in the last bit.
        limit = math.nextafter(time[start] - amount, -math.inf) if amount else time[start]
        return int(np.searchsorted(time, limit))
