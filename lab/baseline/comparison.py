"""Comparison of a case with its baseline: regressed, improved, unchanged, ..."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from statistics import fmean
from typing import TYPE_CHECKING, Any, Self

from lab.baseline.snapshot import DIGITS
from lab.metrics import METRICS
from lab.observations.effects import CONFIDENCE
from lab.observations.statistics import corrected_t_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lab.baseline.snapshot import Snapshot

COLLAPSE = 10  # tolerances: a larger difference counts even if the folds vary
REMEDY = "--update-baseline records it again"
FEWEST_PAIRS = 5  # with fewer paired folds an interval says little: the tolerance decides


class Status(StrEnum):
    """Outcome of comparing a case, or a metric of it, with its baseline."""

    REGRESSED = "regressed"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    NEW = "new"
    MISSING = "missing"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True)
class Move:
    """Change of a metric's mean over folds.

    Attributes
    ----------
    low, high : float
        Interval of the mean difference, see :func:`compare`.
    """

    metric: str
    before: float
    after: float
    low: float
    high: float
    status: Status

    @property
    def change(self) -> float:
        """The difference of the means."""
        return self.after - self.before

    def __str__(self) -> str:
        """Return the metric, both means, and the difference with its interval."""
        return (
            f"{self.metric} {self.before:.4f} -> {self.after:.4f} "
            f"({self.change:+.4f} [{self.low:+.4f}, {self.high:+.4f}], {self.status})"
        )


@dataclass(frozen=True, repr=False)
class Comparison:
    """Comparison of one case with its baseline.

    Attributes
    ----------
    case : str
        The case's id.
    status : Status
        ``regressed`` if any metric is, else ``improved`` if any is.
    why : str
        Why it cannot be compared, or is new or missing.
    moves : tuple of Move
        Metrics that moved beyond their tolerance, the largest change first.
    versions : dict of str to str
        Packages whose versions differ, with both versions.
    asked_for : bool
        Whether it is not compared because of the session's options.
    new_metrics : tuple of str
        Metrics that were added since and have nothing to compare with.
    """

    case: str
    status: Status
    why: str = ""
    moves: tuple[Move, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    asked_for: bool = False
    new_metrics: tuple[str, ...] = ()

    @property
    def alarming(self) -> bool:
        """Whether it fails the test of the baseline."""
        alarms = (Status.REGRESSED, Status.MISSING, Status.INCOMPARABLE)
        return self.status in alarms and not self.asked_for

    @property
    def is_judged(self) -> bool:
        """Whether the case could be compared."""
        return self.status in (Status.REGRESSED, Status.IMPROVED, Status.UNCHANGED)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the comparison of :meth:`to_json`.

        Raises
        ------
        KeyError, TypeError or ValueError
            The content is not that of a comparison.
        """
        moves = (Move(**{**one, "status": Status(one["status"])}) for one in content["moves"])
        values = {
            "status": Status(content["status"]),
            "moves": tuple(moves),
            "new_metrics": tuple(content.get("new_metrics", ())),
        }
        return cls(**{**content, **values})

    def __repr__(self) -> str:
        """Return the case and its status; ``str`` gives the details."""
        return f"<Comparison {self.case}: {self.status}>"

    def __str__(self) -> str:
        """Return status, reason, moves and versions."""
        text = f"{self.status}: {self.why}" if self.why else str(self.status)
        lines = [text, *map(str, self.moves)]
        if self.versions:
            moved = ", ".join(f"{package} {pair}" for package, pair in self.versions.items())
            lines.append(f"packages that differ: {moved}")
        elif self.moves:
            lines.append("no package that scores depend on differs")
        return "\n".join(lines)


def compare(case: str, before: Snapshot, after: Snapshot, *, chosen: bool = False) -> Comparison:
    """Compare a case's scores, by the metrics that both have.

    A metric moved if its mean differs by more than the metric's tolerance and, with five folds or
    more, if the t interval of the paired differences excludes 0 or the difference is more than ten
    times the tolerance. A metric that became NaN has regressed.

    The interval is not corrected for overlapping training sets. That correction generalizes to
    other data; here data and folds are the same, and the question is whether all folds changed or
    only a few rows in one of them.

    ``chosen`` says that the session's options chose the protocol, so that another one is no error.
    """
    moved = {
        package: f"{before.versions.get(package, 'none')} -> {after.versions.get(package, 'none')}"
        for package in sorted(before.versions.keys() | after.versions.keys())
        if before.versions.get(package) != after.versions.get(package)
    }
    for what in ("protocol", "target", "digest"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            why = f"{what} was {old}, is {new}"
            # For a default session a baseline of another protocol is an error: nothing is compared.
            asked_for = what == "protocol" and (chosen or not new.is_default)
            why += "" if asked_for else f"; {REMEDY}"
            status = Status.INCOMPARABLE
            return Comparison(case, status, why, versions=moved, asked_for=asked_for)
    known = [name for name in METRICS if name in after.scores]
    new = tuple(name for name in known if name not in before.scores)
    if len(new) == len(known):
        why = f"they have no metric in common; {REMEDY}"
        return Comparison(case, Status.INCOMPARABLE, why, versions=moved)
    moves = sorted(_moves(before, after), key=lambda move: -abs(move.change))
    statuses = {move.status for move in moves}
    order = (Status.REGRESSED, Status.IMPROVED)
    status = next((status for status in order if status in statuses), Status.UNCHANGED)
    why = ""
    if before.definition != after.definition:
        # The folds are the same, so changes can be shown. But another method has not regressed.
        status = Status.INCOMPARABLE
        moves = [replace(move, status=status) for move in moves]
        why = f"definition changed from {before.definition} to {after.definition}; {REMEDY}"
    return Comparison(case, status, why, tuple(moves), moved, new_metrics=new)


def _moves(before: Snapshot, after: Snapshot) -> Iterator[Move]:
    for metric in METRICS.values():
        if metric.name not in before.scores or metric.name not in after.scores:
            continue  # it was added or removed since
        old, new = (
            list(map(metric.comparable, snapshot.scores[metric.name]))
            for snapshot in (before, after)
        )
        if not all(map(math.isfinite, new)):
            yield Move(metric.quantity, fmean(old), math.nan, math.nan, math.nan, Status.REGRESSED)
            continue
        change, tolerance = fmean(new) - fmean(old), metric.tolerance(fmean(old))
        if round(abs(change), DIGITS) <= tolerance:
            continue
        differences = [b - a for a, b in zip(old, new, strict=True)]
        low, high = corrected_t_interval(differences, 0.0, CONFIDENCE)
        uneven = low <= 0 <= high
        if after.protocol.pairs < FEWEST_PAIRS or not uneven or abs(change) > COLLAPSE * tolerance:
            better = (change > 0) == metric.greater_is_better
            status = Status.IMPROVED if better else Status.REGRESSED
            yield Move(metric.quantity, fmean(old), fmean(new), low, high, status)
