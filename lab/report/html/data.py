"""Facts about the user's own data: what was read, what was left out, and how it was tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.datasets.column import CATEGORIES, DROPPED, FILLED, GROUP, NUMBER, TIME
from lab.observations.answer import WARNING
from lab.observations.recommendation import RAW
from lab.strategies import STRATEGIES
from lab.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.cases import Result
    from lab.datasets.column import Column
    from lab.report.session_record import SessionRecord

MOST_NAMES = 12  # of columns; the section of columns has all
SPLIT, SEEN = "split ", "also in their training rows"  # of the notes of a result
WITHOUT_TARGET = "dropped: "


@dataclass(frozen=True)
class DataFacts:
    """Facts about one of the user's datasets.

    Attributes
    ----------
    name : str
        Name of the dataset.
    facts : dict
        Its sizes and source, see :class:`lab.cases.Result`.
    period, groups : str
        First and last time, and number of groups, each with its column; empty if unknown.
    features : str
        Names of the columns that models see.
    left_out : list of str
        Columns and rows that were left out, with the reason.
    tested : list of str
        How rows were divided into training and test rows.
    holdout : str
        Rows that each case was tested on once; empty if there are none.
    warnings : list of str
        Warnings of the data.
    """

    name: str
    facts: dict[str, Any]
    period: str
    groups: str
    features: str
    left_out: list[str]
    tested: list[str]
    holdout: str
    warnings: list[str]

    @property
    def share(self) -> float:
        """Share of positives."""
        rows: int = self.facts["rows"]
        return float(self.facts["minority_rows"] / rows)


def data_facts(record: SessionRecord) -> Iterator[DataFacts]:
    """Yield the facts about each of the user's own datasets that has a result."""
    for name, columns in record.columns.items():
        results = [
            result
            for result in record.results
            if result.case.dataset == name and not STRATEGIES[result.case.strategy].leaks
        ]
        if results:
            yield _facts(name, columns, results, record.remarks)


def _facts(
    name: str, columns: Sequence[Column], results: Sequence[Result], remarks: Sequence[str]
) -> DataFacts:
    # Raw data have no notes of a sampler.
    result = min(results, key=lambda result: result.case.strategy != RAW)
    features = [one.name for one in columns if one.treatment in (NUMBER, CATEGORIES, FILLED)]
    noted = [note.removeprefix(WARNING) for note in result.notes if note.startswith(WARNING)]
    about = f"{WARNING}{name}: "
    noted += [remark.removeprefix(about) for remark in remarks if remark.startswith(about)]
    holdout = result.holdout
    return DataFacts(
        name=name,
        facts=result.dataset,
        period=_key(columns, TIME),
        groups=_key(columns, GROUP),
        features=listed(features, MOST_NAMES),
        left_out=list(_left_out(columns, result.notes)),
        tested=list(_tested(result)),
        holdout=f"{counted(holdout.rows, 'row')} of {holdout.source}" if holdout else "",
        warnings=list(dict.fromkeys(noted)),
    )


def _key(columns: Sequence[Column], treatment: str) -> str:
    """Return what is known of the column of times or of groups."""
    return next((f"{one.remark} ({one.name})" for one in columns if one.treatment == treatment), "")


def _left_out(columns: Sequence[Column], notes: Sequence[str]) -> Iterator[str]:
    """Yield rows, then columns by the reason for which they were left out."""
    yield from (n.removeprefix(WITHOUT_TARGET) for n in notes if n.startswith(WITHOUT_TARGET))
    by_reason: dict[str, list[str]] = {}
    for one in columns:
        if one.treatment == DROPPED:
            reason = one.remark.partition(";")[0]
            by_reason.setdefault(reason, []).append(one.name or "a column without a name")
    for reason, names in by_reason.items():
        yield f"{listed(names, MOST_NAMES)} ({reason})"


def _tested(result: Result) -> Iterator[str]:
    """Yield how rows are divided."""
    found = [note for note in result.notes if note.startswith(SPLIT)]
    folds = f"{result.protocol.folds} folds at random, each with the same share of positives"
    yield from found or [folds]
    if result.protocol.repeats > 1:
        yield f"repeated {result.protocol.repeats} times"
    yield from (note for note in result.notes if SEEN in note)
