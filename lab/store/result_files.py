"""The files of a stored result, written atomically and verified by checksums when read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from lab.cases import Result
from lab.files import digest, write_bytes
from lab.store.sealed_json import DamagedError, read_bytes, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FACTS, PREDICTIONS, PICTURE = ".json", ".parquet", ".png"
HOLDOUT = ".holdout.parquet"  # predictions of the holdout
DAMAGED = "damaged"  # folder of corrupted files
KEPT = 4  # results of other code or packages, for each case


@dataclass(frozen=True)
class ResultFacts:
    """A result without its predictions, and the keys of what it was computed with.

    Attributes
    ----------
    fingerprint : str
        Key of the fits, see :meth:`lab.store.engine.Engine.key`.
    result : Result
        Its predictions are in a file of their own.
    curves : dict
        Points of the case's curves, as JSON values.
    metric_keys : dict of str to str
        Key of the definition by which each metric was computed.
    picture_key : str
        Key of the code that computed the curves and drew the picture.
    """

    fingerprint: str
    result: Result
    curves: dict[str, Any]
    metric_keys: dict[str, str]
    picture_key: str

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON values."""
        return vars(self) | {"result": self.result.to_json()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any], predictions: Path) -> Self:
        """Return the facts of :meth:`to_json`, whose predictions are in a file.

        Raises
        ------
        DamagedError
            The content is of another version of the lab.
        """
        try:
            result = Result.from_json(content["result"], predictions)
            return cls(**{**content, "result": result})
        except (TypeError, KeyError):
            raise DamagedError(
                f"the facts of {predictions} were written by another version of MLflow Lab"
            ) from None


@dataclass(frozen=True)
class PackedResult:
    """A result ready to be stored: its facts, and its other files by suffix."""

    facts: ResultFacts
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class StoredResult:
    """The files of a result: facts, predictions and picture.

    The facts are written last and have the checksums of the others.

    Attributes
    ----------
    stem : Path
        Path of the files without their suffixes.
    """

    stem: Path

    def file(self, suffix: str) -> Path:
        """Return the path of one of the files."""
        return self.stem.with_name(self.stem.name + suffix)

    def exists(self) -> bool:
        """Return whether a result was written."""
        return self.file(FACTS).exists()

    def write(self, packed: PackedResult) -> None:
        """Write a result.

        Raises
        ------
        OSError
            A file cannot be written. No new file is left.
        """
        checksums = {suffix: digest(content) for suffix, content in packed.files.items()}
        facts = seal({"files": checksums, **packed.facts.to_json()})
        try:
            for suffix, content in {**packed.files, FACTS: facts}.items():
                write_bytes(self.file(suffix), content)
        except OSError:
            if not self.exists():  # else the files are of an earlier session
                for suffix in packed.files:
                    with suppress(OSError):
                        self.file(suffix).unlink()
            raise

    def read(self) -> PackedResult | None:
        """Return the result; None if none was written.

        Raises
        ------
        DamagedError
            A file is missing, or differs from the one that was written.
        """
        if not self.exists():
            return None
        path = self.file(FACTS)
        content = unseal(read_bytes(path), path)
        files = {}
        for suffix, checksum in content.pop("files").items():
            files[suffix] = read_bytes(self.file(suffix))
            if digest(files[suffix]) != checksum:
                raise DamagedError(f"{self.file(suffix)} is corrupted (checksum mismatch)")
        return PackedResult(ResultFacts.from_json(content, self.file(PREDICTIONS)), files)

    def set_aside(self) -> None:
        """Move the files to the folder ``damaged``, where they can be examined."""
        folder = self.stem.parent / DAMAGED
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.stem.parent.glob(f"{self.stem.name}.*"):
            with suppress(OSError):  # another session may be moving them
                path.replace(folder / path.name)


def prune(folder: Path) -> None:
    """Delete all but the newest results of a case."""
    # Another session may be deleting, too.
    with suppress(FileNotFoundError):
        found = sorted(folder.glob(f"*{FACTS}"), key=lambda path: path.stat().st_mtime)
        for facts in found[:-KEPT]:
            for path in folder.glob(f"{facts.stem}.*"):
                path.unlink(missing_ok=True)
