"""Record of a session: everything that its report shows."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lab.baseline.comparison import Comparison
from lab.cases import Case, Protocol, Result
from lab.datasets.column import Column
from lab.errors import LabError, UnknownNameError
from lab.models import MODELS
from lab.observations.answer import Answer
from lab.observations.record import ObservationRecord
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = 3
WITH_LEFT = 2  # this format named unfinished cases ``left``
LOGGED = "the session's run has the report that was logged"


class RecordError(LabError):
    """A text that is not the record of a session, or that this version cannot show."""


@dataclass(frozen=True)
class SessionFacts:
    """Identity and provenance of a session.

    Attributes
    ----------
    id : str
        Id of the session.
    started : datetime
        Start, in local time.
    seconds : float
        Duration.
    outcome : str
        ``passed``, ``failed`` or ``interrupted``.
    command : str
        Command line.
    protocol : Protocol
        How its cases were cross-validated.
    commit : str
        Git commit, with a remark if files differ from it; empty outside a repository.
    experiment, run_id : str
        Name of its MLflow experiment, and id of its run there.
    versions : dict of str to str
        Versions of packages.
    """

    id: str
    started: datetime
    seconds: float
    outcome: str
    command: str
    protocol: Protocol
    commit: str
    experiment: str
    run_id: str
    versions: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON values."""
        return vars(self) | {
            "started": self.started.isoformat(timespec="seconds"),
            "protocol": self.protocol.to_json(),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the facts of :meth:`to_json`.

        Raises
        ------
        KeyError, TypeError or ValueError
            The content is not that of a session's facts.
        """
        started = datetime.fromisoformat(content["started"])
        protocol = Protocol.from_json(content["protocol"])
        return cls(**{**content, "started": started, "protocol": protocol})


@dataclass(frozen=True)
class SessionRecord:
    """Everything that the report on a session shows.

    Attributes
    ----------
    session : SessionFacts
        Identity and provenance.
    results : list of Result
        Results without predictions, in the order of the tables.
    curves : dict of Case to dict
        Curves of each result, see :meth:`lab.evaluation.curves.Curves.kept`.
    runs : dict of Case to str
        Id of each result's MLflow run.
    observations : list of ObservationRecord
        Observations, claims first.
    comparisons : list of Comparison
        Comparison of each result with the baseline.
    remarks : list of str
        Cases that were skipped or evaluated differently, with the reason.
    failures : dict of Case to str
        Cases that could not be evaluated, with the reason.
    unfinished : list of Case
        Cases that did not finish before the session ended.
    columns : dict of str to sequence of Column
        How the columns of the user's tables were read, by dataset.
    references : list of Case
        Cases that were run only because an observation compares others with them.
    answers : list of Answer
        Answers for each goal: over all datasets, if there are several, then on each.
    """

    session: SessionFacts
    results: list[Result]
    curves: dict[Case, dict[str, Any]]
    runs: dict[Case, str]
    observations: list[ObservationRecord]
    comparisons: list[Comparison]
    remarks: list[str]
    failures: dict[Case, str]
    unfinished: list[Case]
    columns: dict[str, Sequence[Column]] = field(default_factory=dict)
    references: list[Case] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Number of cases, with or without a result."""
        return len(self.results) + len(self.failures) + len(self.unfinished)

    @property
    def is_partial(self) -> bool:
        """Whether a case failed or did not finish, or the session was interrupted."""
        interrupted = self.session.outcome == "interrupted"
        return bool(self.failures or self.unfinished or interrupted)

    def dumps(self) -> str:
        """Return the record as JSON."""
        content = {
            "format": FORMAT,
            "session": self.session.to_json(),
            "results": [result.to_json() for result in self.results],
            "curves": {case.id: curves for case, curves in self.curves.items()},
            "runs": {case.id: run_id for case, run_id in self.runs.items()},
            "observations": [observation.to_json() for observation in self.observations],
            "comparisons": [comparison.to_json() for comparison in self.comparisons],
            "remarks": self.remarks,
            "failures": {case.id: reason for case, reason in self.failures.items()},
            "unfinished": [case.id for case in self.unfinished],
            "columns": {
                name: [column.to_json() for column in columns]
                for name, columns in self.columns.items()
            },
            "references": [case.id for case in self.references],
            "answers": [answer.to_json() for answer in self.answers],
        }
        return json.dumps(content, separators=(",", ":"))

    @classmethod
    def loads(cls, text: str, name: str) -> Self:
        """Return the record that :meth:`dumps` wrote, or an earlier version of it.

        Parameters
        ----------
        text : str
            JSON.
        name : str
            Name of the session, for error messages.

        Raises
        ------
        RecordError
            It is not the record of a session, it is of another version, or a strategy or model of
            it is not registered.
        """
        try:
            content = json.loads(text)
            if content["format"] == WITH_LEFT:
                content["unfinished"] = content["left"]
            elif content["format"] != FORMAT:
                raise RecordError(f"{name} was recorded by another version of MLflow Lab: {LOGGED}")
            record = cls._from_json(content)
        except UnknownNameError as error:
            unknown = str(error).partition(":")[0]
            raise RecordError(
                f"{name} needs a plugin ({unknown}): use `lab --plugin FILE report`; {LOGGED}"
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            said = f"{type(error).__name__}: {error}"
            raise RecordError(f"{name} is not the record of a session ({said})") from error
        for result in record.results:
            _check(result, name)
        return record

    @classmethod
    def _from_json(cls, content: Mapping[str, Any]) -> Self:
        results = [Result.from_json(one, Path()) for one in content["results"]]
        cases = {result.case.id: result.case for result in results}
        for case in cases.values():
            _ = STRATEGIES[case.strategy], MODELS[case.model]  # an unknown name is an error
        return cls(
            session=SessionFacts.from_json(content["session"]),
            results=results,
            curves={cases[name]: curves for name, curves in content["curves"].items()},
            runs={cases[name]: run_id for name, run_id in content["runs"].items()},
            observations=list(map(ObservationRecord.from_json, content["observations"])),
            comparisons=list(map(Comparison.from_json, content["comparisons"])),
            remarks=content["remarks"],
            failures={Case.parse(name): reason for name, reason in content["failures"].items()},
            unfinished=list(map(Case.parse, content["unfinished"])),
            columns={
                name: list(map(Column.from_json, columns))
                for name, columns in content.get("columns", {}).items()
            },
            # Records of earlier versions do not have them.
            references=list(map(Case.parse, content.get("references", []))),
            answers=list(map(Answer.from_json, content.get("answers", []))),
        )


def _check(result: Result, name: str) -> None:
    """Check the scores: a metric may be missing, but has a finite number for each of its folds."""
    for metric, values in result.scores.items():
        if len(values) != result.protocol.pairs or not all(map(math.isfinite, values)):
            raise RecordError(f"{name} has {metric} of {result.case.id} as {values}: {LOGGED}")
