"""What is kept of a whole session: all that its report shows."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from lab.cases import Result
from lab.errors import LabError
from lab.metrics import METRICS
from lab.observations.record import ObservationRecord

FORMAT = 2
LOGGED = "the session's run has the report as it was logged"


class RecordError(LabError):
    """Something that is not the record of a session."""


@dataclass(frozen=True)
class Record:
    """What is kept of a session.

    Attributes
    ----------
    session : dict
        ``id``, ``command``, ``protocol``, ``outcome``, ``started`` and ``seconds``, ``commit``,
        ``experiment``, ``run_id``, and ``versions`` of packages.
    results : list of Result
        Without predictions, in the order in which they are to be shown.
    curves : dict of str to dict
        For each case's id what :meth:`lab.evaluation.curves.Curves.kept` returned.
    runs : dict of str to str
        For each case's id that of its MLflow run.
    observations : list of ObservationRecord
        In the order in which they are to be shown.
    comparisons : list of dict
        The fields of :class:`lab.baseline.comparison.Comparison`, for each case.
    remarks : list of str
        What was left out or done otherwise, and why.
    failures : dict of str to str
        Why cases could not be evaluated, by their ids.
    left : list of str
        Ids of the cases that were to come when the session ended.
    """

    session: dict[str, Any]
    results: list[Result]
    curves: dict[str, dict[str, Any]]
    runs: dict[str, str]
    observations: list[ObservationRecord]
    comparisons: list[dict[str, Any]]
    remarks: list[str]
    failures: dict[str, str]
    left: list[str]

    @property
    def total(self) -> int:
        """How many cases there are, with or without a result."""
        return len(self.results) + len(self.failures) + len(self.left)

    def dumps(self) -> str:
        """Return the record as JSON."""
        content = {item.name: getattr(self, item.name) for item in fields(self)}
        content["results"] = [result.to_json() for result in self.results]
        content["observations"] = [one.to_json() for one in self.observations]
        return json.dumps({"format": FORMAT, **content}, separators=(",", ":"))

    @classmethod
    def loads(cls, text: str, name: str) -> Self:
        """Return the record that :meth:`dumps` wrote.

        Parameters
        ----------
        text : str
            JSON.
        name : str
            What it is called, for an error's sentence.

        Raises
        ------
        RecordError
            It is not the record of a session, or not of this version.
        """
        try:
            content = json.loads(text)
            if content.pop("format") != FORMAT:
                raise RecordError(f"{name} was recorded by another version of MLflow Lab: {LOGGED}")
            results = [Result.from_json(facts, Path()) for facts in content.pop("results")]
            observed = list(map(ObservationRecord.from_json, content.pop("observations")))
            record = cls(results=results, observations=observed, **content)
            for result in results:
                _check(result, name)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordError(f"{name} is not the record of a session: {error}") from error
        return record


def _check(result: Result, name: str) -> None:
    """Check that a result has every score."""
    missing = [metric for metric in METRICS if metric not in result.scores]
    if missing:
        raise RecordError(f"{name} has no {missing[0]} of {result.case.id}: {LOGGED}")
    for metric, values in result.scores.items():
        if len(values) < 2 or not all(map(math.isfinite, values)):
            raise RecordError(f"{name} has {metric} of {result.case.id} as {values}: {LOGGED}")
