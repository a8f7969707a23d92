"""Column of a CSV file: its cells, read block by block as one kind."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.reading.notation import shows_decimals

if TYPE_CHECKING:
    import pyarrow as pa

TEXT = "text"
# Kinds of cells, in the order in which they are tried, with their Arrow types.
TYPES = {
    "boolean": ("bool_",),
    "number": ("float64",),
    "number with a comma": ("float64",),
    "date": ("timestamp", "us"),
    "instant": ("timestamp", "us", "UTC"),  # a date with its offset from UTC
}
DECIMAL_SIGNS = {"number": ".", "number with a comma": ","}
FIRST_CELLS = 1000  # searched for decimals before all others, and in each block for codes


class CsvColumn:
    """Cells of a column read so far, all of one kind."""

    def __init__(self, kind: str = "") -> None:
        self.kind = kind
        self.sign = ""  # the decimal sign, once a cell has shown it
        self.example = ""  # such a cell
        self.remark = ""  # how a number that may be a code was read
        self.words: Counter[str] = Counter()  # those that mean a missing value
        self._parts: list[pa.Array | int] = []  # a number stands for that many missing cells

    def add(self, cells: pa.Array) -> bool:
        """Add cells if they are of the same kind as those before; return whether they are."""
        import pyarrow as pa

        if cells.null_count == len(cells):
            self._parts.append(len(cells))
            return True
        for kind in self._possible():
            try:
                part = _read_as(kind, cells)
            except pa.ArrowInvalid:
                continue
            may_be_code = kind in DECIMAL_SIGNS and not (self.sign or self.remark)
            if kind in DECIMAL_SIGNS and not self.sign and _has_sign(cells, DECIMAL_SIGNS[kind]):
                if not _shows_decimals(cells, DECIMAL_SIGNS[kind]):
                    break  # the sign may separate thousands, which the whole column shows
                self.sign = DECIMAL_SIGNS[kind]
                self.example = _first(cells, f"[{self.sign}]")
            if may_be_code:
                self.remark = _remark(cells[:FIRST_CELLS], part)
            self.kind = kind
            self._parts.append(part)
            return True
        if self.kind:
            return False
        self.kind = TEXT
        self._parts.append(cells.dictionary_encode())
        return True

    def _possible(self) -> list[str]:
        if not self.kind:
            return [*TYPES, TEXT]
        # Whole numbers may be followed by numbers with any decimal sign.
        return list(DECIMAL_SIGNS) if self.kind in DECIMAL_SIGNS and not self.sign else [self.kind]

    def joined(self) -> pa.ChunkedArray:
        """Return all cells as one column."""
        import pyarrow as pa

        kind = next((part.type for part in self._parts if not isinstance(part, int)), pa.null())
        parts = [pa.nulls(p, kind) if isinstance(p, int) else p for p in self._parts]
        joined = pa.chunked_array(parts, kind)
        return joined.unify_dictionaries() if self.kind == TEXT else joined


def _read_as(kind: str, cells: pa.Array) -> pa.Array:
    import pyarrow as pa
    from pyarrow import compute as pc

    if kind == TEXT:
        return cells.dictionary_encode()
    if kind == "boolean":
        cells = pc.utf8_lower(cells)
        if not pc.all(pc.is_in(cells, value_set=pa.array(["true", "false", None]))).as_py():
            raise pa.ArrowInvalid("neither true nor false")
        return pc.equal(cells, "true")
    if DECIMAL_SIGNS.get(kind) == ",":
        if _has_sign(cells, "."):
            raise pa.ArrowInvalid("both signs")
        cells = pc.replace_substring(cells, ",", ".")
    name, *arguments = TYPES[kind]
    return cells.cast(getattr(pa, name)(*arguments))


def _has_sign(cells: pa.Array, sign: str) -> bool:
    """Return whether a character is in some cell; faster than a look at each."""
    start, end = cells.offset, cells.offset + len(cells)
    offsets = np.frombuffer(cells.buffers()[1], np.int32)
    content = memoryview(cells.buffers()[2])[offsets[start] : offsets[end]]
    return re.search(re.escape(sign).encode(), content) is not None


def _shows_decimals(cells: pa.Array, sign: str) -> bool:
    return shows_decimals(cells[:FIRST_CELLS], sign) or shows_decimals(cells, sign)


def _first(cells: pa.Array, pattern: str) -> str:
    """Return the first cell that contains a pattern; an empty text without one."""
    from pyarrow import compute as pc

    position = pc.index(pc.match_substring_regex(cells, pattern), True).as_py()
    return str(cells[position].as_py()) if position >= 0 else ""


def _remark(cells: pa.Array, numbers: pa.Array) -> str:
    """Return how a number is read that may be a code, such as 007 or 12E4."""
    from pyarrow import compute as pc

    pattern = r"^[-+]?(0\d|\d+[eE]\d)"
    position = pc.index(pc.match_substring_regex(cells, pattern), True).as_py()
    return (
        f"{cells[position].as_py()!r} is {numbers[position].as_py():.15g}" if position >= 0 else ""
    )
