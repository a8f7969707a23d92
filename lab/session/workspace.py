"""What the tests of one process work with: the selected cases, their results, their baselines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from lab.baseline.comparison import Comparison, Status
from lab.baseline.lookup import Baselines
from lab.cases import Case, Protocol
from lab.datasets.user_files import register_copies, register_files
from lab.engine import Local
from lab.errors import LabError, NotApplicableError
from lab.grid import Grid
from lab.session.options import check_engine
from lab.store import SessionFolder, Store
from lab.store.costs import Costs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.cases import Result
    from lab.observations.effects import Expectation
    from lab.observations.observation import Observation
    from lab.session.benchmark import Benchmark


class CaseGoneError(LabError):
    """A case that was recorded and that its strategy can do nothing with any more."""


@dataclass(frozen=True)
class Workspace:
    """What the tests of one process work with.

    Attributes
    ----------
    grid : Grid
        The selected cases.
    store : Store
        Their results.
    baselines : Baselines
        What is expected of them.
    update : bool
        Whether the baselines are to be recorded anew.
    scheduler : str
        The address of a Dask scheduler, if cases are to be evaluated there.
    limit : float or None
        Seconds that a case may take there.
    """

    grid: Grid
    store: Store
    baselines: Baselines
    update: bool
    scheduler: str = ""
    limit: float | None = None

    @classmethod
    def from_options(cls, root: Path, options: Any, told: Mapping[str, Any]) -> Self:
        """Return what parsed command line options ask for.

        Parameters
        ----------
        root : Path
            The project's folder.
        options
            Values of ``lab.session.options.OPTIONS``.
        told : mapping
            What another process that owns the session told this one: its id ``lab_session``, and
            ``lab_costs``. That process has read the user's own files, and what it made of them is
            found again. If empty, this one owns a new session.

        Raises
        ------
        LabError
            An option asks for what is not possible.
        """
        check_engine(options)
        session = told.get("lab_session")
        protocol = Protocol(options.folds, options.repeats, options.seed)
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
                own = register_files(files, options.target, options.positive, store.data)
            else:
                own = register_copies(store.data, len(options.data))
            grid = Grid.select(*patterns, protocol, own)
        except BaseException:
            if session is None:
                store.close()
            raise
        where = (options.scheduler or "", options.case_timeout)
        return cls(grid, store, baselines, options.update_baseline, *where)

    def result(self, case: Case) -> Result:
        """Return a case's result; see :meth:`lab.store.store.Store.result`.

        Raises
        ------
        NotApplicableError
            The case has none, and none is expected.
        CaseGoneError
            The case has none, but a baseline has it.
        """
        try:
            return self.store.result(case)
        except NotApplicableError as reason:
            if self.update or not self.baselines.expects(case, self.grid.protocol):
                raise
            raise CaseGoneError(f"the baseline has this case, but now {reason}") from None

    def observation(
        self, benchmark: Benchmark, subject: Case | str, expectation: Expectation
    ) -> Observation:
        """Return what a benchmark observes of a case or a model, with what is recorded of it."""
        recorded = None
        if isinstance(subject, Case) and not (self.update or self.grid.is_marked(subject.dataset)):
            # Where marks say what to expect no file is asked.
            result = self.store.result(subject)
            recorded = self.baselines.verdict(result, benchmark.key, expectation.statement)
        return benchmark.observation(subject, expectation, recorded)

    def compare(self, result: Result) -> Comparison:
        """Return how a result compares with what is recorded, unless it is to be recorded."""
        if self.update:
            why = "recorded in the baseline when the session ends"
            return Comparison(result.case.id, Status.NEW, why, asked_for=True)
        return self.baselines.compare(result)


def new_id() -> str:
    """Return a session's id that sorts by time and that no other session has."""
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"
