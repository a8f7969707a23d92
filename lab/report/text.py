"""Lines and tables of text that fit a terminal."""

from __future__ import annotations

import json
import textwrap
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lab.options import assignments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lab.cases import Result

Text = tuple[str, bool]  # a piece of text, and whether it is bold
GAP = "  "  # between columns
LEAST_ROOM = 30  # columns for the last cell of a row; with less it goes below the others
INDENT = "    "
MISSING = "-"  # in a cell without a value


def plain(*lines: str) -> Iterator[Text]:
    """Yield lines without bold text."""
    for line in lines:
        yield f"{line}\n", False


def markdown(row: Sequence[str]) -> str:
    """Return a row of a Markdown table, with bars and line ends in its cells escaped."""
    cells = (" ".join(cell.split()).replace("|", r"\|") for cell in row)
    return f"| {' | '.join(cells)} |"


def case_names(results: Iterable[Result], part: str) -> list[str]:
    """Return the distinct names of a part of the cases, such as ``model``, in order."""
    return list(dict.fromkeys(getattr(result.case, part) for result in results))


def aligned(rows: Sequence[Sequence[str]], alignments: Sequence[str]) -> list[str]:
    """Return rows of cells as lines with aligned columns.

    Parameters
    ----------
    rows : sequence of sequence of str
        Rows, which may start with the titles.
    alignments : sequence of str
        ``<`` or ``>`` for each column.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        GAP.join(
            f"{cell:{align}{width}}"
            for cell, align, width in zip(row, alignments, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def fitted(
    rows: Sequence[Sequence[str]], alignments: str, width: int | None, *, cut: bool = False
) -> list[str]:
    """Return rows of cells with aligned columns, in lines that fit a terminal.

    A long last cell is wrapped in its column. If more does not fit, the last cells go below the
    others.

    Parameters
    ----------
    rows : sequence of sequence of str
        Rows, which may start with the titles.
    alignments : str
        ``<`` or ``>`` for each column.
    width : int or None
        Columns of the terminal; if None, each row is one line.
    cut : bool
        Whether the last cells are cut instead of wrapped.
    """
    lines = aligned(rows, alignments)
    if width is None or max(map(len, lines)) <= width:
        return lines
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ends = list(accumulate(number + len(GAP) for number in widths))
    last = len(widths) - 1
    beside = max(1, sum(end - len(GAP) <= width for end in ends[:last]))
    start = ends[last - 1]
    is_below = beside < last or width - start < min(LEAST_ROOM, widths[last])
    indent = INDENT if is_below else " " * start
    room = max(1, width - len(indent))
    heads = aligned([row[:beside] for row in rows], alignments[:beside])
    texts = []
    for head, row in zip(heads, rows, strict=True):
        tail = GAP.join(filter(None, row[beside:]))
        first, *more = [shortened(tail, room)] if cut else wrapped(tail, room)
        begin = head if is_below else f"{head:{start}}{first}"
        below = [first, *more] if is_below and first else more
        texts.append("\n".join([begin.rstrip(), *(indent + line for line in below)]))
    return texts


def wrapped(text: str, width: int | None, indent: str = "") -> list[str]:
    """Return a text wrapped to a width, its lines indented from the second on."""
    if width is None:
        return [text]
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=not indent
    ) or [""]


def shortened(text: str, width: int) -> str:
    """Return a text cut to a width, with an ellipsis at its end."""
    return text if len(text) <= width else f"{text[: width - 1]}\u2026"


def listing(
    facts: Sequence[Any], rows: Sequence[Sequence[str]], alignments: str, style: str, **how: Any
) -> Iterator[Text]:
    """Yield a list, either as JSON or as a table with bold titles.

    Parameters
    ----------
    facts : sequence
        Content of the JSON.
    rows : sequence of sequence of str
        Content of the table, titles first.
    alignments : str
        ``<`` or ``>`` for each column.
    style : {"text", "json"}
        Format.
    **how
        ``width`` and ``cut`` of :func:`fitted`.
    """
    if style == "json":
        yield from plain(json.dumps(facts, indent=2))
        return
    titles, *lines = fitted(rows, alignments, **how)
    yield titles, True
    yield from plain("", *lines)


def words(value: Any) -> str:
    """Return the text of a cell for a value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if value is None:
        return MISSING
    if isinstance(value, dict):
        value = assignments(value)
    return ", ".join(value) if isinstance(value, (list, tuple)) else str(value)
