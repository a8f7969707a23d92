"""Recording of cases and claims in a baseline's file."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lab.baseline.file import Baseline
from lab.baseline.verdicts import BaselineError
from lab.files import lock, write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.baseline.comparison import Comparison
    from lab.baseline.snapshot import Snapshot
    from lab.observations.verdict import Verdict


@dataclass(frozen=True)
class VerdictChange:
    """A verdict that was recorded and is another now."""

    key: str
    subject: str
    before: Verdict
    after: Verdict

    def __str__(self) -> str:
        """Return observation, subject and both verdicts."""
        return f"{self.key} on {self.subject}: {self.before} -> {self.after}"


@dataclass(frozen=True)
class Update:
    """Recording of some cases and claims in a file.

    Attributes
    ----------
    recorded : int
        Number of cases.
    cases : list of Comparison
        Cases that are new, or whose scores or facts changed.
    verdicts : list of VerdictChange
        Verdicts that changed.
    """

    recorded: int
    cases: list[Comparison]
    verdicts: list[VerdictChange]


def update(path: Path, recorded: Baseline, lock_file: Path) -> Update:
    """Record cases and claims in a baseline's file; return what that changed.

    Other cases and claims stay as they are. So do verdicts of other observations on these cases,
    unless their data, protocol or definition changed.

    Raises
    ------
    BaselineError
        A score is not a number, the file cannot be read, or it has a case for another target.
    OSError
        The file cannot be written.
    """
    with lock(lock_file):
        before = Baseline.read(path)
        cases = {
            name: _merged(path, name, before.cases.get(name), snapshot)
            for name, snapshot in recorded.cases.items()
        }
        claims = {
            key: before.claims.get(key, {}) | recorded.claims.get(key, {})
            for key in before.claims | recorded.claims
        }
        after = Baseline(before.cases | cases, claims)
        compared = before.compare_all(Baseline(cases))
        changes = Update(
            len(cases),
            [one for one in compared if one.case in cases and not _same(one.case, before, after)],
            list(_changed(before, after)),
        )
        write_bytes(path, after.dumps().encode())
    return changes


def _merged(path: Path, case: str, before: Snapshot | None, after: Snapshot) -> Snapshot:
    """Return a new snapshot with the verdicts of the old one that still count."""
    for metric, scores in after.scores.items():
        if not all(map(math.isfinite, scores)):
            raise BaselineError(f"{case}: {metric} is not a number in every fold")
    if before and before.target != after.target:
        raise BaselineError(
            f"{path} has {case} for the target {before.target or 'of another dataset'}: "
            "name another file with --baseline"
        )
    kept = before.verdicts if before and before.is_like(after) else {}
    return replace(after, verdicts=kept | after.verdicts)


def _same(case: str, before: Baseline, after: Baseline) -> bool:
    """Return whether all but the versions and verdicts of a case stayed the same."""
    if case not in before.cases:
        return False
    old, new = (replace(one.cases[case], versions={}, verdicts={}) for one in (before, after))
    return old == new


def _changed(before: Baseline, after: Baseline) -> Iterator[VerdictChange]:
    """Yield the verdicts that differ, those on claims last."""
    for case, snapshot in after.cases.items():
        old = before.cases[case].verdicts if case in before.cases else {}
        for key, new in snapshot.verdicts.items():
            if key in old and old[key].verdict is not new.verdict:
                yield VerdictChange(key, case, old[key].verdict, new.verdict)
    for key, models in after.claims.items():
        for model, claim in models.items():
            recorded = before.claims.get(key, {}).get(model)
            if recorded and recorded.verdict is not claim.verdict:
                yield VerdictChange(key, model, recorded.verdict, claim.verdict)


def check_writable(path: Path) -> None:
    """Check that a baseline can be recorded in a file.

    Raises
    ------
    BaselineError
        It cannot.
    """
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise BaselineError(f"{path} cannot be written: name another file with --baseline")
