"""Take in the user's own files: each is read once, checked, and kept as a copy for the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from lab.datasets.copies import copies, write_copy
from lab.datasets.index import OWN, set_own
from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import header, read_table, stem
from lab.errors import TableError
from lab.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

T = TypeVar("T")
LONGEST_NAME = 100  # characters; a run's name has to hold those of strategy and model, too


def register_files(
    files: Sequence[Path], targets: Sequence[str], positives: Sequence[str], folder: Path
) -> list[str]:
    """Read files and make them known as datasets, each under its file's name.

    Parameters
    ----------
    files : sequence of Path
        CSV or Parquet files.
    targets, positives : sequence of str
        The column to predict and its positive value: one for all files, or one for each.
        Without a positive value it is the rarer one.
    folder : Path
        Where copies are kept.

    Returns
    -------
    list of str
        Their names.

    Raises
    ------
    TableError
        A file cannot be read or is not what it has to be; the message says what to do.
    DatasetError
        The folder cannot be written to.
    """
    if not files:
        if targets or positives:
            raise TableError("--target and --positive say what to predict in --data FILE: add it")
        set_own([])
        return []
    if not targets:
        columns = listed(map(repr, header(files[0])))
        raise TableError(f"{files[0]}: say with --target which column to predict; it has {columns}")
    names = [_name(file) for file in files]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise TableError(f"two files are called {name!r}: rename {files[position]}")
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
    """Make those files known that another process of the session took in; return their names.

    Raises
    ------
    TableError
        There are not as many copies as there were files.
    """
    entries = copies(folder) if files else []
    if len(entries) != files:
        raise TableError(f"the copies of your data in {folder} are gone: start again")
    set_own(entries)
    return [entry.name for entry in entries]


def _name(file: Path) -> str:
    """Return a file's name as one that can be shown on any screen and stored anywhere."""
    name = "".join(c if c.isprintable() else "_" for c in stem(file)).strip()
    return name[:LONGEST_NAME] or "_"


def _one_each(option: str, values: Sequence[T], files: int) -> Sequence[T]:
    if len(values) not in (1, files):
        raise TableError(
            f"{option} is given {len(values)} times for {files} files of --data: give it once for "
            "all, or once for each in their order"
        )
    return list(values) * files if len(values) == 1 else values
