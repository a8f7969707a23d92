"""Plain lines: what all parts of a report are made of."""

from __future__ import annotations

import json
import textwrap
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lab.options import assignments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lab.cases import Result

Text = tuple[str, bool]  # some text, and whether to print it bold
GAP = "  "  # between columns
ROOM = 30  # columns that the last cell of a row needs, to be beside the others
INDENT = "    "
MISSING = "-"  # in a cell without a value


def plain(*lines: str) -> Iterator[Text]:
    """Yield lines without bold text."""
    for line in lines:
        yield f"{line}\n", False


def markdown(row: Sequence[str]) -> str:
    """Return a row of a Markdown table; neither a bar nor a line's end in a cell ends it."""
    cells = (" ".join(cell.split()).replace("|", r"\|") for cell in row)
    return f"| {' | '.join(cells)} |"


def case_names(results: Iterable[Result], part: str) -> list[str]:
    """Return the names of one part of the cases, such as their ``model``, each once, in order."""
    return list(dict.fromkeys(getattr(result.case, part) for result in results))


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
        GAP.join(
            f"{cell:{align}{width}}"
            for cell, align, width in zip(row, alignments, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def fitted(
    rows: Sequence[Sequence[str]], alignments: str, width: int | None, *, cut: bool = False
) -> list[str]:
    """Return rows of cells as aligned texts whose lines are no longer than a terminal is wide.

    A long last cell is wrapped in its column. Where more does not fit, the last cells stand below
    the others.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first may be the titles.
    alignments : str
        For each column ``<`` or ``>``.
    width : int or None
        Columns of the terminal; None if there is none: then every row is one line.
    cut : bool
        Whether to cut the last cells instead of wrapping them.
    """
    lines = aligned(rows, alignments)
    if width is None or max(map(len, lines)) <= width:
        return lines
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ends = list(accumulate(number + len(GAP) for number in widths))
    last = len(widths) - 1
    beside = max(1, sum(end - len(GAP) <= width for end in ends[:last]))
    start = ends[last - 1]
    is_below = beside < last or width - start < min(ROOM, widths[last])
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
    """Return a text in lines no longer than a width, all but the first indented."""
    if width is None:
        return [text]
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=not indent
    ) or [""]


def shortened(text: str, width: int) -> str:
    """Return a text in one line no longer than a width, with an ellipsis where it is cut."""
    return text if len(text) <= width else f"{text[: width - 1]}\u2026"


def listing(
    facts: Sequence[Any], rows: Sequence[Sequence[str]], alignments: str, style: str, **how: Any
) -> Iterator[Text]:
    """Yield facts as JSON, or a table of them with bold titles.

    Parameters
    ----------
    facts : sequence
        What JSON has.
    rows : sequence of sequence of str
        What the table has, the titles first.
    alignments : str
        For each column ``<`` or ``>``.
    style : {"text", "json"}
        The form.
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
    """Return a fact as the text of a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if value is None:
        return MISSING
    if isinstance(value, dict):
        value = assignments(value)
    return ", ".join(value) if isinstance(value, (list, tuple)) else str(value)
