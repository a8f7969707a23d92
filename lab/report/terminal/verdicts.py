"""Tables of verdicts: of claims over datasets, and of observations on cases."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from lab.observations.effects import NO_CHANGE
from lab.observations.verdict import Verdict
from lab.report.text import Text, plain
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lab.cases import Case
    from lab.observations.record import ObservationRecord

    Cells = dict[tuple[str, str], ObservationRecord]  # by row and column


def observation_lines(observations: Sequence[ObservationRecord], where: str = "") -> Iterator[Text]:
    """Yield the number of each verdict, the unexpected contradictions, and where to find all."""
    counts = Counter(record.verdict for record in observations)
    exceptions = sum(record.is_exception for record in observations)
    recorded = f"; {counted(exceptions, 'exception')} as recorded" if exceptions else ""
    new = sum(record.guarded and record.expected is None for record in observations)
    unrecorded = f"; {new} without a recorded verdict" if new else ""
    number = counted(len(observations), "observation")
    yield from plain(
        f"{number}: {counts[Verdict.HOLDS]} hold, {counts[Verdict.INCONCLUSIVE]} inconclusive, "
        f"{counts[Verdict.CONTRADICTED]} contradicted{recorded}{unrecorded}"
    )
    surprises = [record for record in observations if record.surprising]
    for record in sorted(surprises, key=lambda record: record.subject):
        if record.verdict is Verdict.CONTRADICTED:
            what = f"{record.subject}: {record.statement}: {record.figures}"
            yield from plain(f"  contradicted: {what}")
    yield from plain(*filter(None, [where]), "")


def claim_table(claims: Sequence[ObservationRecord], width: int) -> Iterator[Text]:
    """Yield a table of claims over datasets: claims in rows, models in columns.

    A cell has the mean effect over datasets and the verdict, bold if it holds.

    Parameters
    ----------
    claims : sequence of ObservationRecord
        Claims, at least one.
    width : int
        Columns of the terminal. Models that do not fit follow below.
    """
    cells = {(claim.name, claim.subject): claim for claim in claims}
    yield from _table(f"mean over {claims[0].pairs} datasets", cells, width)


def case_tables(
    observations: Iterable[tuple[Case, ObservationRecord]], width: int
) -> Iterator[Text]:
    """Yield a table for each dataset: observations in rows, models in columns.

    A cell has the mean effect over folds, half the width of its interval, and the verdict. A
    difference that is 0 in every fold is told in words, since it is no evidence.

    Parameters
    ----------
    observations : iterable of (Case, ObservationRecord)
        Observations, each with its case.
    width : int
        Columns of the terminal.
    """
    tables: dict[str, Cells] = {}
    for case, record in observations:
        row = f"{case.strategy}: {record.name}"
        tables.setdefault(case.dataset, {})[row, case.model] = record
    for dataset, cells in tables.items():
        yield from _table(dataset, cells, width)


def _table(head: str, cells: Cells, width: int) -> Iterator[Text]:
    """Yield a table of verdicts; columns that do not fit follow below."""
    names = list(dict.fromkeys(row for row, _ in cells))
    columns = list(dict.fromkeys(column for _, column in cells))
    texts = {place: _cell(record) for place, record in cells.items()}
    left = max(map(len, [head, *names])) + 2
    widths = [
        max(len(column), *(len(t) for (_, c), t in texts.items() if c == column)) + 2
        for column in columns
    ]
    start = 0
    while start < len(columns):
        end = start + 1
        while end < len(columns) and left + sum(widths[start : end + 1]) - 2 <= width:
            end += 1
        block = range(start, end)
        titles = (f"{columns[i]:{widths[i]}}" for i in block)
        yield from plain(f"{head:{left}}{''.join(titles)}".rstrip())
        for name in names:
            gap = f"{name:{left}}"
            for i in block:
                text = texts.get((name, columns[i]), "-")
                yield gap, False
                yield text, text.endswith("holds")
                gap = " " * (widths[i] - len(text))
            yield "\n", False
        yield "\n", False
        start = end


def _cell(record: ObservationRecord) -> str:
    if record.is_unchanged:
        return f"{NO_CHANGE}: {record.verdict}"
    sign = "+" if record.is_difference else ""
    effect = f"{record.effect:{sign}z.3f}"
    half = (record.high - record.low) / 2
    if not record.is_claim and math.isfinite(half):  # on a dataset the interval is symmetric
        effect += f" \u00b1{half:.3f}"
    return f"{effect} {record.verdict}"
