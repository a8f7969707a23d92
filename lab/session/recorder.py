"""Follows the tests of a session and records each case as a run.

One thread of one process writes to MLflow, whatever the number of workers: the process that owns
the session, which hears of every test. Tests never wait for it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lab.errors import LabError, NotApplicableError
from lab.report import case_note
from lab.store.store import CaseError
from lab.tracking import NOTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lab.cases import Case, Result
    from lab.store.store import Store
    from lab.tracking import Tracker


# What to write, and the case that it is about: None for the session's own run.
Event = tuple["Case | None", "Callable[[], None]"]
# After so many failures in a row nobody listens any more: the rest would only wait.
FAILURES_IN_A_ROW = 3
STATUS = {"crashed": "FAILED", "failed": "FAILED", "interrupted": "KILLED"}


@dataclass
class CaseRecord:
    """What the session knows of a case so far."""

    case: Case
    waiting: int = 0
    started: bool = False
    result: Result | None = None
    end: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    tags: dict[str, str] = field(default_factory=dict)
    observed: list[dict[str, Any]] = field(default_factory=list)
    reused: bool = False  # taken from an earlier session
    refused: str = ""  # why nothing can be computed, if only the attempt showed it
    closed: bool = False

    @property
    def outcome(self) -> str:
        """The worst that a test of the case came to."""
        order = ("crashed", "failed", "interrupted", "passed", "skipped")
        return next((outcome for outcome in order if self.outcomes[outcome]), "unjudged")


class Recorder:
    """Turns what is heard of tests into runs.

    Parameters
    ----------
    tracker : Tracker
        Writes the runs.
    store : Store
        Where workers put results.
    """

    def __init__(self, tracker: Tracker, store: Store) -> None:
        self.tracker = tracker
        self.store = store
        self.records: dict[Case, CaseRecord] = {}
        self.observations: list[dict[str, Any]] = []
        self.tags: dict[str, str] = {}  # of the session's own run
        self.unlogged: dict[Case | None, str] = {}
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._prepared = threading.Event()
        self._refused: Exception | None = None
        self._failures = 0  # in a row
        self._thread = threading.Thread(target=self._write, name="mlflow-writer", daemon=True)

    def prepare(self) -> None:
        """Start to write, and wait until MLflow can be written to.

        Not earlier: MLflow's import registers loggers while pytest counts them, as it does when a
        session starts, collects and starts its tests.

        Raises
        ------
        TrackingError
            It cannot.
        """
        self._thread.start()
        self._prepared.wait()
        if self._refused is not None:
            raise self._refused

    def expect(self, cases: Iterable[Case]) -> None:
        """Hear which tests are to come: the case of each."""
        for case in cases:
            self._record(case).waiting += 1

    def started(self, case: Case, ago: float = 0.0) -> None:
        """Hear that a test of a case starts, or did some seconds ago: the first opens its run."""
        record = self._record(case)
        if not record.started:
            record.started = True
            start = time.time() - ago
            self._events.put((case, lambda: self.tracker.open_case(case, start)))

    def observed(self, case: Case | None, facts: dict[str, Any]) -> None:
        """Hear of an observation: on a case, or over datasets on a model."""
        self.observations.append(facts)
        name = f"observation.{facts['observation']}"
        if case is None:
            self.tags[f"{name}.{facts['subject']}"] = facts["verdict"]
        else:
            record = self._record(case)
            record.tags[name] = facts["verdict"]
            record.observed.append(facts)

    def ended(self, case: Case, outcome: str, tags: Mapping[str, str]) -> None:
        """Hear what a test of a case came to: its run closes with the last."""
        record = self._record(case)
        record.outcomes[outcome] += 1
        record.tags.update(tags)
        record.waiting -= 1
        self._log_result(record)
        if record.waiting == 0:
            self._close(record)

    def finish(
        self,
        conclude: Callable[[str], Iterable[Callable[[], None]]],
        *,
        interrupted: bool,
        failed: bool,
    ) -> None:
        """Close every run and wait until all is written.

        Cases that no selected test was about, computed to compare others with, are recorded too.

        Parameters
        ----------
        conclude : callable
            ``conclude(outcome)`` returns what logs that which is said of the whole session, one
            after the other: if one fails, the others are still there. Called when all cases are
            logged.
        interrupted, failed : bool
            How the session ended.
        """
        if self._thread.ident is None:
            return  # no test was started
        for record in list(self.records.values()):
            if record.started and not record.closed:
                self._log_result(record)
                record.outcomes["interrupted"] += record.waiting > 0
                self._close(record)
        for result in self.store.session_results():
            record = self._record(result.case)
            if not record.started:
                self.started(result.case, ago=sum(map(sum, result.seconds.values())))
                self._log_result(record)
                self._close(record)
        totals = Counter(record.outcome for record in self.records.values() if record.started)
        totals.update(observation["verdict"] for observation in self.observations)
        counts = {f"count.{name}": float(count) for name, count in totals.items()}

        def outcome() -> str:
            # Known only when all else is written.
            bad = failed or bool(self.unlogged)
            return "interrupted" if interrupted else "failed" if bad else "passed"

        def log() -> None:
            self.tracker.log_session(self.observations, self.tags)
            for write in conclude(outcome()):
                self._attempt(None, write)

        def close() -> None:
            self.tracker.close(outcome(), STATUS.get(outcome(), "FINISHED"), counts)

        self._events.put((None, log))
        self._events.put((None, close))
        self._events.put(None)
        self._thread.join()

    def results(self) -> list[Result]:
        """Return the results recorded so far."""
        return [record.result for record in self.records.values() if record.result is not None]

    def computed(self) -> list[Result]:
        """Return those that were evaluated in this session."""
        records = self.records.values()
        return [one.result for one in records if one.result is not None and not one.reused]

    def reused(self) -> int:
        """Return how many of them were taken from an earlier session."""
        return sum(record.reused for record in self.records.values())

    def refusals(self) -> dict[Case, str]:
        """Return why cases have no result whose strategy could do nothing with their rows."""
        return {case: record.refused for case, record in self.records.items() if record.refused}

    def failures(self) -> dict[str, str]:
        """Return why cases could not be evaluated, by their ids."""
        found = {case.id: record.tags.get("lab.error") for case, record in self.records.items()}
        return {name: why.removeprefix(f"{name} ") for name, why in found.items() if why}

    def left(self) -> list[str]:
        """Return the ids of the cases that were to come and have no result, for no reason."""
        return [
            case.id
            for case, record in self.records.items()
            if record.result is None and not record.refused and "lab.error" not in record.tags
        ]

    def _record(self, case: Case) -> CaseRecord:
        return self.records.setdefault(case, CaseRecord(case))

    def _log_result(self, record: CaseRecord) -> None:
        """Log a case's result once it is there."""
        if record.result is not None or record.refused or "lab.error" in record.tags:
            return
        record.end = time.time()
        try:
            record.result = self.store.find(record.case)
        except CaseError as error:
            record.tags["lab.error"] = str(error)
        except NotApplicableError as reason:
            record.tags["lab.not_applicable"] = record.refused = str(reason)
        if (result := record.result) is not None:
            artifacts = self.store.artifacts(record.case)
            case, record.reused = record.case, self.store.reused(record.case)
            reused = record.reused
            self._events.put(
                (case, lambda: self.tracker.log_result(case, result, artifacts, reused=reused))
            )
            if model := self.store.model(case):
                self._events.put((case, lambda: self.tracker.log_model(case, model)))

    def _close(self, record: CaseRecord) -> None:
        record.closed = True
        if record.result is not None:
            record.tags[NOTE] = case_note(record.result, record.observed, record.tags)
        case, outcome, tags, end = record.case, record.outcome, dict(record.tags), record.end

        def close() -> None:
            # A run that lacks its scores must not look like one that passed.
            failure = self.unlogged.get(case)
            ended = "failed" if failure else outcome
            more = {"lab.error": f"not logged: {failure}"} if failure else {}
            status = STATUS.get(ended, "FINISHED")
            self.tracker.close_case(case, ended, status, tags | more, end)

        self._events.put((case, close))

    def _write(self) -> None:
        try:
            self.tracker.prepare()
        except LabError as error:
            self._refused = error
            return
        except Exception as error:
            reason = self.tracker.backend.redact(str(error))
            self._refused = LabError(f"MLflow cannot be used: {type(error).__name__}: {reason}")
            return
        finally:
            self._prepared.set()
        while (event := self._events.get()) is not None:
            self._attempt(*event)

    def _attempt(self, case: Case | None, write: Callable[[], None]) -> None:
        """Write something; fits go on if that fails, and the session says so at its end."""
        if self._failures >= FAILURES_IN_A_ROW:
            self.unlogged.setdefault(case, "given up")
            return
        try:
            write()
            self._failures = 0
        except Exception as error:
            self._failures += 1
            text = self.tracker.backend.redact(f"{type(error).__name__}: {error}")
            self.unlogged.setdefault(case, text.splitlines()[0])
