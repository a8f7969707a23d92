"""Record of an observation, which travels between processes and to MLflow."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lab.observations.condition import Condition
from lab.observations.verdict import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROPERTY = "observation"  # name of a test's property that holds a record as JSON


@dataclass(frozen=True)
class ObservationRecord:
    """Everything about an observation that is logged and reported.

    Attributes
    ----------
    kind : Kind
        Whether it is about a case, or a claim over datasets.
    name : str
        Name, such as ``recall_rises``.
    key : str
        Module and name: the key of its verdict in baselines.
    subject : str
        Id of its case, or the model of a claim.
    sentence : str
        Description for readers.
    statement : str
        The effect and its conditions, such as ``recall of smote above raw > 0``.
    conditions : tuple of Condition
        Conditions that the effect is expected to meet.
    effect : float
        Mean over folds, or over datasets for a claim.
    low, high : float
        Interval of the effect; infinite if there are too few values for one.
    figures : str
        Effect and interval as text.
    pairs : int
        Number of values of the effect: folds, or datasets for a claim.
    verdict : Verdict
        Verdict of the data.
    expected : Verdict or None
        Expected verdict; None if none is recorded.
    reason : str
        Reason why another verdict than ``holds``, or none, is expected.
    basis : str
        Evidence for the verdict, in words and figures.
    cases : tuple of str
        Ids of the cases that the effect is computed from.
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
    def is_difference(self) -> bool:
        """Whether the effect is a difference, which is shown with a sign, and not a score."""
        return " above " in self.statement

    @property
    def is_unchanged(self) -> bool:
        """Whether it is a difference that is 0 in every fold."""
        ends = (self.low, self.effect, self.high)
        return self.is_difference and not self.is_claim and not any(ends)

    @property
    def surprising(self) -> bool:
        """Whether the verdict differs from the expected one."""
        return self.expected not in (None, self.verdict)

    @property
    def is_exception(self) -> bool:
        """Whether the verdict is the expected one, and not ``holds``."""
        return self.verdict is self.expected is not Verdict.HOLDS

    @property
    def title(self) -> str:
        """Its sentence, or its name without one."""
        return self.sentence or self.name

    @property
    def properties(self) -> list[tuple[str, Any]]:
        """The record as properties of its test, with the verdict for the file of --junitxml."""
        return [(PROPERTY, self.to_json()), ("verdict", str(self.verdict))]

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON values of built-in types.

        Infinite ends of the interval are null. ``expected`` is empty if no verdict is.
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
