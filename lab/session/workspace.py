"""Workspace of the tests of one process: the selected cases, their results, their baselines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from lab import datasets
from lab.baseline.comparison import Comparison, Status
from lab.baseline.lookup import Baselines
from lab.baseline.verdicts import Record, RecordedClaim, RecordedVerdict, Selection
from lab.cases import Case, Protocol
from lab.cases.row_facts import RowFacts
from lab.datasets.user_files import register_copies, register_files
from lab.datasets.value_columns import ValueColumns
from lab.engine import Local
from lab.errors import LabError, NotApplicableError
from lab.grid import Grid
from lab.metrics import GOALS, METRICS
from lab.observations.effects import OverallEffect
from lab.observations.goal_table import check_goals
from lab.observations.verdict import Verdict
from lab.read_options import ReadOptions
from lab.session.options import check_engine
from lab.splits import Gap
from lab.store import SessionFolder, Store
from lab.store.costs import Costs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.baseline.update import Update
    from lab.cases import Result
    from lab.metrics import Goal
    from lab.observations.effects import Expectation
    from lab.observations.observation import Observation
    from lab.observations.record import ObservationRecord
    from lab.session.benchmark import Benchmark


class CaseGoneError(LabError):
    """A case of the baseline that its strategy can no longer handle."""


@dataclass(frozen=True)
class Workspace:
    """Workspace of the tests of one process.

    Attributes
    ----------
    grid : Grid
        The selected cases.
    store : Store
        Their results.
    baselines : Baselines
        Their recorded scores and verdicts.
    update : bool
        Whether the session updates the baselines.
    scheduler : str
        Address of a Dask scheduler that evaluates the cases; empty for local processes.
    limit : float or None
        Seconds that a case may take on the cluster.
    plugins : tuple of str
        Files and modules of ``--plugin``.
    goals : tuple of Goal
        Goals to answer at the end of the session.
    """

    grid: Grid
    store: Store
    baselines: Baselines
    update: bool
    scheduler: str = ""
    limit: float | None = None
    plugins: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()

    @classmethod
    def from_options(cls, root: Path, options: Any, told: Mapping[str, Any]) -> Self:
        """Return the workspace that command line options describe.

        Parameters
        ----------
        root : Path
            The project's folder.
        options
            Parsed values of ``lab.session.options.OPTIONS``.
        told : mapping
            In a worker, the session's id ``lab_session`` and ``lab_costs``, from the process that
            owns the session. That process has read the user's tables, and the worker finds them
            in the store. If empty, this process owns a new session.

        Raises
        ------
        LabError
            An option is invalid, or options exclude each other.
        """
        check_engine(options)
        goals = tuple(GOALS.chosen(options.goal))
        session = told.get("lab_session")
        protocol = Protocol(
            options.folds,
            options.repeats,
            options.seed,
            options.split,
            str(Gap.parse(options.gap)) if options.gap else "",
            options.copies,
            new_groups=options.new_groups,
        )
        folder = SessionFolder(root / ".lab", session or new_id())
        # The processes of a session share long cases; one that is alone has no costs to share by.
        costs = Costs(**told["lab_costs"]) if session else None
        engine = Local(protocol, folder.path, costs)
        wanted = {"reuse": options.reuse, "models": options.log_models}
        store = Store(folder, protocol, engine, **wanted)
        if costs:
            store.costs = costs
        given = Path(options.baseline).expanduser() if options.baseline else None
        baselines = Baselines(root / "benchmarks" / "baseline.json", given)
        patterns = (options.dataset, options.strategy, options.model)
        try:
            if session is None:
                files = [Path(file).expanduser() for file in options.data]
                columns = ReadOptions.of(vars(options))
                named = (options.target, options.positive)
                held_out = Path(options.holdout).expanduser() if options.holdout else None
                values = value_columns(goals)
                how = {"copies": options.copies, "holdout": held_out, "values": values}
                own = register_files(files, *named, store.data, columns, **how)
            else:
                own = register_copies(store.data, len(options.data))
            grid = Grid.select(*patterns, protocol, own)
        except BaseException:
            if session is None:
                store.close()
            raise
        where = (options.scheduler or "", options.case_timeout)
        plugins = tuple(options.plugin)
        return cls(grid, store, baselines, options.update_baseline, *where, plugins, goals)

    def check_goals(self) -> None:
        """Check that all datasets allow the goals; they must be available.

        Raises
        ------
        GoalError
            One of them does not.
        """
        wanting = [goal for goal in self.goals if goal.needs_rows]
        for name in self.grid.datasets if wanting else ():
            dataset = datasets.load(name)
            split = self.grid.protocol.on(dataset).split
            facts = RowFacts.of(dataset)
            check_goals(wanting, name, split, facts)

    def result(self, case: Case) -> Result:
        """Return a case's result; see :meth:`lab.store.store.Store.result`.

        Raises
        ------
        NotApplicableError
            The strategy cannot handle the case.
        CaseGoneError
            The same, but a baseline has the case.
        """
        try:
            return self.store.result(case)
        except NotApplicableError as reason:
            own = case.protocol(self.grid.protocol, datasets.entry(case.dataset))
            if self.update or not self.baselines.expects(case, own):
                raise
            raise CaseGoneError(f"the baseline has this case, but now {reason}") from None

    def observation(
        self, benchmark: Benchmark, subject: Case | str, expectation: Expectation
    ) -> Observation:
        """Return a benchmark's observation of a case or a model, with the verdict expected."""
        record = Record()
        if not self.update:
            key, statement = benchmark.key, expectation.statement
            if isinstance(subject, Case):
                record = self.baselines.verdict(self.store.result(subject), key, statement)
            elif isinstance(expectation.effect, OverallEffect):
                selection = self._selection(expectation.effect.cases, expectation.effect.models)
                record = self.baselines.verdict_on_claim(subject, selection, key, statement)
        return benchmark.observation(subject, expectation, record)

    def record(
        self, results: Iterable[Result], observations: Iterable[ObservationRecord]
    ) -> dict[Path, Update]:
        """Record results and observations in the baselines.

        On bundled data under the default protocol contradictions are left out, since only marks
        can expect them, and so are claims on a part of the datasets or models, which would take
        the place of those on all.

        Raises
        ------
        BaselineError
            A score is not a number, or a file cannot be read.
        OSError
            A file cannot be written.
        """
        verdicts: dict[str, dict[str, RecordedVerdict]] = {}
        claims: dict[str, dict[str, RecordedClaim]] = {}
        for one in observations:
            selection = self._selection(one.cases, one.models)
            marked = all(map(self.grid.is_marked, selection.datasets))
            if marked and one.verdict is Verdict.CONTRADICTED:
                continue
            if not one.is_claim:
                recorded = RecordedVerdict(one.statement, one.verdict)
                verdicts.setdefault(one.subject, {})[one.key] = recorded
            elif one.guarded or not marked:
                claim = RecordedClaim(one.statement, one.verdict, selection)
                claims.setdefault(one.key, {})[one.subject] = claim
        lock_file = self.store.folder.root / "baseline.lock"
        return self.baselines.update(results, verdicts, claims, lock_file)

    def _selection(self, cases: Iterable[str], family: Iterable[str]) -> Selection:
        # One protocol where it means the same for all datasets: "auto" may mean several.
        own = {self.grid.protocol.on(datasets.entry(Case.parse(one).dataset)) for one in cases}
        return Selection.of(cases, family, own.pop() if len(own) == 1 else self.grid.protocol)

    def compare(self, result: Result) -> Comparison:
        """Return how a result compares with its baseline, unless the session updates that."""
        if self.update:
            why = "recorded in the baseline when the session ends"
            return Comparison(result.case.id, Status.NEW, why, asked_for=True)
        # Of bundled data under default options a baseline of another protocol is an error. The
        # options of a user's table choose its split.
        chosen = not self.grid.is_marked(result.case.dataset)
        return self.baselines.compare(result, chosen=chosen)


def value_columns(goals: Iterable[Goal]) -> ValueColumns:
    """Return the value columns that goals and metrics ask for."""
    required = {name: f"--goal {goal.key}" for goal in goals for name in goal.measured.columns}
    return ValueColumns(required=required, optional=METRICS.columns)


def new_id() -> str:
    """Return a unique id of a session that sorts by time."""
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"
