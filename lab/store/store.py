"""Results on disk: each case of a session is computed once, by the process that asks first."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from lab.errors import LabError, NotApplicableError
from lab.store.costs import Costs, keep
from lab.store.model_file import ModelFile
from lab.store.owner import Owner, acquire, sweep
from lab.store.result_files import prune
from lab.store.sealed_json import DamagedError
from lab.store.session_folder import CaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from lab.cases import Case, Protocol, Result
    from lab.store.engine import Engine
    from lab.store.result_files import ResultFacts, StoredResult
    from lab.store.session_folder import Entry, SessionFolder

PAUSE = 0.05  # seconds between two attempts to help another process


class Store:
    """Results of one session, and those of earlier sessions that it may reuse.

    Parameters
    ----------
    folder : SessionFolder
        Folder of the session; created when something is written to it.
    protocol : Protocol
        How the session's cases are cross-validated.
    engine : Engine
        Evaluates cases.
    reuse : bool
        Whether to use results of earlier sessions whose data, case, protocol, code and package
        versions match. Metrics that they lack are computed from their predictions.
    models : bool
        Whether each case's model is also fitted to all rows, and stored.

    Attributes
    ----------
    costs : Costs
        Expected costs of cases.
    """

    def __init__(
        self,
        folder: SessionFolder,
        protocol: Protocol,
        engine: Engine,
        *,
        reuse: bool = False,
        models: bool = False,
    ) -> None:
        self.folder, self.protocol, self.engine = folder, protocol, engine
        self.reuse, self.models = reuse, models
        self.costs = Costs()
        self._costs = folder.root / "costs.json"
        self._owner: Owner | None = None

    @property
    def session_id(self) -> str:
        """Id of the session."""
        return self.folder.session

    @property
    def data(self) -> Path:
        """Folder for copies of the user's own tables."""
        return self.folder.data

    def acquire(self) -> str:
        """Become the owner of the session, as long as this process lives.

        Returns
        -------
        str
            Tells other processes whether this one is gone, see :func:`lab.store.owner.is_gone`.

        Raises
        ------
        StoreError
            The store cannot be written to.
        """
        with self.folder.writing("the session"):
            self._owner = acquire(self.folder.path)
            self.costs = Costs.read(self._costs)
        return self._owner.tag

    def use(self, engine: Engine) -> None:
        """Evaluate cases on another engine from now on."""
        self.engine = engine

    def plan(self, cases: Sequence[Case]) -> None:
        """Prepare the engine for the cases that the session's tests are about."""
        self.engine.plan(cases)

    def result(self, case: Case) -> Result:
        """Return a case's result. It is computed if no process of the session has done so.

        Raises
        ------
        NotApplicableError
            The strategy cannot handle the dataset.
        CaseError
            The evaluation failed in another test of this session, or its process died.
        Exception
            Any error of the evaluation, if this call made it.
        """
        if problem := case.problem(self.protocol):
            raise NotApplicableError(f"{case.id}: {problem}")
        found = self.folder.find(case)
        if found is None:
            with self._turn(case):
                found = self.folder.find(case) or self._obtain(case)
        return found.result

    def all_results(self, cases: Sequence[Case]) -> dict[Case, Result]:
        """Return the results of those cases that are applicable.

        Cases that another process evaluates come last, so that processes that need the same cases
        share the work.
        """
        for case in cases:
            with suppress(NotApplicableError):
                if self.folder.find(case) is None:
                    with suppress(BlockingIOError), self.folder.lock(case, wait=False):
                        if self.folder.find(case) is None:
                            self._obtain(case)
        found = {}
        for case in cases:
            with suppress(NotApplicableError):
                found[case] = self.result(case)
        return found

    def find(self, case: Case) -> Entry | None:
        """Return what this session has of a case; None if it has no result yet.

        Raises
        ------
        NotApplicableError
            The strategy could not handle the training rows.
        CaseError
            The evaluation failed.
        """
        return self.folder.find(case)

    def is_stored(self, case: Case) -> bool:
        """Return whether a result of an earlier session can be reused."""
        with suppress(Exception):  # a pipeline that cannot be built fails in its own case
            if self.reuse and not case.problem(self.protocol):
                return self._stored(case).exists()
        return False

    def session_results(self) -> Iterator[Result]:
        """Yield all results of this session."""
        return (entry.result for entry in self.folder.entries())

    def curves(self, case: Case) -> dict[str, Any]:
        """Return the points of the curves of a case that has a result."""
        return self._entry(case).facts.curves

    def model(self, case: Case) -> ModelFile | None:
        """Return the model of a case that has a result; None if the session stores no models."""
        return ModelFile.read(self._entry(case).stored.stem) if self.models else None

    def reused(self, case: Case) -> bool:
        """Return whether the session reuses a result of an earlier session."""
        entry = self.folder.entry(case)
        return entry is not None and entry.reused

    def damages(self) -> list[str]:
        """Return one sentence for each stored result that was corrupted."""
        return self.folder.damages()

    def learn(self, results: Iterable[Result]) -> None:
        """Record the costs of cases, for later sessions."""
        keep(self._costs, results)

    def close(self) -> None:
        """Close the engine, and delete the session's folder and those of sessions that died.

        Results stay, for later sessions to reuse.
        """
        self.engine.close()
        if self._owner:
            self._owner.release()
        shutil.rmtree(self.folder.path, ignore_errors=True)
        with suppress(OSError):  # a store that cannot be written to
            sweep(self.folder.path.parent)

    @contextmanager
    def _turn(self, case: Case) -> Iterator[None]:
        """Hold a case's lock. While another process does, help it with a long case."""
        can_help = True
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(self.folder.lock(case, wait=not can_help))
                    break
                except BlockingIOError:
                    can_help = self.engine.help(case, partial(self.folder.is_pending, case))
                    if can_help:
                        time.sleep(PAUSE)
            yield

    def _obtain(self, case: Case) -> Entry:
        """Reuse or evaluate a case whose lock this process holds."""
        if self.folder.is_marked(case):
            raise self._fail(case, "the process that evaluated it died")
        try:
            found = self._reusable(case)
            facts = found or self._compute(case)
            stored = self.folder.stored(case, facts.fingerprint)
            if self.models and not (self.reuse and ModelFile.is_whole(stored.stem)):
                self.folder.mark(case)
                model = self.engine.fit_model(case)
                with self.folder.writing(case.id):
                    ModelFile.write(stored.stem, model)
            entry = self.folder.add(case, facts, reused=found is not None)
        except NotApplicableError as error:
            self.folder.add_error(case, str(error), failed=False)
            raise
        except LabError as error:
            self._fail(case, str(error))
            raise
        except Exception as error:
            self._fail(case, f"{type(error).__name__}: {error}")
            raise
        finally:
            self.folder.unmark(case)
        prune(stored.stem.parent)
        return entry

    def _reusable(self, case: Case) -> ResultFacts | None:
        """Return a stored result that matches, with today's metrics; set it aside if corrupted."""
        if not self.reuse:
            return None
        stored = self._stored(case)
        try:
            found = stored.read()
        except DamagedError as error:
            with self.folder.writing(case.id):
                stored.set_aside()
            self.folder.add_damage(case, str(error))
            return None
        if found is None:
            return None
        packed = self.engine.update(found)
        if packed is not found:
            with self.folder.writing(case.id):
                stored.write(packed)
        return packed.facts

    def _compute(self, case: Case) -> ResultFacts:
        """Evaluate a case and store its result."""
        self.folder.mark(case)
        packed = self.engine.evaluate(case)
        with self.folder.writing(case.id):
            self.folder.stored(case, packed.facts.fingerprint).write(packed)
        return packed.facts

    def _entry(self, case: Case) -> Entry:
        entry = self.folder.entry(case)
        if entry is None:
            raise KeyError(case.id)
        return entry

    def _stored(self, case: Case) -> StoredResult:
        return self.folder.stored(case, self.engine.key(case))

    def _fail(self, case: Case, reason: str) -> CaseError:
        """Note why a case failed; return the reason as an error."""
        message = f"{case.id} could not be evaluated: {reason}"
        self.folder.add_error(case, message, failed=True)
        return CaseError(message)
