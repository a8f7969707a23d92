"""Effects of observations, drawn with their intervals on one scale for each statement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.report.html.svg import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.observations.record import ObservationRecord
    from lab.observations.verdict import Verdict

LEFT, RIGHT = 4, 216  # ends of a picture


@dataclass(frozen=True)
class EffectRow:
    """An effect with its interval.

    Attributes
    ----------
    record : ObservationRecord
        The observation.
    low, at, high : float
        Places of the interval's ends and of the effect.
    bounds : list of float
        Places of the bounds that its statement names.
    """

    record: ObservationRecord
    low: float
    at: float
    high: float
    bounds: list[float]


@dataclass(frozen=True)
class EffectGroup:
    """Observations with one statement.

    Attributes
    ----------
    key, title, statement : str
        Key, title and statement of the observations.
    verdicts : Counter of Verdict
        Number of each verdict.
    zero : float
        Place of zero.
    rows : list of EffectRow
        Effects, one for each subject.
    """

    key: str
    title: str
    statement: str
    verdicts: Counter[Verdict]
    zero: float
    rows: list[EffectRow]


def effect_groups(observations: Iterable[ObservationRecord]) -> list[EffectGroup]:
    """Return observations by statement."""
    groups: dict[tuple[str, str], list[ObservationRecord]] = {}
    for record in observations:
        groups.setdefault((record.key, record.statement), []).append(record)
    return [_group(group) for group in groups.values()]


def _group(records: list[ObservationRecord]) -> EffectGroup:
    bounds = [condition.bound for record in records for condition in record.conditions]
    ends = [end for record in records for end in (record.low, record.effect, record.high)]
    scale = Scale.around([*bounds, *ends], LEFT, RIGHT)
    rows = [
        EffectRow(
            record=record,
            low=scale(record.low),
            at=scale(record.effect),
            high=scale(record.high),
            bounds=[scale(condition.bound) for condition in record.conditions],
        )
        for record in records
    ]
    first = records[0]
    verdicts = Counter(record.verdict for record in records)
    return EffectGroup(first.key, first.title, first.statement, verdicts, scale(0), rows)
