"""The record of an observation: what leaves the process that made it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lab.observations.effects import Condition, Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROPERTY = "observation"  # name of a test's property that holds a record as JSON


@dataclass(frozen=True)
class ObservationRecord:
    """Everything that is logged and reported of an observation.

    Attributes
    ----------
    kind : Kind
        Whether it is about a case or is a claim over datasets.
    name : str
        A word or two, such as ``recall_rises``.
    key : str
        Module and name: what its verdict is recorded under in a baseline.
    subject : str
        The id of its case, or the model of a claim.
    sentence : str
        What it says, for people.
    statement : str
        The effect and its conditions, such as ``recall of smote above raw > 0``.
    conditions : tuple of Condition
        What the effect is expected to meet.
    effect : float
        Mean over folds, or over datasets for a claim.
    low, high : float
        Interval of the effect; infinite where there are too few values for one.
    figures : str
        Effect and interval as text.
    pairs : int
        Number of values that the effect is the mean of.
    verdict : Verdict
        The verdict of the data.
    expected : Verdict or None
        The verdict that is recorded; None if there is none.
    reason : str
        Why another verdict than ``holds``, or none, is recorded.
    basis : str
        What the verdict rests on, in words and figures.
    cases : tuple of str
        Ids of all cases that the effect is computed from.
    models : tuple of str
        The models that a claim is judged for, whose number its correction allows for; empty for
        an observation on a case.
    guarded : bool
        Whether marks and the committed baseline decide which verdict is expected.
    test : str
        Id of the test that made it.
    """

    kind: Kind
    name: str
    key: str
    subject: str
    sentence: str
    statement: str
    conditions: tuple[Condition, ...]
    effect: float
    low: float
    high: float
    figures: str
    pairs: int
    verdict: Verdict
    expected: Verdict | None
    reason: str
    basis: str
    cases: tuple[str, ...]
    models: tuple[str, ...] = ()
    guarded: bool = False
    test: str = ""

    @property
    def is_claim(self) -> bool:
        """Whether it is a claim over datasets."""
        return self.kind is Kind.CLAIM

    @property
    def surprising(self) -> bool:
        """Whether the verdict differs from the one that is recorded."""
        return self.expected not in (None, self.verdict)

    @property
    def is_exception(self) -> bool:
        """Whether another verdict than ``holds`` is recorded, and the data agree with it."""
        return self.verdict is self.expected is not Verdict.HOLDS

    @property
    def title(self) -> str:
        """Its sentence; its name if it has none."""
        return self.sentence or self.name

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON values of built-in types.

        Infinite ends of the interval are null, and ``expected`` is empty where none is recorded.
        """
        content = asdict(self)
        return {
            "observation": content.pop("name"),
            **content,
            "kind": self.kind.value,
            "conditions": [[one.relation, one.bound] for one in self.conditions],
            "low": self.low if math.isfinite(self.low) else None,
            "high": self.high if math.isfinite(self.high) else None,
            "verdict": self.verdict.value,
            "expected": self.expected.value if self.expected else "",
            "cases": list(self.cases),
            "models": list(self.models),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> ObservationRecord:
        """Return the record of :meth:`to_json`.

        Raises
        ------
        KeyError, TypeError or ValueError
            The content is not that of a record.
        """
        values = dict(content)
        low, high, expected = values["low"], values["high"], values["expected"]
        subject, cases = values["subject"], tuple(values["cases"])
        # Records of earlier versions have no kind; the subject of a claim is a model.
        kind = values.get("kind", Kind.CASE if subject in cases else Kind.CLAIM)
        values |= {
            "name": values.pop("observation"),
            "kind": Kind(kind),
            "conditions": tuple(Condition(*one) for one in values["conditions"]),
            "effect": float(values["effect"]),
            "low": -math.inf if low is None else float(low),
            "high": math.inf if high is None else float(high),
            "verdict": Verdict(values["verdict"]),
            "expected": Verdict(expected) if expected else None,
            "cases": cases,
            "models": tuple(values.get("models", ())),
        }
        return cls(**values)


def observed(properties: Iterable[tuple[str, Any]]) -> list[ObservationRecord]:
    """Return the observations among the properties of a test's report."""
    return [ObservationRecord.from_json(value) for name, value in properties if name == PROPERTY]
