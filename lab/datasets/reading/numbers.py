"""Numbers that were read as text, since a dot or comma may separate thousands in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.datasets.reading.notation import KINDS, NUMBERS, SIGNS, UNIT, Notation, decide, matches
from lab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pyarrow as pa

    from lab.datasets.reading.table import Table


def recognise(
    path: Path,
    table: Table,
    usual: str,
    wanted: Collection[str] = (),
    *,
    only_wanted: bool = False,
) -> None:
    """Turn columns of text into numbers where all their cells are numbers.

    Parameters
    ----------
    path : Path
        The file, for error messages.
    table : Table
        Its columns are replaced, and get a remark.
    usual : str
        Decimal sign of the file's other columns; empty if these do not show it.
    wanted : collection of str
        Columns that the user wants as numbers: a currency or percent sign is left out.
    only_wanted : bool
        Whether all other columns stay text.

    Raises
    ------
    TableError
        Cells of a column contradict each other, or nothing shows what its dots or commas separate.
    """
    import pyarrow as pa
    from pyarrow import compute as pc

    for name, cells in table.columns.items():
        is_text = pa.types.is_dictionary(cells.type) and name not in table.declared
        if not is_text or (only_wanted and name not in wanted):
            continue
        levels = _levels(cells)
        unit = _unit(levels) if name in wanted else ""
        plain = pc.replace_substring_regex(levels, UNIT, "") if unit else levels
        if not len(plain) or not _are_numbers(plain):
            continue
        notation = decide(plain, usual)
        if not isinstance(notation, Notation):
            raise TableError(f"{path}: {_undecided(name, cells, notation)}")
        values = notation.numbers(plain)
        table.notations[name] = replace(notation, unit=unit)
        table.columns[name] = pa.chunked_array(
            [values.take(chunk.indices) for chunk in cells.chunks], values.type
        )
        if shown := _example(levels, values):
            table.remarks[name] = shown


def _levels(cells: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    return cells.chunk(0).dictionary if cells.num_chunks else pa.array([], pa.string())


def _unit(levels: pa.Array) -> str:
    """Return the currency or percent sign of texts, if all that have one have the same."""
    from pyarrow import compute as pc

    found = pc.struct_field(pc.extract_regex(levels, f"(?P<unit>{UNIT})"), "unit")
    signs = {unit.strip() for unit in pc.unique(found.drop_null()).to_pylist()}
    return str(signs.pop()) if len(signs) == 1 else ""


def _are_numbers(levels: pa.Array) -> bool:
    from pyarrow import compute as pc

    return bool(pc.all(matches(levels, KINDS[NUMBERS])).as_py())


def _example(levels: pa.Array, values: pa.Array) -> str:
    """Return how a number with a separator of thousands or a unit was read."""
    from pyarrow import compute as pc

    odd = matches(levels, r".*(\d[^\dEe+-]\d{3}\b|[^\d.,Ee+-]).*")
    position = pc.index(odd, True).as_py()
    if position < 0:
        position = next((i for i, text in enumerate(levels.to_pylist()) if "," in text), -1)
    if position < 0:
        return ""
    return f"{levels[position].as_py()!r} is {values[position].as_py():.15g}"


def _undecided(name: str, cells: pa.ChunkedArray, sign: object) -> str:
    """Return what the dots and commas of a column leave open."""
    texts = _levels(cells).to_pylist()
    if isinstance(sign, str):
        text = next(text for text in texts if sign in text)
        as_thousands, as_decimals = text.replace(sign, ""), text.replace(sign, ".")
        return (
            f"column {name!r} has {text!r} in row {_row(cells, text):,}, which may be "
            f"{as_thousands} or {as_decimals}: write its numbers without separators of thousands"
        )
    shown = [next((text for text in texts if sign in text), "") for sign in SIGNS]
    found = " and ".join(f"{text!r} in row {_row(cells, text):,}" for text in shown if text)
    return (
        f"column {name!r} has numbers in several notations, {found}: write them alike, with one "
        "decimal sign"
    )


def _row(cells: pa.ChunkedArray, text: str) -> int:
    """Return the first row with a text, counted from 1."""
    from pyarrow import compute as pc

    return int(pc.index(cells.cast("string"), text).as_py()) + 1
