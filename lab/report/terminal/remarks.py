"""What was made of the user's own data, and what was left out of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.cases import NO_ROW
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.cases import Case, Protocol, Result
    from lab.datasets import Entry


def data_lines(entries: Iterable[Entry]) -> list[str]:
    """Return a line on each dataset that there is something to say of, and one for each note."""
    lines = []
    for entry in entries:
        if entry.notes:
            size = f"{entry.rows:,} rows, {entry.columns} features"
            missing = counted(entry.missing or 0, "missing value")
            kinds = f"{entry.categorical} categorical, {missing}"
            lines.append(f"{entry.name}: {size}, {kinds}")
            lines += [f"  {note}" for note in entry.notes]
    return lines


def skipped_lines(
    cases: Iterable[Case],
    protocol: Protocol,
    refusals: Mapping[Case, str],
    results: Iterable[Result] = (),
) -> list[str]:
    """Return which cases a strategy can do nothing with, or does otherwise, a line a reason.

    Parameters
    ----------
    cases : iterable of Case
        All that were selected.
    protocol : Protocol
        How they are cross-validated.
    refusals : mapping of Case to str
        Why there is no result of some of them, where only the attempt showed it.
    results : iterable of Result
        Those that there are.
    """
    found: dict[str, list[str]] = {}
    idle = {result.case for result in results if NO_ROW in result.notes}
    for case in cases:
        if reason := case.unsuited:
            found.setdefault(f"{case.strategy} is left out, {reason}", []).append(case.model)
        elif reason := case.problem(protocol):
            found.setdefault(f"{case.strategy} is left out, {reason}", []).append(case.dataset)
        elif reason := refusals.get(case, "").removeprefix(f"{case.id}: "):
            what = f"{case.dataset}-{case.model}"
            found.setdefault(f"{case.strategy} is left out, {reason}", []).append(what)
        elif case in idle:
            found.setdefault(f"{case.strategy}: {NO_ROW}", []).append(case.dataset)
        elif reason := case.remark(protocol):
            found.setdefault(f"{case.strategy}: {reason}", []).append(case.dataset)
    return [f"{reason}: {', '.join(dict.fromkeys(names))}" for reason, names in found.items()]
