"""Snapshot of a case: what a baseline keeps of its result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lab.baseline.verdicts import RecordedVerdict
from lab.cases import Protocol
from lab.models import package_of
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.cases import Result

DIGITS = 5  # processors differ beyond that, and a diff should not show it


@dataclass(frozen=True)
class Snapshot:
    """Scores and verdicts of a case.

    Attributes
    ----------
    digest, protocol, definition
        Results compare only if all three are equal.
    scores : dict of str to list of float
        For each metric one score a fold, rounded.
    versions : dict of str to str
        Versions of the packages that computed it.
    verdicts : dict of str to RecordedVerdict
        By the key of the observation.
    target : str
        The positive class, where a user chose it.
    """

    digest: str
    protocol: Protocol
    definition: str
    scores: dict[str, list[float]]
    versions: dict[str, str]
    verdicts: dict[str, RecordedVerdict] = field(default_factory=dict)
    target: str = ""

    @classmethod
    def of(cls, result: Result, verdicts: Mapping[str, RecordedVerdict] | None = None) -> Snapshot:
        """Return the snapshot of a result that this process's packages computed."""
        scores = {
            metric: [round(score, DIGITS) for score in result.scores[metric]]
            for metric in sorted(result.scores)
        }
        return cls(
            result.dataset["digest"],
            result.protocol,
            result.definition,
            scores,
            versions(package_of(result.case.model)),
            dict(verdicts or {}),
            result.dataset.get("target", ""),
        )

    def is_like(self, other: Snapshot | Result) -> bool:
        """Return whether another has the same data, protocol and definition."""
        digest = other.digest if isinstance(other, Snapshot) else other.dataset["digest"]
        mine = (self.digest, self.protocol, self.definition)
        return mine == (digest, other.protocol, other.definition)

    def to_json(self) -> dict[str, Any]:
        """Return all but the verdicts as JSON values; empty values are left out."""
        facts = {
            "definition": self.definition,
            "digest": self.digest,
            "protocol": self.protocol.to_json(),
            "scores": dict(sorted(self.scores.items())),
            "target": self.target,
            "versions": self.versions,
        }
        optional = ("protocol", "target")
        return {name: value for name, value in facts.items() if value or name not in optional}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], verdicts: dict[str, RecordedVerdict]) -> Snapshot:
        """Return the snapshot of :meth:`to_json`.

        Raises
        ------
        AttributeError, KeyError, TypeError, ValueError
            The facts are not those of a snapshot.
        """
        # Earlier versions wrote the verdicts into the line of their case.
        old = {
            key: RecordedVerdict.from_json(found)
            for key, found in facts.get("verdicts", {}).items()
        }
        return cls(
            facts["digest"],
            Protocol.from_json(facts.get("protocol", {})),
            facts["definition"],
            {metric: list(scores) for metric, scores in facts["scores"].items()},
            dict(facts["versions"]),
            old | verdicts,
            facts.get("target", ""),
        )
