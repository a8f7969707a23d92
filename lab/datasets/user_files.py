"""The user's own files as datasets: each is read and checked once, then copied for the workers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from lab.datasets.copies import copies, write_copy
from lab.datasets.index import OWN, set_own
from lab.datasets.reading.holdout import options_like, prepare_holdout
from lab.datasets.reading.keys import with_groups_as_text
from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import AS_USUAL, header, read_table, stem
from lab.datasets.value_columns import NOTHING_ASKED
from lab.errors import TableError
from lab.names import near
from lab.read_options import option
from lab.splits import KEEP
from lab.wording import counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lab.datasets.dataset import Dataset
    from lab.datasets.value_columns import ValueColumns
    from lab.read_options import ReadOptions

T = TypeVar("T")
LONGEST_NAME = 100  # characters; a run's name also contains the strategy and the model


def register_files(
    files: Sequence[Path],
    targets: Sequence[str],
    positives: Sequence[str],
    folder: Path,
    options: ReadOptions = AS_USUAL,
    copies: str = KEEP,
    holdout: Path | None = None,
    values: ValueColumns = NOTHING_ASKED,
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
    options : ReadOptions
        What the user says of the columns. Each column must be in one of the files.
    copies : {"keep", "together", "drop"}
        See :func:`lab.datasets.reading.prepare.prepare`.
    holdout : Path, optional
        Further rows of the one file, on which fits to all of its rows are tested once.
    values : ValueColumns
        Value columns that something asks for. Each file needs those that are required.

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
    if holdout is not None and len(files) != 1:
        raise TableError(
            f"--holdout takes one file of --data to train on, and {len(files)} are named"
        )
    if not files:
        if targets or positives or options != AS_USUAL:
            given = "--target and --positive describe"
            if options != AS_USUAL:
                given = f"{next(iter(options.given))} describes"
            raise TableError(f"{given} a table: name it with --data FILE")
        if values.required:
            column, asker = next(iter(values.required.items()))
            raise TableError(f"{asker} asks for column {column!r} of a table: add --data FILE")
        set_own([])
        return []
    if not targets:
        columns = listed(map(repr, header(files[0])))
        raise TableError(f"{files[0]}: name the column to predict with --target, one of {columns}")
    names = [_name(file) for file in files]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise TableError(f"two files of --data are named {name!r}: rename {files[position]}")
    _check_columns(files, targets, options)
    _check_values(files, values)
    entries = []
    words: set[str] = set()
    for file, name, target, positive in zip(
        files,
        names,
        _one_each("--target", targets, len(files)),
        _one_each("--positive", positives or [None], len(files)),
        strict=True,
    ):
        dataset = _read(file, name, target, positive, options, words, copies, values)
        if holdout is not None:
            dataset = _with_holdout(dataset, holdout, options, words, values)
        baseline = file.absolute().with_name(f"{stem(file)}.baseline.json")
        entries.append(write_copy(folder, dataset, OWN, title=file.name, baseline=baseline))
    _check_words(options, words)
    set_own(entries)
    return names


def read_file(
    file: Path,
    target: str,
    positive: str | None = None,
    options: ReadOptions = AS_USUAL,
    values: ValueColumns = NOTHING_ASKED,
) -> Dataset:
    """Read a file as a dataset named after it; see :func:`register_files`.

    Raises
    ------
    TableError
        The file cannot be read, or its table cannot be used.
    """
    _check_columns([file], [target], options)
    _check_values([file], values)
    words: set[str] = set()
    dataset = _read(file, _name(file), target, positive, options, words, KEEP, values)
    _check_words(options, words)
    return dataset


def _read(
    file: Path,
    name: str,
    target: str,
    positive: str | None,
    options: ReadOptions,
    words: set[str],
    copies: str,
    values: ValueColumns,
) -> Dataset:
    """Read a file, and add the words that were read as missing values."""
    table = read_table(file, with_groups_as_text(options))
    words.update(*table.words.values())
    return prepare(name, table, target, positive, file.name, file, options, copies, values)


def _with_holdout(
    dataset: Dataset, file: Path, options: ReadOptions, words: set[str], values: ValueColumns
) -> Dataset:
    """Return a dataset with a file as its holdout."""
    like = options_like(dataset, with_groups_as_text(options))
    table = read_table(file, like)
    words.update(*table.words.values())
    held_out = prepare_holdout(dataset, table, file, file.name, like, values)
    rows = f"{counted(held_out.rows, 'row')}, {counted(held_out.minority_rows, 'positive row')}"
    notes = [f"holdout: {file.name}, {rows}", *held_out.notes]
    return replace(
        dataset,
        holdout=held_out,
        notes=(*dataset.notes, *notes),
        value_notes=dataset.value_notes + held_out.value_notes,
    )


def _check_words(options: ReadOptions, found: set[str]) -> None:
    """Check that each word that means a missing value is in some cell."""
    for word in sorted(options.missing - found):
        raise TableError(f"{option('missing', word)}: no cell of text is {word!r}")


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


def _check_columns(files: Sequence[Path], targets: Sequence[str], options: ReadOptions) -> None:
    """Check that options name columns of the files, each in one way."""
    if not options.named:
        return
    known = {column for file in files for column in header(file)}
    for column, given in options.named:
        if column not in known:
            raise TableError(f"{given} {column!r} is not a column: {near(column, sorted(known))}")
        if column in targets and given != "--categorical":
            raise TableError(f"{given} {column!r} is the target: leave one of the options out")
    for column, count in Counter(column for column, _ in options.named).items():
        if count > 1:
            ways = " and ".join(given for other, given in options.named if other == column)
            raise TableError(f"{ways} both name {column!r}: leave one of them out")


def _check_values(files: Sequence[Path], values: ValueColumns) -> None:
    """Check that each file has the value columns that are required."""
    if not values.required:
        return
    headers = {file: header(file) for file in files}
    for column, asker in values.required.items():
        lacking = [file for file, names in headers.items() if column not in names]
        if not lacking:
            continue
        what = f"column {column!r}, which {asker} asks for"
        if len(lacking) < len(files):
            raise TableError(f"{lacking[0]} has no {what}: each file of --data needs it")
        known = sorted({name for names in headers.values() for name in names})
        where = f"{files[0]} has no" if len(files) == 1 else "no file of --data has a"
        raise TableError(f"{where} {what}: {near(column, known)}")


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
