"""Results on disk: each case of a session is computed once, whoever asks first.

Layout of the store's folder, which may be deleted::

    results/CASE/FINGERPRINT.json .parquet .png   scores, predictions, picture; shared by sessions
    results/CASE/FINGERPRINT.model .skops .pkl    the model fitted to all rows, if it is asked for
    results/CASE/damaged/                         what was found to be another than was written
    costs.json                                    how long cases took
    sweep.lock                                    held while sessions begin or dead ones go
    sessions/SESSION/alive                        held by the session's owner
    sessions/SESSION/CASE.json                    what this session stands on
    sessions/SESSION/CASE.error.json              why this session has no result
    sessions/SESSION/CASE.damaged.json            what of its stored result was damaged
    sessions/SESSION/CASE.running                 a process evaluates it, or died doing so
    sessions/SESSION/data/                        copies of the user's own tables
    sessions/SESSION/shared/                      folds that several cases need, prepared
    sessions/SESSION/folds/CASE/                  folds of a long case, which several processes do
"""

from __future__ import annotations

import json
import shutil
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from lab.errors import LabError, NotApplicableError
from lab.evaluation.prepared import Shared
from lab.evaluation.warm_up import warm_up
from lab.files import is_free, lock, slug, write_bytes
from lab.store.costs import Costs, keep
from lab.store.fingerprint import fingerprint
from lab.store.model_file import ModelFile
from lab.store.owner import Owner, hold, sweep
from lab.store.result_files import (
    PICTURE,
    PREDICTIONS,
    RECORD,
    DamagedError,
    StoredResult,
    opened,
    packed,
    prune,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from lab.cases import Case, Protocol, Result
    from lab.engine import Cluster

ERROR, DAMAGED = ".error.json", ".damaged.json"
# Seconds that a case is expected to take from which on others help with it, rather than wait.
LONG = 1.0


class CaseError(LabError):
    """A case whose evaluation failed, here or in another process."""


class StoreError(LabError):
    """A folder that nothing can be written to."""


class Store:
    """Results of one session, and those of earlier sessions that it may reuse.

    Parameters
    ----------
    root : Path
        The store's folder; made when the first result is written.
    session : str
        The session's id.
    protocol : Protocol
        How the session's cases are cross-validated.
    reuse : bool
        Whether a result of an earlier session counts, if data, case, protocol, code and package
        versions are the same.
    models : bool
        Whether each case's model is fitted to all rows, too, and kept.
    """

    def __init__(
        self,
        root: Path,
        session: str,
        protocol: Protocol,
        *,
        reuse: bool = False,
        models: bool = False,
    ) -> None:
        self.session_id = session
        self.protocol = protocol
        self.results = root / "results"
        self.session = root / "sessions" / session
        self.data = self.session / "data"
        self.reuse = reuse
        self.models = models
        self.cluster: Cluster | None = None  # which evaluates in place of this process
        self._costs = root / "costs.json"
        self.costs = Costs()
        self._shared = Shared()
        self._owner: Owner | None = None
        self._lost: dict[Case, str] = {}  # errors that could not be left for others

    def hold(self) -> str:
        """Take hold of the session, for as long as this process lives.

        Returns
        -------
        str
            What tells others whether it is gone, see :func:`lab.store.owner.is_gone`.

        Raises
        ------
        StoreError
            Nothing can be written to the store.
        """
        with self._writing("the session"):
            self._owner = hold(self.session)
            self.costs = Costs.read(self._costs)
        return self._owner.tag

    def result(self, case: Case) -> Result:
        """Return a case's result; compute it if nobody in this session has.

        Raises
        ------
        NotApplicableError
            The case's strategy can do nothing with its dataset.
        CaseError
            Another test of this session tried and failed, or its process died.
        Exception
            Whatever the evaluation raised, where this call tried it.
        """
        if problem := case.problem(self.protocol):
            raise NotApplicableError(f"{case.id}: {problem}")
        found = self.find(case)
        if found is None:
            with self._turn(case):
                found = self.find(case) or self._obtain(case)
        return found

    def all_results(self, cases: Sequence[Case]) -> dict[Case, Result]:
        """Return the results of several cases, less those that are not applicable.

        A case that another process is at is left to it until the others are there, so that
        processes which want the same cases share the work.
        """
        for case in cases:
            with suppress(NotApplicableError):
                if self.find(case) is None:
                    with suppress(BlockingIOError), self._alone(case, wait=False):
                        if self.find(case) is None:
                            self._obtain(case)
        found = {}
        for case in cases:
            with suppress(NotApplicableError):
                found[case] = self.result(case)
        return found

    def expect(self, cases: Sequence[Case]) -> None:
        """Hear which cases are to come: hand them to the cluster, or make ready for them here."""
        if self.cluster:
            self.cluster.plan([case for case in cases if not self._is_stored(case)])
        else:
            self._shared = Shared(self.session / "shared", cases)
            warm_up({(case.strategy, case.model) for case in cases}, self.protocol.seed)

    def _is_stored(self, case: Case) -> bool:
        """Return whether a result of an earlier session may be taken."""
        with suppress(Exception):  # what cannot be made fails where it is evaluated
            if self.reuse and not case.problem(self.protocol):
                return self._stored(case, fingerprint(case, self.protocol)).file(RECORD).exists()
        return False

    def find(self, case: Case) -> Result | None:
        """Return a case's result if this session has one.

        Raises
        ------
        NotApplicableError
            Its strategy could do nothing with the training rows.
        CaseError
            Its evaluation failed.
        """
        if case in self._lost:
            raise CaseError(self._lost[case])
        error = self._in_session(case, ERROR)
        if error.exists():
            found = json.loads(error.read_bytes())
            raise (CaseError if found["failed"] else NotApplicableError)(found["message"])
        record = self._record(case)
        return self._load(record) if record.exists() else None

    def artifacts(self, case: Case) -> dict[str, Path]:
        """Return the files to log for a case that this session has a result of, by their names."""
        stored = self._stored_of(case)
        return {
            "predictions.parquet": stored.file(PREDICTIONS),
            "curves.png": stored.file(PICTURE),
        }

    def curves(self, case: Case) -> dict[str, Any]:
        """Return what is kept of the curves of a case that this session has a result of."""
        kept: dict[str, Any] = self._read(self._record(case))["curves"]
        return kept

    def model(self, case: Case) -> ModelFile | None:
        """Return the model of a case that this session has a result of, if it is to have one."""
        return ModelFile.read(self._stored_of(case).stem) if self.models else None

    def session_results(self) -> Iterator[Result]:
        """Yield every result that this session has."""
        for record in sorted(self.session.glob("*.json")):
            if not record.name.endswith((ERROR, DAMAGED)):
                yield self._load(record)

    def reused(self, case: Case) -> bool:
        """Return whether this session took a case's result from an earlier one."""
        record = self._record(case)
        return record.exists() and self._read(record)["session"] != self.session_id

    def damages(self) -> list[str]:
        """Return what this session found to be another than was written, a sentence a file."""
        return [json.loads(path.read_bytes()) for path in sorted(self.session.glob(f"*{DAMAGED}"))]

    def learn(self, results: Iterable[Result]) -> None:
        """Keep for later sessions what cases took in this one."""
        keep(self._costs, results)

    def close(self) -> None:
        """Forget the session; its results stay for later ones to reuse.

        Sessions whose owner died before they could are forgotten, too.
        """
        if self.cluster:
            self.cluster.close()
        if self._owner:
            self._owner.release()
        shutil.rmtree(self.session, ignore_errors=True)
        with suppress(OSError):  # a store that cannot be written
            sweep(self.session.parent)

    @contextmanager
    def _alone(self, case: Case, *, wait: bool = True) -> Iterator[None]:
        """Hold a case's lock. One at a time: nothing that holds it asks for another case."""
        with ExitStack() as stack:
            with self._writing(case.id):
                stack.enter_context(lock(self._in_session(case, ".lock"), wait=wait))
            yield

    @contextmanager
    def _turn(self, case: Case) -> Iterator[None]:
        """Hold a case's lock. If another process does, and the case is long, help it meanwhile."""
        folds = self._folds(case)
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(self._alone(case, wait=folds is None))
                    break
                except BlockingIOError:
                    if folds and folds.exists():
                        self._help_with(case, folds)
                        folds = None
                    else:
                        time.sleep(0.05)  # it has just begun, or takes an earlier session's result
            yield

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        """Say in a sentence that something cannot be written."""
        try:
            yield
        except BlockingIOError:
            raise  # another process has the lock
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(f"{what} cannot be kept in {self.results.parent}: {reason}") from None

    def _obtain(self, case: Case) -> Result:
        """Take a case from an earlier session or evaluate it, while holding its lock."""
        running = self._in_session(case, ".running")
        if running.exists():
            raise self._fail(case, "the process that evaluated it died")
        try:
            record = self._reusable(case) or self._compute(case)
            stored = self._stored(case, opened(record, running)["fingerprint"])
            if self.models and not (self.reuse and ModelFile.is_whole(stored.stem)):
                with self._writing(case.id):
                    write_bytes(running, b"")
                    ModelFile.make(stored.stem, case, self.protocol)
            with self._writing(case.id):
                write_bytes(self._record(case), record)
            if folds := self._folds(case):
                shutil.rmtree(folds, ignore_errors=True)  # after the record, which ends all help
        except NotApplicableError as error:
            self._leave(case, str(error), failed=False)
            raise
        except LabError as error:
            self._fail(case, str(error))
            raise
        except Exception as error:
            self._fail(case, f"{type(error).__name__}: {error}")
            raise
        finally:
            with suppress(OSError):  # the folder may be deleted at any time
                running.unlink()
        prune(stored.stem.parent)
        return self._load(self._record(case))

    def _reusable(self, case: Case) -> bytes | None:
        """Return the record of a stored result that may be taken; set one aside that is damaged."""
        if not self.reuse:
            return None
        stored = self._stored(case, fingerprint(case, self.protocol))
        try:
            return stored.read()
        except DamagedError as error:
            with self._writing(case.id):
                stored.set_aside()
                write_bytes(self._in_session(case, DAMAGED), json.dumps(str(error)).encode())
            return None

    def _fail(self, case: Case, reason: str) -> CaseError:
        """Leave the reason for those who ask later; return it as an error."""
        message = f"{case.id} could not be evaluated: {reason}"
        self._leave(case, message, failed=True)
        return CaseError(message)

    def _leave(self, case: Case, message: str, *, failed: bool) -> None:
        content = {"message": message, "failed": failed}
        try:
            write_bytes(self._in_session(case, ERROR), json.dumps(content).encode())
        except OSError:
            self._lost[case] = message  # at least this process does not try again

    def _compute(self, case: Case) -> bytes:
        """Evaluate a case, store what it produced, and return the record of it."""
        with self._writing(case.id):
            write_bytes(self._in_session(case, ".running"), b"")
        contents = self.cluster.contents(case) if self.cluster else self._evaluated(case)
        key = opened(contents[RECORD], self._record(case))["fingerprint"]
        with self._writing(case.id):
            self._stored(case, key).write(contents)
        return contents[RECORD]

    def _folds(self, case: Case) -> Path | None:
        """Return where several processes take folds of a case; None if it is one's alone."""
        has_peers = self._owner is None  # who owns a session and evaluates is its only process
        is_long = has_peers and self.costs.seconds(case, self.protocol) >= LONG
        return self.session / "folds" / slug(case.id) if is_long else None

    def _help_with(self, case: Case, folds: Path) -> None:
        """Evaluate folds of a case that another process is at."""
        from lab.evaluation.cross_validation import Evaluation
        from lab.evaluation.fold_sharing import Folds

        def goes_on() -> bool:
            ended = self._record(case).exists() or self._in_session(case, ERROR).exists()
            return not ended and not is_free(self._in_session(case, ".lock"))

        # What goes wrong goes wrong there, too, and is said there.
        with suppress(Exception):
            Folds(Evaluation(case, self.protocol, self._shared), folds).help(goes_on)

    def _evaluated(self, case: Case) -> dict[str, bytes]:
        from lab.evaluation.cross_validation import evaluate

        key = fingerprint(case, self.protocol)
        result = evaluate(case, self.protocol, self._shared, self._folds(case))
        return packed(result, {"fingerprint": key, "session": self.session_id})

    def _read(self, record: Path) -> dict[str, Any]:
        return opened(record.read_bytes(), record)

    def _load(self, record: Path) -> Result:
        from lab.cases import Case, Result

        content = self._read(record)
        case = Case(**content["result"]["case"])
        stored = self._stored(case, content["fingerprint"])
        return Result.from_json(content["result"], stored.file(PREDICTIONS))

    def _stored(self, case: Case, key: str) -> StoredResult:
        return StoredResult(self.results / slug(case.id) / key)

    def _stored_of(self, case: Case) -> StoredResult:
        return self._stored(case, self._read(self._record(case))["fingerprint"])

    def _in_session(self, case: Case, suffix: str) -> Path:
        return self.session / (slug(case.id) + suffix)

    def _record(self, case: Case) -> Path:
        return self._in_session(case, RECORD)
