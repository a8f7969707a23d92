"""Summary of a session: its closing lines, its documents in MLflow, and its update of baselines."""

from __future__ import annotations

import shlex
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from lab import datasets
from lab.baseline import Baseline
from lab.cases import Result
from lab.cases.row_facts import RowFacts
from lab.errors import LabError, reason
from lab.observations.answers import answers
from lab.observations.goal_table import goal_tables
from lab.report import Closing, giveaway_lines, page, session_note, skipped_lines, split_lines
from lab.report.session_record import SessionFacts, SessionRecord
from lab.session.benchmark import claims_problem
from lab.tracking import REPORT, SCORES, SESSION_RECORD
from lab.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from lab.baseline.update import Update
    from lab.cases import Case
    from lab.datasets.column import Column
    from lab.observations.answer import Answer
    from lab.observations.record import ObservationRecord
    from lab.session.recorder import Recorder
    from lab.session.workspace import Workspace


class Summary:
    """Summary of a session.

    Parameters
    ----------
    workspace : Workspace
        Its cases, store and baselines.
    recorder : Recorder
        Its results and observations, and the tracker of its runs.

    Attributes
    ----------
    update_error : str
        Reason why baselines could not be updated; empty if they could, or were not to be.
    """

    def __init__(self, workspace: Workspace, recorder: Recorder) -> None:
        self.workspace, self.recorder, self.tracker = workspace, recorder, recorder.tracker
        self.grid, self.baselines = workspace.grid, workspace.baselines
        self.update_error = ""
        self._started = datetime.now().astimezone()
        self._updates: dict[Path, Update] = {}
        self._damages: list[str] = []  # of stored results
        self._no_answer = ""  # why there is no answer

    @property
    def nothing_to_do(self) -> bool:
        """Whether no selected case can be computed."""
        return all(case.problem(self.grid.protocol) for case in self.grid.cases())

    def note_damages(self) -> None:
        """Note which stored results were corrupted, before the session leaves the store."""
        self._damages = self.workspace.store.damages()

    def update_baselines(self) -> None:
        """Record results and verdicts in the baselines, if the session is to update them."""
        if self.workspace.update and (results := self.recorder.results()):
            try:
                self._updates = self.workspace.record(results, self.recorder.observations)
            except (LabError, OSError) as error:
                self.update_error = str(error)

    def closing(self) -> Closing:
        """Return the facts that the closing lines state."""
        results = self._results()
        compared = self._compared(results)
        return Closing(
            own_data=bool(self._columns()),
            results=results,
            remarks=self._remarks(results),
            reused=self.recorder.reused() if self.workspace.store.reuse else None,
            nothing_to_do=self.nothing_to_do,
            no_claims=claims_problem(self.grid),
            observations=self.recorder.observations,
            unmarked=self._unmarked(),
            comparisons=list(map(self.workspace.compare, compared)),
            baselines=[self.baselines.file_of(result.case.dataset) for result in compared],
            updates=self._updates,
            update_error=self.update_error,
            failures=self.recorder.failures(),
            unfinished=self.recorder.unfinished(),
            answers=self.answers,
            no_answer=self._no_answer,
            missing=len(set(self.recorder.failures()).difference(self._references())),
            unlogged=self.recorder.unlogged,
            address=self.tracker.backend.shown_uri,
            where=[*self.tracker.where(), self._report()] if self.tracker.run_id else [],
        )

    def _report(self) -> str:
        """Return the closing line on the report, which needs the session's plugins again."""
        plugins = chain.from_iterable(("--plugin", name) for name in self.workspace.plugins)
        command = shlex.join(["lab", *plugins, "report", self.tracker.session])
        return f"Report: `{command}` writes it, --open opens it"

    def documents(self, outcome: str) -> Iterator[Callable[[], None]]:
        """Yield calls that log the session's documents, those that others need first."""
        log, results = self.tracker.log_document, self._results()
        yield lambda: log(SCORES, Baseline.of(results).dumps())
        record = self._record(outcome, results)
        if record.columns:
            yield lambda: self.tracker.log_columns(record.columns)
        if known := self._described_datasets():
            yield lambda: self.tracker.log_rows(map(datasets.load, known))
        yield lambda: log(SESSION_RECORD, record.dumps())
        yield lambda: log(REPORT, page(record))
        yield lambda: self.tracker.describe(session_note(record, REPORT))

    def _record(self, outcome: str, results: list[Result]) -> SessionRecord:
        """Return everything that the report shows."""
        store = self.workspace.store
        facts = SessionFacts(
            id=store.session_id,
            started=self._started,
            seconds=(datetime.now().astimezone() - self._started).total_seconds(),
            outcome=outcome,
            command=self.tracker.command,
            protocol=store.protocol,
            commit=self.tracker.commit,
            experiment=self.tracker.backend.experiment,
            run_id=self.tracker.run_id,
            versions=versions(),
        )
        return SessionRecord(
            session=facts,
            results=results,
            curves={result.case: store.curves(result.case) for result in results},
            runs={result.case: self.tracker.run_of(result.case.id) for result in results},
            observations=self.recorder.observations,
            comparisons=list(map(self.workspace.compare, self._compared(results))),
            remarks=self._remarks(results),
            failures=self.recorder.failures(),
            unfinished=self.recorder.unfinished(),
            columns=self._columns(),
            references=self._references(),
            answers=self.answers,
        )

    @cached_property
    def answers(self) -> list[Answer]:
        """Answers for the session's goals; none before all cases have finished, or on an error."""
        try:
            return list(self._answers())
        except (LabError, OSError, ValueError) as error:  # of a user's goal, or of a file
            self._no_answer = reason(error)
            return []

    def _answers(self) -> Iterable[Answer]:
        results, goals = self._results(), self.workspace.goals
        if not results or self.recorder.unfinished():
            return []
        facts: dict[str, RowFacts] = {}
        if any(goal.needs_rows for goal in goals):
            facts = {name: RowFacts.of(datasets.load(name)) for name in self.grid.datasets}
        tables = goal_tables(goals, results, Result.read_predictions, facts)
        return answers(tables, results, self.recorder.failures(), self._references())

    def _columns(self) -> dict[str, Sequence[Column]]:
        """Return how the columns of the user's own tables were read."""
        entries = map(datasets.entry, self.grid.datasets)
        return {entry.name: entry.schema for entry in entries if entry.schema}

    def _described_datasets(self) -> list[str]:
        """Return the names of the datasets whose rows have groups, times or values."""
        entries = map(datasets.entry, self.grid.datasets)
        keys = ("group_column", "time_column", "value_columns")
        return [one.name for one in entries if any(getattr(one, key) for key in keys)]

    def _results(self) -> list[Result]:
        """Return the results so far, in the order of the tables."""
        return sorted(self.recorder.results(), key=lambda result: self.grid.place(result.case))

    def _references(self) -> list[Case]:
        """Return the cases that were not selected: an observation compares others with them."""
        selected = set(self.grid.cases())
        return [case for case in self.recorder.states if case not in selected]

    def _compared(self, results: list[Result]) -> list[Result]:
        """Return the results that are compared with a baseline: none if it is updated."""
        return [] if self.workspace.update else results

    @cached_property
    def _giveaways(self) -> list[str]:
        """Warnings of columns as good as a model, for the report and the closing lines."""
        return giveaway_lines(self._results())

    def _remarks(self, results: Sequence[Result]) -> list[str]:
        """Return a line for each reason why cases were skipped or evaluated differently."""
        refusals = self.recorder.refusals()
        lines = skipped_lines(self.grid.cases(), self.grid.protocol, refusals, results)
        lines += [*self._giveaways, *split_lines(results)]
        return lines + [f"computed again: {reason}" for reason in self._damages]

    def _unmarked(self) -> list[tuple[Case, ObservationRecord]]:
        """Return the observations on cases whose verdict no mark expects, with the case of each."""
        return [
            (case, record)
            for record in self.recorder.observations
            if (case := self.grid.case(record.subject)) and not self.grid.is_marked(case.dataset)
        ]
