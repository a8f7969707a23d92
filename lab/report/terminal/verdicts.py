"""What a session found: verdicts on cases, and on models over all datasets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from lab.report.text import Text, plain
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.cases import Case


def observation_lines(observations: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    """Yield how many observations got which verdict, then each contradiction of a record.

    Parameters
    ----------
    observations : sequence of mapping
        Facts of observations, see :meth:`lab.observations.observation.Observation.facts`.
    """
    counts = Counter(facts["verdict"] for facts in observations)
    exceptions = [o for o in observations if o["verdict"] == o["expected"] != "holds"]
    recorded = f"; {counted(len(exceptions), 'exception')} as recorded" if exceptions else ""
    number = counted(len(observations), "observation")
    yield from plain(
        f"{number}: {counts['holds']} hold, {counts['inconclusive']} inconclusive, "
        f"{counts['contradicted']} contradicted{recorded}"
    )
    contradicted = (
        facts
        for facts in observations
        if facts["verdict"] == "contradicted" and facts["expected"] not in ("", "contradicted")
    )
    for facts in sorted(contradicted, key=lambda o: str(o["subject"])):
        yield from plain("  contradicted: {subject}: {statement}: {figures}".format(**facts))
    yield "\n", False


def claim_table(claims: Sequence[Mapping[str, Any]], width: int) -> Iterator[Text]:
    """Yield a table of claims over datasets: one a row, models in columns.

    A cell is the mean effect over datasets and the verdict, bold if it holds.

    Parameters
    ----------
    claims : sequence of mapping
        Facts of observations whose subject is a model.
    width : int
        Columns of the terminal. As many models stand side by side as fit.
    """
    cells = {(facts["observation"], facts["subject"]): facts for facts in claims}
    yield from _table(f"mean over {claims[0]['pairs']} datasets", cells, width)


def case_tables(
    observations: Sequence[Mapping[str, Any]], cases: Mapping[str, Case], width: int
) -> Iterator[Text]:
    """Yield for each dataset a table of what was observed: observations in rows, models in columns.

    A cell is the mean effect over folds, half the width of its interval, and the verdict.

    Parameters
    ----------
    observations : sequence of mapping
        Facts of observations whose subject is a case.
    cases : mapping of str to Case
        The cases by id.
    width : int
        Columns of the terminal.
    """
    tables: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for facts in observations:
        case = cases[facts["subject"]]
        row = f"{case.strategy}: {facts['observation']}"
        tables.setdefault(case.dataset, {})[row, case.model] = facts
    for dataset, cells in tables.items():
        yield from _table(dataset, cells, width)


def _table(
    head: str, cells: Mapping[tuple[str, str], Mapping[str, Any]], width: int
) -> Iterator[Text]:
    """Yield a table of verdicts by row and column; columns that do not fit follow below."""
    names = list(dict.fromkeys(row for row, _ in cells))
    columns = list(dict.fromkeys(column for _, column in cells))
    texts = {place: _cell(facts) for place, facts in cells.items()}
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


def _cell(facts: Mapping[str, Any]) -> str:
    sign = "+" if " above " in facts["statement"] else ""  # of a difference, not of a score
    effect = f"{facts['effect']:{sign}z.3f}"
    if facts["subject"] in facts["cases"] and None not in (facts["low"], facts["high"]):
        effect += f" \u00b1{(facts['high'] - facts['low']) / 2:.3f}"  # symmetric on a dataset
    return f"{effect} {facts['verdict']}"
