"""Comparisons: a session with its baseline, or two sessions."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Literal

from lab.baseline.comparison import Status
from lab.report.text import INDENT, Text, fitted, markdown, plain, wrapped
from lab.wording import and_more, counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from lab.baseline.comparison import Comparison, Move
    from lab.baseline.update import Update

Format = Literal["text", "markdown", "json"]
BASELINE = "the baseline"
LISTED_CASES = 10  # in a line; the rest is counted
COLUMNS = ("status", "metric", "before", "after", "change", "95 % interval", "case")
ALIGNED = "<<>>><<"


def baseline_lines(comparisons: Sequence[Comparison]) -> Iterator[Text]:
    """Yield the number of cases by status, then a line for each case that moved."""
    if reasons := {c.why for c in comparisons if c.asked_for and c.status is Status.INCOMPARABLE}:
        yield from plain(f"Baseline: not compared: {'; '.join(sorted(reasons))}", "")
    if any(not comparison.asked_for for comparison in comparisons):
        yield from plain(f"Baseline: {_counts(comparisons)}", *_packages(comparisons))
        yield from plain(*_new_metrics(comparisons, BASELINE))
        for comparison in _by_size(comparisons):
            more = and_more(len(comparison.moves) - 1)
            what = filter(None, [comparison.why, *map(str, comparison.moves[:1]), more])
            yield from plain(f"  {comparison.case}: {comparison.status}: {'; '.join(what)}")
        yield "\n", False


def update_lines(update: Update, name: str) -> Iterator[Text]:
    """Yield the changes of a baseline file in which cases and verdicts were recorded."""
    new = sum(change.status is Status.NEW for change in update.cases)
    verdicts = f"; {counted(len(update.verdicts), 'verdict')} changed" if update.verdicts else ""
    yield from plain(
        f"{name}: {counted(update.recorded, 'case')} recorded: {new} new, "
        f"{len(update.cases) - new} changed, "
        f"{update.recorded - len(update.cases)} unchanged{verdicts}"
    )
    if added := dict.fromkeys(chain.from_iterable(change.new_metrics for change in update.cases)):
        yield from plain(f"  new metrics: {listed(added)}")
    for change in update.cases:
        text = "; ".join(filter(None, [change.why, *map(str, change.moves)]))
        if change.status is not Status.NEW and (text or not change.new_metrics):
            yield from plain(f"  {change.case}: {text or 'every metric within its tolerance'}")
    yield from plain(*(f"  {change}" for change in update.verdicts), "")


def unrecorded_lines(files: Iterable[Path]) -> list[str]:
    """Return a line for each baseline file that does not exist."""
    return [
        f"No baseline for these cases yet: --update-baseline records them in {path}"
        for path in dict.fromkeys(files)
        if not path.exists()
    ]


def comparison_report(
    before: str,
    after: str,
    comparisons: Sequence[Comparison],
    style: Format = "text",
    width: int | None = None,
) -> str:
    """Return a report on all changes, largest first.

    Parameters
    ----------
    before, after : str
        Names of the two sides.
    comparisons : sequence of Comparison
        Comparison of every case.
    style : {"text", "markdown", "json"}
        Format.
    width : int, optional
        Columns to which text is wrapped; by default it is not.
    """
    if style == "json":
        facts = [comparison.to_json() for comparison in comparisons]
        counts = Counter(comparison.status for comparison in comparisons)
        content = {"before": before, "after": after, "counts": counts, "cases": facts}
        return json.dumps(content, indent=2) + "\n"
    rows = [_row(*pair) for pair in _moves(comparisons)]
    where = BASELINE if before == "baseline" else before
    head = [_counts(comparisons), *_packages(comparisons), *_new_metrics(comparisons, where)]
    if not any(comparison.is_judged for comparison in comparisons):
        head.append("No case was compared.")
    elif not rows:
        head.append("No metric moved beyond its tolerance.")
    if style == "markdown":
        lines = [f"### {before} → {after}", "", *chain.from_iterable((x, "") for x in head)]
        if rows:
            marks = ["---:" if align == ">" else "---" for align in ALIGNED]
            lines += [markdown(row) for row in (COLUMNS, marks, *rows)] + [""]
        lines += [f"- {line}" for line in _left_out(comparisons)]
    else:
        head = [f"{before} -> {after}", *head]
        lines = [*chain.from_iterable(wrapped(line, width, INDENT) for line in head), ""]
        if rows:
            lines += [*fitted([COLUMNS, *rows], ALIGNED, width), ""]
        for line in _left_out(comparisons):
            lines += wrapped(line, width, INDENT)
    return "\n".join(lines).rstrip() + "\n"


def _by_size(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the cases that moved or cannot be compared, largest change first."""
    shown = [c for c in comparisons if c.status not in (Status.UNCHANGED, Status.NEW)]
    return sorted(shown, key=lambda c: -max((abs(move.change) for move in c.moves), default=0.0))


def _moves(comparisons: Sequence[Comparison]) -> list[tuple[str, Move]]:
    pairs = [(comparison.case, move) for comparison in comparisons for move in comparison.moves]
    return sorted(pairs, key=lambda pair: -abs(pair[1].change))


def _row(case: str, move: Move) -> tuple[str, ...]:
    figures = (f"{move.before:.4f}", f"{move.after:.4f}", f"{move.change:+.4f}")
    return (move.status, move.metric, *figures, f"[{move.low:+.4f}, {move.high:+.4f}]", case)


def _counts(comparisons: Sequence[Comparison]) -> str:
    counts = Counter(comparison.status for comparison in comparisons)
    parts = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    return f"{counted(len(comparisons), 'case')}: {parts}" if comparisons else "no cases"


def _packages(comparisons: Sequence[Comparison]) -> list[str]:
    differing = dict(chain.from_iterable(c.versions.items() for c in comparisons))
    text = ", ".join(f"{package} {pair}" for package, pair in sorted(differing.items()))
    return [f"Packages that differ: {text}"] if text else []


def _new_metrics(comparisons: Sequence[Comparison], where: str) -> list[str]:
    """Return a line with the metrics that are missing from the scores compared with."""
    counts = Counter(chain.from_iterable(c.new_metrics for c in comparisons))
    total = sum(comparison.is_judged for comparison in comparisons)
    names = [
        name if number >= total else f"{name} (in {counted(number, 'case')})"
        for name, number in counts.items()
    ]
    remedy = " (--update-baseline records them)" if where == BASELINE else ""
    return [f"New metrics, not in {where}: {listed(names)}{remedy}"] if names else []


def _left_out(comparisons: Sequence[Comparison]) -> list[str]:
    """Return a line for each reason why cases were not compared."""
    cases: dict[str, list[str]] = {}
    for comparison in comparisons:
        if comparison.status in (Status.INCOMPARABLE, Status.MISSING, Status.NEW):
            reason = f"{comparison.status}: {comparison.why}".removesuffix(": ")
            cases.setdefault(reason, []).append(comparison.case)
    return [f"{reason}: {listed(names, LISTED_CASES)}" for reason, names in cases.items()]
