"""Choice of the baseline for each dataset, and what the baselines of a session record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import datasets
from lab.baseline.file import Baseline
from lab.baseline.snapshot import Snapshot
from lab.baseline.update import Update, check_writable, update
from lab.baseline.verdicts import BaselineError, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lab.baseline.comparison import Comparison
    from lab.baseline.verdicts import RecordedClaim, RecordedVerdict, Selection
    from lab.cases import Case, Protocol, Result


class Baselines:
    """Baselines of a session: a user's own table has one beside it, all others share one.

    Parameters
    ----------
    shared : Path
        The baseline of all datasets that have none of their own.
    override : Path, optional
        File of ``--baseline``: it replaces the shared baseline and those of users' tables.
    """

    def __init__(self, shared: Path, override: Path | None = None) -> None:
        self.shared, self.override = shared, override
        self._read: dict[Path, Baseline] = {}

    def file_of(self, dataset: str) -> Path:
        """Return the file in which a dataset's cases are recorded."""
        return self.override or datasets.entry(dataset).baseline or self.shared

    def files(self, names: Iterable[str]) -> list[Path]:
        """Return the files of some datasets, each once."""
        return list(dict.fromkeys(map(self.file_of, names)))

    def check(self, names: Iterable[str], *, update: bool) -> None:
        """Read the baselines of some datasets.

        Raises
        ------
        BaselineError
            One cannot be read, or cannot be written although it is to be updated, or the given
            file does not exist.
        """
        if self.override is not None and not (update or self.override.exists()):
            raise BaselineError(
                f"--baseline: {self.override} does not exist: --update-baseline creates it"
            )
        for name in names:
            self._of(name)
            if update:
                check_writable(self.file_of(name))

    def compare(self, result: Result, *, chosen: bool = False) -> Comparison:
        """Return how a case compares, see :meth:`Baseline.compare`."""
        baseline = self._of(result.case.dataset)
        return baseline.compare(result.case, Snapshot.of(result), chosen=chosen)

    def expects(self, case: Case, protocol: Protocol) -> bool:
        """Return whether a case is recorded under a protocol."""
        before = self._of(case.dataset).cases.get(case.id)
        return before is not None and before.protocol == protocol

    def verdict(self, result: Result, key: str, statement: str) -> Record:
        """Return the verdict recorded for an observation, see :meth:`Baseline.verdict`."""
        return self._of(result.case.dataset).verdict(result, key, statement)

    def verdict_on_claim(
        self, model: str, selection: Selection, key: str, statement: str
    ) -> Record:
        """Return the verdict recorded for a claim, see :meth:`Baseline.verdict_on_claim`."""
        path = self._file_of_claims(selection)
        if path is None:
            return Record()
        return self._at(path).verdict_on_claim(model, selection, key, statement)

    def update(
        self,
        results: Iterable[Result],
        verdicts: Mapping[str, Mapping[str, RecordedVerdict]],
        claims: Mapping[str, Mapping[str, RecordedClaim]],
        lock_file: Path,
    ) -> dict[Path, Update]:
        """Record results, with the verdicts on them and on claims.

        A claim over datasets that do not share a baseline is not recorded: it has no place.

        Parameters
        ----------
        results : iterable of Result
            The cases to record.
        verdicts : mapping
            Verdicts by case id and key.
        claims : mapping
            Verdicts on claims by key and model.
        lock_file : Path
            Held while a file is read and written.

        Raises
        ------
        BaselineError
            A score is not a number, or a file cannot be read.
        OSError
            A file cannot be written.
        """
        files: dict[Path, Baseline] = {}
        for result in results:
            snapshot = Snapshot.of(result, verdicts.get(result.case.id))
            path = self.file_of(result.case.dataset)
            files.setdefault(path, Baseline()).cases[result.case.id] = snapshot
        for key, by_model in claims.items():
            for model, claim in by_model.items():
                if (place := self._file_of_claims(claim.selection)) in files:
                    files[place].claims.setdefault(key, {})[model] = claim
        return {path: update(path, recorded, lock_file) for path, recorded in files.items()}

    def _file_of_claims(self, selection: Selection) -> Path | None:
        """Return the file that all datasets of a claim share, if they do."""
        paths = set(map(self.file_of, selection.datasets))
        return paths.pop() if len(paths) == 1 else None

    def _of(self, dataset: str) -> Baseline:
        return self._at(self.file_of(dataset))

    def _at(self, path: Path) -> Baseline:
        if path not in self._read:
            self._read[path] = Baseline.read(path)
        return self._read[path]
