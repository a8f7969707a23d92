"""Remarks on a session's datasets and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import datasets
from lab.cases import NO_ROW, fold_notes
from lab.datasets.reading.giveaway import strongest
from lab.read_options import option
from lab.strategies import STRATEGIES
from lab.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.cases import Case, Protocol, Result
    from lab.datasets import Entry

AUC = "roc_auc_score"
# A single column gives the target away if its AUC is this high and this close to the best model's.
GIVEAWAY_AUC, GIVEAWAY_MARGIN = 0.95, 0.01


def data_lines(entries: Iterable[Entry], protocol: Protocol) -> list[str]:
    """Return a line for each dataset with notes, and a line for each of these.

    How rows are split is a note, unless they are split at random.
    """
    lines = []
    for entry in entries:
        own = protocol.on(entry)
        notes = [
            *entry.notes,
            *fold_notes(own, datasets.load(entry.name) if own.needs_rows else entry),
        ]
        if (own.folds, own.repeats) != (protocol.folds, protocol.repeats):
            times = counted(entry.times, "distinct time")
            notes.append(f"{times} allow {own.folds} windows, which cannot be repeated")
        if notes:
            size = f"{entry.rows:,} rows, {entry.columns} features"
            missing = counted(entry.missing or 0, "missing value")
            kinds = f"{entry.categorical} categorical, {missing}"
            lines.append(f"{entry.name}: {size}, {kinds}")
            lines += [f"  {note}" for note in notes]
    return lines


def skipped_lines(
    cases: Iterable[Case],
    protocol: Protocol,
    refusals: Mapping[Case, str],
    results: Iterable[Result] = (),
) -> list[str]:
    """Return a line for each reason why cases were skipped or evaluated differently.

    Parameters
    ----------
    cases : iterable of Case
        All selected cases.
    protocol : Protocol
        How they are cross-validated.
    refusals : mapping of Case to str
        Cases whose strategy turned out not to apply to their rows, with the reason.
    results : iterable of Result
        Results of the session.
    """
    found: dict[str, list[str]] = {}
    idle = {result.case for result in results if NO_ROW in result.notes}
    for case in cases:
        if reason := case.unsuited:
            found.setdefault(f"{case.strategy} is skipped, {reason}", []).append(case.model)
        elif reason := case.problem(protocol):
            found.setdefault(f"{case.strategy} is skipped, {reason}", []).append(case.dataset)
        elif reason := refusals.get(case, "").removeprefix(f"{case.id}: "):
            what = f"{case.dataset}-{case.model}"
            found.setdefault(f"{case.strategy} is skipped, {reason}", []).append(what)
        elif case in idle:
            found.setdefault(f"{case.strategy}: {NO_ROW}", []).append(case.dataset)
        elif reason := case.remark(protocol):
            found.setdefault(f"{case.strategy}: {reason}", []).append(case.dataset)
    return [f"{reason}: {', '.join(dict.fromkeys(names))}" for reason, names in found.items()]


def giveaway_lines(results: Iterable[Result]) -> list[str]:
    """Return a warning for each dataset on which one column is about as good as the best model.

    Its value may be known only after the target is.
    """
    best: dict[str, Result] = {}
    for result in results:
        if STRATEGIES[result.case.strategy].leaks:
            continue
        other = best.setdefault(result.case.dataset, result)
        if result.mean(AUC) > other.mean(AUC):
            best[result.case.dataset] = result
    lines = []
    for name, result in best.items():
        model = result.mean(AUC)
        if model < GIVEAWAY_AUC:
            continue
        column, alone = strongest(datasets.load(name))
        if alone >= max(GIVEAWAY_AUC, model - GIVEAWAY_MARGIN):
            case = result.case
            lines.append(
                f"WARNING: {name}: {column!r} alone has AUC {alone:.3f}, the best model "
                f"{model:.3f} ({case.strategy} with {case.model}): is it known only after the "
                f"target? If so, use {option('drop', column)}"
            )
    return lines
