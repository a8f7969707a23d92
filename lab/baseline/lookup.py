"""Which baseline says what to expect of which dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import datasets
from lab.baseline.comparison import Comparison, Snapshot
from lab.baseline.file import Baseline, BaselineError, check_writable, update
from lab.observations.effects import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lab.cases import Case, Protocol, Result
    from lab.observations.record import ObservationRecord


class Baselines:
    """The baselines of a session: a file of the user's own has one beside it, all others share one.

    Parameters
    ----------
    shared : Path
        The baseline of all datasets that have none of their own.
    given : Path, optional
        One that stands for all of these.
    """

    def __init__(self, shared: Path, given: Path | None = None) -> None:
        self.shared, self.given = shared, given
        self._read: dict[Path, Baseline] = {}

    def file_of(self, dataset: str) -> Path:
        """Return the file in which a dataset's cases are recorded."""
        return self.given or datasets.entry(dataset).baseline or self.shared

    def check(self, names: Iterable[str], *, update: bool) -> None:
        """Read the baselines of some datasets.

        Raises
        ------
        BaselineError
            One cannot be read, or written if it is to be, or one is named that is not there.
        """
        if self.given is not None and not (update or self.given.exists()):
            raise BaselineError(
                f"--baseline: {self.given} is not there: --update-baseline makes it"
            )
        for name in names:
            self._of(name)
            if update:
                check_writable(self.file_of(name))

    def compare(self, result: Result) -> Comparison:
        """Return what became of a case, see :meth:`Baseline.compare`."""
        return self._of(result.case.dataset).compare(result.case, Snapshot.of(result))

    def expects(self, case: Case, protocol: Protocol) -> bool:
        """Return whether there is a record of a case under a protocol."""
        before = self._of(case.dataset).get(case.id)
        return before is not None and before.protocol == protocol

    def verdict(self, result: Result, key: str, statement: str) -> Verdict | None:
        """Return the verdict recorded of an observation on a case, if there is one.

        What was recorded of other data, under another protocol or definition, or of another
        statement, is none.

        Parameters
        ----------
        result : Result
            The case's.
        key : str
            What the observation is recorded under.
        statement : str
            What it states.
        """
        before = self._of(result.case.dataset).get(result.case.id)
        if before is None or not before.is_of_the_same(Snapshot.of(result)):
            return None
        found = before.verdicts.get(key, {})
        return Verdict(found["verdict"]) if found.get("statement") == statement else None

    def update(
        self,
        results: Iterable[Result],
        observations: Iterable[ObservationRecord],
        lock_file: Path,
    ) -> dict[Path, tuple[int, list[Comparison]]]:
        """Record results and the verdicts of observations on them.

        Returns
        -------
        dict of Path to (int, list of Comparison)
            For each file how many cases were recorded, and what that changed.

        Raises
        ------
        BaselineError
            A score is not a number, or a file cannot be read.
        OSError
            A file cannot be written.
        """
        verdicts: dict[str, dict[str, dict[str, str]]] = {}
        for record in observations:
            found = {"statement": record.statement, "verdict": str(record.verdict)}
            verdicts.setdefault(record.subject, {})[record.key] = found
        files: dict[Path, dict[str, Snapshot]] = {}
        for result in results:
            snapshot = Snapshot.of(result, verdicts.get(result.case.id))
            files.setdefault(self.file_of(result.case.dataset), {})[result.case.id] = snapshot
        return {
            path: (len(recorded), update(path, Baseline(recorded), lock_file))
            for path, recorded in files.items()
        }

    def _of(self, dataset: str) -> Baseline:
        path = self.file_of(dataset)
        if path not in self._read:
            self._read[path] = Baseline.read(path)
        return self._read[path]
