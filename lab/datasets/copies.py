"""Copies of datasets: a file that every process maps into its memory, and its facts as JSON.

The process that owns a session writes a copy of each of the user's tables and of each download.
Workers read the copy, so that all of them see the same rows even if the original changes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.datasets.column import Column
from lab.datasets.content import digest_of
from lab.datasets.dataset import KEYS, Dataset, DatasetError, Entry
from lab.errors import first_sentence
from lab.files import slug, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import pyarrow as pa

TABLE, FACTS = ".arrow", ".json"
HOLDOUT = "holdout"  # folder of the copies of holdouts


def write_copy(
    folder: Path,
    dataset: Dataset,
    collection: str,
    *,
    title: str = "",
    licence: str = "",
    baseline: Path | None = None,
) -> Entry:
    """Write a copy of a dataset with its facts, and return its entry.

    Parameters
    ----------
    folder : Path
        Folder of copies; it is created if necessary.
    dataset : Dataset
        The dataset; a copy of the same name is replaced.
    collection, title, licence, baseline
        See :class:`Entry`.

    Raises
    ------
    DatasetError
        The folder cannot be written to.
    """
    facts = {
        "name": dataset.name,
        "collection": collection,
        "title": title,
        **dataset.sizes,
        "licence": licence,
        "source": dataset.source,
        "notes": dataset.notes,
        "target": dataset.target,
        "schema": [column.to_json() for column in dataset.schema],
        "missing_words": dataset.missing_words,
        "has_row_numbers": dataset.row_numbers is not None,
        "group_column": dataset.group_column,
        "time_column": dataset.time_column,
        "time_unit": dataset.time_unit,
        "times": dataset.times,
        "positive": dataset.positive,
        "has_holdout": dataset.holdout is not None,
        "baseline": str(baseline or ""),
        "digest": dataset.digest,
        "value_columns": dataset.value_columns,
        "value_notes": dataset.value_notes,
        "value_digest": _value_digest(dataset),
    }
    if dataset.holdout is not None:
        write_copy(folder / HOLDOUT, dataset.holdout, collection)
    stem = folder / slug(dataset.name)
    table = stem.with_name(stem.name + TABLE)
    temporary = stem.with_name(f".{stem.name}{TABLE}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _write_table(temporary, dataset)
            temporary.replace(table)
        finally:
            temporary.unlink(missing_ok=True)
        # The facts are written last, so that they never lack their table.
        write_bytes(stem.with_name(stem.name + FACTS), json.dumps(facts, indent=2).encode())
    except OSError as error:
        raise DatasetError(
            f"dataset {dataset.name!r} cannot be stored in {folder} ({first_sentence(error)}): "
            "check the folder's permissions and the free space"
        ) from None
    return _entry(table, facts)


def find_copy(folder: Path, name: str) -> Entry | None:
    """Return the entry of a dataset's copy, or None if the folder has no readable one."""
    return _found(folder / (slug(name) + FACTS))


def copies(folder: Path) -> list[Entry]:
    """Return the entries of all copies in a folder, sorted by file name."""
    found = map(_found, sorted(folder.glob(f"*{FACTS}")))
    return [entry for entry in found if entry]


def _found(facts: Path) -> Entry | None:
    try:
        table = facts.with_suffix(TABLE)
        return _entry(table, json.loads(facts.read_bytes())) if table.is_file() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _entry(table: Path, facts: dict[str, Any]) -> Entry:
    digest = facts["digest"]
    # Copies by earlier versions lack the schema and what follows.
    words: dict[str, Any] = {
        "source": facts["source"],
        "notes": tuple(facts["notes"]),
        "target": facts["target"],
        "schema": tuple(Column.from_json(column) for column in facts.get("schema", ())),
        "missing_words": tuple(facts.get("missing_words", ())),
        "time_unit": facts.get("time_unit", ""),
        "positive": facts.get("positive", ""),
        "value_notes": tuple(facts.get("value_notes", ())),
    }
    numbered = facts.get("has_row_numbers", False)
    keys = {key: name for key in KEYS if (name := facts.get(f"{key}_column", ""))}
    values = facts.get("value_columns", ())
    digests = (digest, facts.get("value_digest", ""))

    def load() -> Dataset:
        dataset = _read_table(table, facts["name"], words, keys, values, numbered=numbered)
        if dataset is not None and facts.get("has_holdout", False):
            held_out = find_copy(table.parent / HOLDOUT, facts["name"])
            dataset = replace(dataset, holdout=held_out.load()) if held_out else None
        if dataset is None or (dataset.digest, _value_digest(dataset)) != digests:
            raise DatasetError(
                f"{table}, the copy of dataset {facts['name']!r}, is missing or corrupted: run the "
                "command again"
            )
        return dataset

    baseline = Path(facts["baseline"]) if facts["baseline"] else None
    told = {"notes": words["notes"] + words["value_notes"], "schema": words["schema"]}
    return Entry.from_json(facts, load, **told, baseline=baseline)


def _value_digest(dataset: Dataset) -> str:
    """Return the digest of a dataset's value columns; empty if it has none."""
    return "" if dataset.values is None else digest_of(dataset.values, dataset.value_columns)


def _write_table(path: Path, dataset: Dataset) -> None:
    import pandas as pd
    import pyarrow as pa
    from pyarrow import ipc

    arrays = [pa.array(dataset.y)]
    keys = [column for key in KEYS if (column := getattr(dataset, key)) is not None]
    for column in [*(dataset.X[name] for name in dataset.X.columns), *keys]:
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes = column.cat.codes.to_numpy()
            indices = pa.array(codes.astype("int32"), mask=codes < 0)
            levels = pa.array(column.cat.categories.tolist(), pa.string())
            arrays.append(pa.DictionaryArray.from_arrays(indices, levels))
        else:
            # NaN stays NaN rather than null, so that reading needs no copy.
            arrays.append(pa.array(column.to_numpy(), from_pandas=False))
    if dataset.row_numbers is not None:
        arrays.append(pa.array(dataset.row_numbers))
    if dataset.values is not None:
        arrays += [pa.array(dataset.values[name].to_numpy()) for name in dataset.value_columns]
    # By position: the target comes first; keys, row numbers and values last, whatever the names of
    # the features.
    names = ["", *dataset.X.columns, *[""] * (len(arrays) - 1 - dataset.X.shape[1])]
    schema = pa.schema([pa.field(n, a.type) for n, a in zip(names, arrays, strict=True)])
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    with pa.OSFile(str(path), "wb") as file, ipc.new_file(file, schema) as writer:
        writer.write_batch(batch)


def _read_table(
    path: Path,
    name: str,
    words: Mapping[str, Any],
    keys: dict[str, str],
    values: Sequence[str],
    *,
    numbered: bool,
) -> Dataset | None:
    """Return the dataset in a file, or None if the file is missing or corrupted."""
    import pandas as pd
    import pyarrow as pa
    from pyarrow import ipc

    try:
        with ipc.open_file(pa.memory_map(str(path))) as reader:
            batch = reader.get_batch(0)
        batch.validate(full=True)  # invalid data could crash the process
        y, *arrays = batch.columns
        by_value = {name: _column(arrays.pop()) for name in reversed(values)}
        rows = arrays.pop().to_numpy() if numbered else None
        by_key = {key: _column(arrays.pop()).rename(keys[key]) for key in reversed(keys)}
        names = batch.schema.names[1 : 1 + len(arrays)]
        columns = dict(zip(names, map(_column, arrays), strict=True))
    except (OSError, IndexError, ValueError, OverflowError, pa.ArrowException):
        return None
    X = pd.DataFrame(columns, copy=False)
    more = pd.DataFrame(dict(reversed(by_value.items())), copy=False) if by_value else None
    return Dataset(name, X, y.to_numpy(), **words, row_numbers=rows, **by_key, values=more)


def _column(array: pa.Array) -> pd.Series:
    import pandas as pd
    import pyarrow as pa

    if not isinstance(array, pa.DictionaryArray):
        return pd.Series(array.to_numpy(), copy=False)
    codes = array.indices.fill_null(-1).to_numpy()
    levels = pd.Index(array.dictionary.to_pylist(), dtype=object)
    return pd.Series(pd.Categorical.from_codes(codes, levels))
