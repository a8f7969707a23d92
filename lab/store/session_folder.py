"""The folder of a session, by which its processes share the state of its cases."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.cases import Case
from lab.errors import LabError, NotApplicableError
from lab.files import is_free, lock, slug, write_bytes
from lab.store.result_files import HOLDOUT, PICTURE, PREDICTIONS, ResultFacts, StoredResult
from lab.store.sealed_json import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.cases import Result

ENTRY, ERROR, DAMAGE = ".json", ".error.json", ".damaged.json"
LOCK, RUNNING = ".lock", ".running"


class CaseError(LabError):
    """A case whose evaluation failed, in this process or in another."""


class StoreError(LabError):
    """A store that cannot be written to."""


@dataclass(frozen=True)
class Entry:
    """A case that the session has a result of.

    Attributes
    ----------
    facts : ResultFacts
        The result without its predictions.
    stored : StoredResult
        Its files.
    reused : bool
        Whether an earlier session computed it.
    """

    facts: ResultFacts
    stored: StoredResult
    reused: bool

    @property
    def result(self) -> Result:
        """The result, with the file of its predictions."""
        return self.facts.result

    @property
    def artifacts(self) -> dict[str, Path]:
        """The files to log, by name."""
        files = {
            "predictions.parquet": self.stored.file(PREDICTIONS),
            "curves.png": self.stored.file(PICTURE),
        }
        if self.result.holdout:
            files["holdout.parquet"] = self.stored.file(HOLDOUT)
        return files


class SessionFolder:
    """State of a session's cases, shared by its processes.

    Parameters
    ----------
    root : Path
        The store's folder.
    session : str
        The session's id.

    Attributes
    ----------
    path, data : Path
        The session's own folder, and the copies of the user's tables in it.
    results : Path
        Results of all sessions.
    """

    def __init__(self, root: Path, session: str) -> None:
        self.root, self.session = root, session
        self.results = root / "results"
        self.path = root / "sessions" / session
        self.data = self.path / "data"
        self._unwritten: dict[Case, str] = {}  # errors, where the disk is full

    def stored(self, case: Case, fingerprint: str) -> StoredResult:
        """Return the files of a case's result, whether or not they exist."""
        return StoredResult(self.results / slug(case.id) / fingerprint)

    @contextmanager
    def lock(self, case: Case, *, wait: bool = True) -> Iterator[None]:
        """Hold a case's lock.

        No process waits for a second lock while it holds one, so none can wait forever.

        Raises
        ------
        BlockingIOError
            Another process holds the lock, and ``wait`` is False.
        """
        with ExitStack() as stack:
            with self.writing(case.id):
                stack.enter_context(lock(self._file(case, LOCK), wait=wait))
            yield

    def is_pending(self, case: Case) -> bool:
        """Return whether another process evaluates a case."""
        ended = self._file(case, ENTRY).exists() or self._file(case, ERROR).exists()
        return not ended and not is_free(self._file(case, LOCK))

    def find(self, case: Case) -> Entry | None:
        """Return a case's entry; None if it has neither a result nor an error yet.

        Raises
        ------
        NotApplicableError
            The strategy could not handle the training rows.
        CaseError
            The evaluation failed.
        """
        if case in self._unwritten:
            raise CaseError(self._unwritten[case])
        error = self._file(case, ERROR)
        if error.exists():
            found = json.loads(error.read_bytes())
            raise (CaseError if found["failed"] else NotApplicableError)(found["message"])
        return self.entry(case)

    def entry(self, case: Case) -> Entry | None:
        """Return a case's entry; None if it has no result."""
        path = self._file(case, ENTRY)
        return self._read(path) if path.exists() else None

    def entries(self) -> Iterator[Entry]:
        """Yield all entries."""
        for path in sorted(self.path.glob(f"*{ENTRY}")):
            if not path.name.endswith((ERROR, DAMAGE)):
                yield self._read(path)

    def add(self, case: Case, facts: ResultFacts, *, reused: bool) -> Entry:
        """Add the entry of a case, and return it as the other processes read it."""
        path = self._file(case, ENTRY)
        with self.writing(case.id):
            write_bytes(path, seal({"reused": reused, **facts.to_json()}))
        return self._read(path)

    def add_error(self, case: Case, message: str, *, failed: bool) -> None:
        """Store the reason why a case has no result.

        Parameters
        ----------
        failed : bool
            Whether the evaluation failed. Otherwise the case is not applicable.
        """
        content = {"message": message, "failed": failed}
        try:
            write_bytes(self._file(case, ERROR), json.dumps(content).encode())
        except OSError:
            self._unwritten[case] = message  # at least this process does not try again

    def add_damage(self, case: Case, message: str) -> None:
        """Store a sentence about a corrupted result of a case."""
        with self.writing(case.id):
            write_bytes(self._file(case, DAMAGE), json.dumps(message).encode())

    def damages(self) -> list[str]:
        """Return one sentence for each stored result that was corrupted."""
        return [json.loads(path.read_bytes()) for path in sorted(self.path.glob(f"*{DAMAGE}"))]

    def mark(self, case: Case) -> None:
        """Mark a case as being evaluated, so that a crash of this process is noticed."""
        with self.writing(case.id):
            write_bytes(self._file(case, RUNNING), b"")

    def is_marked(self, case: Case) -> bool:
        """Return whether a process evaluates a case, or died doing so."""
        return self._file(case, RUNNING).exists()

    def unmark(self, case: Case) -> None:
        """Remove the mark of a case."""
        with suppress(OSError):  # the folder may be deleted at any time
            self._file(case, RUNNING).unlink()

    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """Turn an error of the disk into a sentence that names what cannot be stored.

        Raises
        ------
        StoreError
            Something could not be written.
        """
        try:
            yield
        except BlockingIOError:
            raise  # another process has the lock
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(f"{what} cannot be stored in {self.root}: {reason}") from None

    def _read(self, path: Path) -> Entry:
        content = unseal(path.read_bytes(), path)
        reused = content.pop("reused")
        stored = self.stored(Case(**content["result"]["case"]), content["fingerprint"])
        facts = ResultFacts.from_json(content, stored.file(PREDICTIONS))
        return Entry(facts, stored, reused)

    def _file(self, case: Case, suffix: str) -> Path:
        return self.path / (slug(case.id) + suffix)
