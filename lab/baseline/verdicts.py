"""Verdicts as a baseline has them: on cases, and on claims over datasets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from lab.cases import Case, Protocol
from lab.errors import LabError
from lab.observations.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


class BaselineError(LabError):
    """A baseline that cannot be read or written."""


@dataclass(frozen=True)
class RecordedVerdict:
    """Verdict on a statement, as a baseline has it."""

    statement: str
    verdict: Verdict

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        return {"statement": self.statement, "verdict": str(self.verdict)}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> RecordedVerdict:
        """Return the verdict of :meth:`to_json`.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is not one.
        """
        return cls(facts["statement"], Verdict(facts["verdict"]))


@dataclass(frozen=True)
class Selection:
    """What a claim is judged on.

    Attributes
    ----------
    datasets : tuple of str
        Names, sorted.
    family : tuple of str
        Models that are judged together, sorted: Holm's correction is for all of them.
    protocol : Protocol
        How their cases are cross-validated.
    """

    datasets: tuple[str, ...]
    family: tuple[str, ...]
    protocol: Protocol

    @classmethod
    def of(cls, cases: Iterable[str], family: Iterable[str], protocol: Protocol) -> Selection:
        """Return the selection of a claim on cases of these ids."""
        names = {Case.parse(case).dataset for case in cases}
        return cls(tuple(sorted(names)), tuple(sorted(family)), protocol)


@dataclass(frozen=True)
class RecordedClaim(RecordedVerdict):
    """Verdict on a claim, with the selection that it was judged on."""

    selection: Selection

    def to_json(self) -> dict[str, Any]:
        """Return the verdict and its selection as JSON values."""
        protocol = self.selection.protocol.to_json()
        return {
            **super().to_json(),
            "datasets": list(self.selection.datasets),
            "family": list(self.selection.family),
            **({"protocol": protocol} if protocol else {}),
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> RecordedClaim:
        """Return the claim of :meth:`to_json`.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is not one.
        """
        selection = Selection(
            tuple(facts["datasets"]),
            tuple(facts["family"]),
            Protocol.from_json(facts.get("protocol", {})),
        )
        return cls(facts["statement"], Verdict(facts["verdict"]), selection)


@dataclass(frozen=True)
class Record:
    """Verdict that a baseline has for an observation.

    Attributes
    ----------
    verdict : Verdict or None
        None if it has none.
    missing : str
        Why it has none, if it should have one: it knows the observation.
    """

    verdict: Verdict | None = None
    missing: str = ""

    @classmethod
    def of(cls, recorded: RecordedVerdict | None, statement: str, elsewhere: str) -> Record:
        """Return what is recorded of a statement.

        Parameters
        ----------
        recorded : RecordedVerdict or None
            The entry, if there is one.
        statement : str
            What is observed.
        elsewhere : str
            Where the baseline has the observation if there is no entry.
        """
        if recorded is None:
            return cls(missing=f"recorded {elsewhere}")
        if recorded.statement != statement:
            return cls(missing=f"recorded for another statement, {recorded.statement!r}")
        return cls(recorded.verdict)


R = TypeVar("R", bound=RecordedVerdict)


def grouped(
    recorded: Iterable[tuple[str, str, RecordedVerdict]], subjects: str
) -> list[dict[str, Any]]:
    """Return verdicts by subject and key as JSON values, those that are alike in one."""
    groups: dict[tuple[str, RecordedVerdict], list[str]] = {}
    for subject, key, verdict in recorded:
        groups.setdefault((key, verdict), []).append(subject)
    lines = [
        {"observation": key, **verdict.to_json(), subjects: sorted(found)}
        for (key, verdict), found in groups.items()
    ]
    return sorted(lines, key=json.dumps)


def parsed(
    content: Mapping[str, Any],
    section: str,
    subjects: str,
    from_json: Callable[[Mapping[str, Any]], R],
) -> Iterator[tuple[str, str, R]]:
    """Yield the verdicts of :func:`grouped`, each with its subject and key."""
    lines = content.get(section, [])
    if not isinstance(lines, list):
        raise BaselineError(f"{section}: not a list")
    for line in lines:
        try:
            key, verdict, found = line["observation"], from_json(line), list(line[subjects])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BaselineError(f"{section}: a line is wrong ({error}): {line!s:.80}") from None
        yield from ((subject, key, verdict) for subject in found)
