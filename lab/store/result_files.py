"""One stored result: its files, written whole, and whether they are what was written."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.errors import LabError
from lab.files import digest, write_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from lab.cases import Result

RECORD, PREDICTIONS, PICTURE = ".json", ".parquet", ".png"
ASIDE = "damaged"  # the folder of what is not what was written
CHECKSUM = "sha256"
KEPT = 4  # results of older code or packages, a case


class DamagedError(LabError):
    """A stored file that is not what was written."""


@dataclass(frozen=True)
class StoredResult:
    """The files of a result, which share a stem; their record is written last and has checksums.

    Attributes
    ----------
    stem : Path
        Without a suffix.
    """

    stem: Path

    def file(self, suffix: str) -> Path:
        """Return one of the files."""
        return self.stem.with_name(self.stem.name + suffix)

    def write(self, contents: dict[str, bytes]) -> None:
        """Write what :func:`packed` made of a result.

        Raises
        ------
        OSError
            It cannot be written.
        """
        try:
            for suffix, content in contents.items():
                write_bytes(self.file(suffix), content)
        except OSError:
            if not self.file(RECORD).exists():  # else these are the files of an earlier session
                for suffix in contents:
                    with suppress(OSError):
                        self.file(suffix).unlink()
            raise

    def read(self) -> bytes | None:
        """Return the record of a result that is whole; None if there is none.

        Raises
        ------
        DamagedError
            Some file of it is missing or another than was written.
        """
        try:
            record = self.file(RECORD).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DamagedError(f"{self.file(RECORD)} cannot be read: {error.strerror}") from None
        for suffix, checksum in opened(record, self.file(RECORD))["files"].items():
            path = self.file(suffix)
            try:
                content = path.read_bytes()
            except OSError as error:
                raise DamagedError(f"{path} cannot be read: {error.strerror}") from None
            if digest(content) != checksum:
                raise DamagedError(f"{path} is not what was written")
        return record

    def set_aside(self) -> None:
        """Move the files out of the way, for those who want to know what became of them."""
        folder = self.stem.parent / ASIDE
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.stem.parent.glob(f"{self.stem.name}.*"):
            with suppress(OSError):  # another session may be at it
                path.replace(folder / path.name)


def prune(folder: Path) -> None:
    """Delete all but the newest results of a case."""
    # Another session may be deleting, too.
    with suppress(FileNotFoundError):
        records = sorted(folder.glob(f"*{RECORD}"), key=lambda path: path.stat().st_mtime)
        for record in records[:-KEPT]:
            for path in folder.glob(f"{record.stem}.*"):
                path.unlink(missing_ok=True)


def packed(result: Result, more: dict[str, Any]) -> dict[str, bytes]:
    """Return the files of a result by their suffixes, its record last.

    Parameters
    ----------
    result : Result
        With its predictions.
    more : dict
        What else the record has.
    """
    from lab.evaluation.curves import Curves
    from lab.evaluation.figures import draw

    buffer = io.BytesIO()
    result.read_predictions().to_parquet(buffer, engine="pyarrow", compression="zstd")
    curves = Curves.of(result)
    contents = {PREDICTIONS: buffer.getvalue(), PICTURE: draw(result, curves)}
    facts = {
        "files": {suffix: digest(content) for suffix, content in contents.items()},
        "result": result.to_json(),
        "curves": curves.kept(),
        **more,
    }
    return contents | {RECORD: sealed(facts)}


def sealed(content: dict[str, Any]) -> bytes:
    """Return some content as JSON with its own checksum."""
    return _dumps({CHECKSUM: digest(_dumps(content)), **content})


def opened(text: bytes, path: Path) -> dict[str, Any]:
    """Return the content that :func:`sealed` wrote to a file.

    Raises
    ------
    DamagedError
        The text is another than was written.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        is_whole = content.pop(CHECKSUM) == digest(_dumps(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise DamagedError(f"{path} is not what was written")
    return content


def _dumps(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()
