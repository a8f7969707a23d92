"""Which datasets there are, and what was made of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.cases import NO_ROW
from lab.report.text import Text, listing, plain, words, wrapped
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

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


def unrecorded_lines(files: Iterable[Path]) -> list[str]:
    """Return a line for each baseline that could be and is not."""
    return [
        f"Nothing is expected of these cases yet: --update-baseline records them in {path}"
        for path in dict.fromkeys(files)
        if not path.exists()
    ]


NAMES = (
    *("name", "group", "rows", "features", "categorical", "missing", "minority", "at_hand"),
    *("licence", "title"),
)
ALIGNED = "<<>>>>><<<"
NOT_AT_HAND = (
    "What is not at hand is downloaded when a session first needs it; till then its figures are "
    "those of its publishers."
)


def dataset_list(entries: Iterable[Entry], style: str, width: int | None = None) -> Iterator[Text]:
    """Yield what is known of datasets, one a row, or as JSON.

    Parameters
    ----------
    entries : iterable of Entry
        The datasets.
    style : {"text", "json"}
        The form.
    width : int, optional
        Columns of the terminal, if there is one.
    """
    facts = [_facts(entry) for entry in entries]
    rows = [[_text(name, value) for name, value in one.items()] for one in facts]
    yield from listing(facts, [NAMES, *rows], ALIGNED, style, width=width)
    if style == "text" and not all(one["at_hand"] for one in facts):
        yield from plain("", *wrapped(NOT_AT_HAND, width))


def _facts(entry: Entry) -> dict[str, Any]:
    share = entry.minority_rows / entry.rows if entry.rows else None
    sizes = (entry.rows or None, entry.columns or None, entry.categorical, entry.missing, share)
    values = (entry.name, entry.group, *sizes, entry.at_hand, entry.licence, entry.title)
    return dict(zip(NAMES, values, strict=True))


def _text(name: str, value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2%}"
    return words(value) or ("-" if name != "title" else "")


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
