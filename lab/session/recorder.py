"""Recorder of a session: it follows the tests and logs each case as an MLflow run.

One thread of one process writes to MLflow, whatever the number of workers: in the process that owns
the session and is told of every test. Tests never wait for it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from lab.errors import LabError, NotApplicableError
from lab.report import case_note
from lab.store import CaseError
from lab.tracking import NOTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lab.cases import Case, Result
    from lab.observations.record import ObservationRecord
    from lab.store.store import Store
    from lab.tracking import Tracker


# A call that writes, and the case that it is about: None for the session's own run.
Event = tuple["Case | None", "Callable[[], None]"]
# After so many failures in a row the server is taken to be gone: the rest would only wait for it.
FAILURES_IN_A_ROW = 3
STATUS = {"crashed": "FAILED", "failed": "FAILED", "interrupted": "KILLED"}


@dataclass
class CaseState:
    """State of a case in the session: its tests so far, and its result."""

    case: Case
    waiting: int = 0  # tests that have not ended
    started: bool = False
    result: Result | None = None
    end: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    tags: dict[str, str] = field(default_factory=dict)
    observed: list[ObservationRecord] = field(default_factory=list)
    reused: bool = False  # from an earlier session
    refused: str = ""  # why the strategy does not apply, if only the attempt showed it
    closed: bool = False

    @property
    def outcome(self) -> str:
        """The worst outcome of the case's tests."""
        order = ("crashed", "failed", "interrupted", "passed", "skipped")
        return next((outcome for outcome in order if self.outcomes[outcome]), "unjudged")


class Recorder:
    """Turns events of tests into MLflow runs.

    Parameters
    ----------
    tracker : Tracker
        It writes the runs.
    store : Store
        It has the workers' results.

    Attributes
    ----------
    observations : list
        Observations so far.
    tags : dict of str to str
        Tags of the session's own run.
    unlogged : dict of Case to str
        Why cases could not be logged; under None, why the session's own run could not.
    """

    def __init__(self, tracker: Tracker, store: Store) -> None:
        self.tracker = tracker
        self.store = store
        self.states: dict[Case, CaseState] = {}
        self.observations: list[ObservationRecord] = []
        self.tags: dict[str, str] = {}  # of the session's own run
        self.unlogged: dict[Case | None, str] = {}
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._prepared = threading.Event()
        self._refused: Exception | None = None
        self._failures = 0  # in a row
        self._thread = threading.Thread(target=self._write, name="mlflow-writer", daemon=True)

    def prepare(self) -> None:
        """Start the writing thread, and wait until MLflow accepts writes.

        To be called after collection: MLflow's import registers loggers, which pytest counts while
        it starts and collects.

        Raises
        ------
        TrackingError
            MLflow cannot be used.
        """
        self._thread.start()
        self._prepared.wait()
        if self._refused is not None:
            raise self._refused

    def expect(self, cases: Iterable[Case]) -> None:
        """Set the pending tests: the case of each."""
        for case in cases:
            self._state(case).waiting += 1

    def started(self, case: Case, ago: float = 0.0) -> None:
        """Record the start of a test, some seconds ago; the first test of a case opens its run."""
        state = self._state(case)
        if not state.started:
            state.started = True
            start = time.time() - ago
            self._events.put((case, lambda: self.tracker.open_case(case, start)))

    def observed(self, case: Case | None, observation: ObservationRecord) -> None:
        """Record an observation on a case, or on a model over datasets."""
        self.observations.append(observation)
        name = f"observation.{observation.name}"
        if case is None:
            self.tags[f"{name}.{observation.subject}"] = str(observation.verdict)
        else:
            state = self._state(case)
            state.tags[name] = str(observation.verdict)
            state.observed.append(observation)

    def ended(self, case: Case, outcome: str, tags: Mapping[str, str]) -> None:
        """Record the outcome of a test; the last test of a case closes its run."""
        state = self._state(case)
        state.outcomes[outcome] += 1
        state.tags.update(tags)
        state.waiting -= 1
        self._log_result(state)
        if state.waiting == 0:
            self._close(state)

    def finish(
        self,
        conclude: Callable[[str], Iterable[Callable[[], None]]],
        *,
        interrupted: bool,
        failed: bool,
    ) -> None:
        """Close every run and wait until everything is written.

        Cases without a selected test, which were computed to compare others with, are logged too.

        Parameters
        ----------
        conclude : callable
            ``conclude(outcome)`` yields calls that log the documents of the whole session; if one
            fails, the others are still made. Called when all cases are logged.
        interrupted, failed : bool
            Outcome of the session.
        """
        if self._thread.ident is None:
            return  # no test was started
        for state in list(self.states.values()):
            if state.started and not state.closed:
                self._log_result(state)
                state.outcomes["interrupted"] += state.waiting > 0
                self._close(state)
        for result in self.store.session_results():
            state = self._state(result.case)
            if not state.started:
                self.started(result.case, ago=sum(map(sum, result.seconds.values())))
                self._log_result(state)
                self._close(state)
        totals = Counter(state.outcome for state in self.states.values() if state.started)
        totals.update(str(observation.verdict) for observation in self.observations)
        counts = {f"count.{name}": float(count) for name, count in totals.items()}

        def outcome() -> str:
            # Known only after everything else is written.
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
        return [state.result for state in self.states.values() if state.result is not None]

    def computed(self) -> list[Result]:
        """Return the results that were evaluated in this session."""
        states = self.states.values()
        return [one.result for one in states if one.result is not None and not one.reused]

    def reused(self) -> int:
        """Return the number of results reused from earlier sessions."""
        return sum(state.reused for state in self.states.values())

    def refusals(self) -> dict[Case, str]:
        """Return the cases whose strategy does not apply to their rows, with the reason."""
        return {case: state.refused for case, state in self.states.items() if state.refused}

    def failures(self) -> dict[Case, str]:
        """Return the cases that could not be evaluated, with the reason."""
        found = {case: state.tags.get("lab.error") for case, state in self.states.items()}
        return {case: why.removeprefix(f"{case.id} ") for case, why in found.items() if why}

    def unfinished(self) -> list[Case]:
        """Return the cases that did not finish before the session ended."""
        return [
            case
            for case, state in self.states.items()
            if state.result is None and not state.refused and "lab.error" not in state.tags
        ]

    def _state(self, case: Case) -> CaseState:
        return self.states.setdefault(case, CaseState(case))

    def _log_result(self, state: CaseState) -> None:
        """Log a case's result as soon as there is one."""
        if state.result is not None or state.refused or "lab.error" in state.tags:
            return
        state.end = time.time()
        entry = None
        try:
            entry = self.store.find(state.case)
        except CaseError as error:
            state.tags["lab.error"] = str(error)
        except NotApplicableError as reason:
            state.tags["lab.not_applicable"] = state.refused = str(reason)
        if entry is not None:
            case, state.result, state.reused = state.case, entry.result, entry.reused
            log = partial(
                self.tracker.log_result, case, entry.result, entry.artifacts, reused=entry.reused
            )
            self._events.put((case, log))
            if model := self.store.model(case):
                self._events.put((case, lambda: self.tracker.log_model(case, model)))

    def _close(self, state: CaseState) -> None:
        state.closed = True
        if state.result is not None:
            state.tags[NOTE] = case_note(state.result, state.observed, state.tags)
        case, outcome, tags, end = state.case, state.outcome, dict(state.tags), state.end

        def close() -> None:
            # A run without its scores must not look as if it had passed.
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
        """Make a call that writes; if it fails, the session goes on and reports it at its end."""
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
