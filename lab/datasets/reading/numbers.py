"""Numbers that were read as text, since a dot or comma may separate thousands in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.datasets.reading.columns import is_number, is_text, levels_of, quoted, with_levels
from lab.datasets.reading.notation import (
    KINDS,
    MINUS,
    NUMBER,
    NUMBERS,
    SIGNS,
    Notation,
    Signs,
    decide,
    matches,
)
from lab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pyarrow as pa

    from lab.datasets.reading.table import Table

SEARCHED = 1000  # distinct cells in which an example is looked for
# A number with a unit before or after it, such as $ 12.50, 7 % or 28 kg.
PARTS = (
    rf"^(?P<before>[^\d.,()+-]*)(?P<number>{MINUS}\s*{NUMBER})(?P<after>\s*[^\d.,()\s+-][^\d]*|)$"
)


def recognise(
    path: Path,
    table: Table,
    file: Signs,
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
    file : Signs
        Decimal sign of the file's other columns.
    wanted : collection of str
        Columns that the user wants as numbers: a currency or percent sign is left out.
    only_wanted : bool
        Whether all other columns stay text.

    Raises
    ------
    TableError
        Cells of a column contradict each other, or nothing shows what its dots or commas separate.
    """
    for name, cells in table.columns.items():
        if not is_text(cells) or name in table.declared or (only_wanted and name not in wanted):
            continue
        levels = levels_of(cells)
        plain, unit = _without_unit(levels) if name in wanted else (levels, "")
        if not len(plain) or not _are_numbers(plain):
            if name in wanted:
                _refuse(path, name, cells, levels, plain)
            continue
        notation = decide(plain, file)
        values = notation.numbers(plain) if isinstance(notation, Notation) else None
        if values is None or not isinstance(notation, Notation):
            raise TableError(f"{path}: {_undecided(name, cells, notation)}")
        table.notations[name] = replace(notation, unit=unit)
        table.columns[name] = with_levels(cells, values)
        if shown := _example(levels, values):
            table.remarks[name] = shown


def _without_unit(levels: pa.Array) -> tuple[pa.Array, str]:
    """Return texts without the unit that is before or after the number in all, and the unit."""
    from pyarrow import compute as pc

    parts = pc.extract_regex(levels, PARTS)
    if parts.null_count or not len(parts):
        return levels, ""
    units = {
        (before.strip(), after.strip())
        for before, after in zip(
            pc.struct_field(parts, "before").to_pylist(),
            pc.struct_field(parts, "after").to_pylist(),
            strict=True,
        )
    }
    before, after = units.pop()
    if units or (before and after):
        return levels, ""
    return pc.struct_field(parts, "number"), before or after


def _refuse(
    path: Path, name: str, cells: pa.ChunkedArray, levels: pa.Array, plain: pa.Array
) -> None:
    """Raise an error about a column that the user wants as numbers, which it does not contain.

    Words among numbers are left to the check of all columns.
    """
    fits = matches(plain, KINDS[NUMBERS]).to_numpy(zero_copy_only=False)
    if 2 * fits.sum() >= len(fits):
        return
    text = levels[int((~fits).argmax())].as_py()
    raise TableError(
        f"{path}: column {name!r} has {quoted(text)} in row {_row(cells, text):,}, which "
        "--numeric cannot read: write numbers, all with the same unit or without one"
    )


def _are_numbers(levels: pa.Array) -> bool:
    from pyarrow import compute as pc

    return bool(pc.all(matches(levels, KINDS[NUMBERS])).as_py())


def _example(levels: pa.Array, values: pa.Array) -> str:
    """Return how a number was read that other programs would read otherwise, or not at all."""
    pairs = zip(levels[:SEARCHED].to_pylist(), values[:SEARCHED].to_pylist(), strict=True)
    odd = ((text, value) for text, value in pairs if not is_number(text) or float(text) != value)
    text, value = next(odd, ("", 0.0))
    return f"{text!r} is {value:.15g}" if text else ""


def _undecided(name: str, cells: pa.ChunkedArray, sign: object) -> str:
    """Return what the dots and commas of a column leave open."""
    texts = levels_of(cells).to_pylist()
    if isinstance(sign, str):
        text = next(text for text in texts if sign in text)
        as_thousands, as_decimals = text.replace(sign, ""), text.replace(sign, ".")
        return (
            f"column {name!r} has {text!r} in row {_row(cells, text):,}, which may be "
            f"{as_thousands} or {as_decimals}: write its numbers without separators of thousands"
        )
    shown = list(
        dict.fromkeys(next((text for text in texts if sign in text), "") for sign in SIGNS)
    )
    shown = (shown + texts)[:2] if len(shown) < 2 else shown
    found = " and ".join(f"{text!r} in row {_row(cells, text):,}" for text in shown if text)
    return (
        f"column {name!r} has numbers in several notations, {found}: write them alike, with one "
        "decimal sign"
    )


def _row(cells: pa.ChunkedArray, text: str) -> int:
    """Return the first row with a text, counted from 1."""
    from pyarrow import compute as pc

    return int(pc.index(cells.cast("string"), text).as_py()) + 1
