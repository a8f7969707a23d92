"""The user's own files as datasets: each is read and checked once, then copied for the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from lab.datasets.copies import copies, write_copy
from lab.datasets.index import OWN, set_own
from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import header, read_table, stem
from lab.errors import TableError
from lab.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

T = TypeVar("T")
LONGEST_NAME = 100  # characters; a run's name also contains the strategy and the model


def register_files(
    files: Sequence[Path], targets: Sequence[str], positives: Sequence[str], folder: Path
) -> list[str]:
    """Read files and register each as a dataset named after its file.

    Parameters
    ----------
    files : sequence of Path
        CSV or Parquet files.
    targets, positives : sequence of str
        Columns to predict and their positive values: one for all files, or one per file. By
        default the rarer value is positive.
    folder : Path
        Folder for the copies.

    Returns
    -------
    list of str
        Names of the datasets.

    Raises
    ------
    TableError
        A file cannot be read, or its table cannot be used.
    DatasetError
        The folder cannot be written to.
    """
    if not files:
        if targets or positives:
            raise TableError("--target and --positive describe a table: name it with --data FILE")
        set_own([])
        return []
    if not targets:
        columns = listed(map(repr, header(files[0])))
        raise TableError(f"{files[0]}: name the column to predict with --target, one of {columns}")
    names = [_name(file) for file in files]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise TableError(f"two files of --data are named {name!r}: rename {files[position]}")
    entries = []
    for file, name, target, positive in zip(
        files,
        names,
        _one_each("--target", targets, len(files)),
        _one_each("--positive", positives or [None], len(files)),
        strict=True,
    ):
        dataset = prepare(name, read_table(file), target, positive, file.name, file)
        baseline = file.absolute().with_name(f"{stem(file)}.baseline.json")
        entries.append(write_copy(folder, dataset, OWN, title=file.name, baseline=baseline))
    set_own(entries)
    return names


def register_copies(folder: Path, files: int) -> list[str]:
    """Register the copies that another process of the session wrote; return the names.

    Parameters
    ----------
    folder : Path
        Folder of the copies.
    files : int
        Number of files that were registered.

    Raises
    ------
    TableError
        Some copies are missing.
    """
    entries = copies(folder) if files else []
    if len(entries) != files:
        raise TableError(f"copies of your data are missing from {folder}: run the command again")
    set_own(entries)
    return [entry.name for entry in entries]


def _name(file: Path) -> str:
    """Return the name of a file's dataset: printable, not empty and not too long."""
    name = "".join(c if c.isprintable() else "_" for c in stem(file)).strip()
    return name[:LONGEST_NAME] or "_"


def _one_each(option: str, values: Sequence[T], files: int) -> Sequence[T]:
    if len(values) not in (1, files):
        raise TableError(
            f"{option} is given {len(values)} times for {counted(files, 'file')} of --data: give "
            "it once for all, or once per file in the same order"
        )
    return list(values) * files if len(values) == 1 else values
