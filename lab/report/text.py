"""Plain lines: what all parts of a report are made of,."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Text = tuple[str, bool]  # some text, and whether to print it bold


def plain(*lines: str) -> Iterator[Text]:
    """Yield lines without bold text."""
    for line in lines:
        yield f"{line}\n", False


def aligned(rows: Sequence[Sequence[str]], alignments: Sequence[str]) -> list[str]:
    """Return rows of cells as lines, each column as wide as its widest cell.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first may be the titles.
    alignments : sequence of str
        For each column ``<`` or ``>``.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:{align}{width}}"
            for cell, align, width in zip(row, alignments, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
