"""Make a dataset of what OpenML publishes, with its own column types and its default target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import numpy as np
import pandas as pd

from lab.datasets.dataset import LARGEST, Dataset, DatasetError
from lab.datasets.fetching.web import get_json

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ADDRESS = "https://www.openml.org"
FEATURES = "/api/v1/json/data/features/"
UNKNOWN = (404, 412)  # how OpenML answers where there is no such dataset
RETRIES, DELAY = 2, 1.0  # the delay is in seconds
MOST_CELLS = 50_000_000  # of a sparse dataset; as a dense table they take 400 MB
NUMBERS = ("numeric", "real", "integer")
QUOTED = re.compile(r"^'(.*)'$", re.DOTALL)
OTHER = "choose another dataset, `lab datasets` lists some"


def read(name: str, folder: Path) -> tuple[Dataset, str, str]:
    """Download a dataset into a folder that is removed afterwards.

    Parameters
    ----------
    name : str
        Such as ``openml:31``.
    folder : Path
        Where scikit-learn may keep files meanwhile.

    Returns
    -------
    dataset : Dataset
        Rows without a target are left out; the positive class is the rarer one.
    title, licence : str
        What OpenML says of it.

    Raises
    ------
    DatasetError
        There is no such dataset, or it has no binary target or values that cannot be used.
    Exception
        Whatever a network and a file that is damaged can lead to.
    """
    number = int(name.partition(":")[2])
    # Asked for first, this says at once whether the server answers and knows the dataset. It also
    # names the target, which makes it possible to read it as one of the columns: as a target
    # scikit-learn refuses it where a value is missing, and fills it from memory that was never
    # written where a sparse file leaves its first level out.
    features = _features(name, number)
    target = _target_name(name, features)
    kinds = {feature["name"]: feature["data_type"].lower() for feature in features}
    bunch = _fetch(number, kinds, folder)
    columns = _columns(name, bunch, kinds)
    if target not in columns:
        raise DatasetError(f"dataset {name!r}: OpenML ignores its own target {target!r}: {OTHER}")
    y, keep, note = _labels(name, target, columns.pop(target))
    notes = [*_warnings(bunch.details), note]
    if not keep.all():
        notes.append(f"dropped, no value of {target}: {(~keep).sum():,} of {len(keep):,} rows")
        columns = {key: column[keep].reset_index(drop=True) for key, column in columns.items()}
    if not columns:
        raise DatasetError(f"dataset {name!r} has no column besides its target: {OTHER}")
    title, version = str(bunch.details["name"]), bunch.details["version"]
    source = f"OpenML {number}, {title}, version {version}"
    X = pd.DataFrame(columns, copy=False)
    licence = str(bunch.details.get("licence", ""))
    return Dataset(name, X, y, source, tuple(notes)), title, licence


def _features(name: str, number: int) -> list[dict[str, str]]:
    try:
        answer = get_json(f"{ADDRESS}{FEATURES}{number}")
    except HTTPError as error:
        if error.code not in UNKNOWN:
            raise
        error.close()
        raise DatasetError(
            f"dataset {name!r} is unknown to OpenML: look its number up on {ADDRESS}"
        ) from None
    features: list[dict[str, str]] = answer["data_features"]["feature"]
    return features


def _target_name(name: str, features: list[dict[str, str]]) -> str:
    targets = [feature["name"] for feature in features if feature["is_target"] == "true"]
    if len(targets) != 1:
        raise DatasetError(
            f"dataset {name!r} has {len(targets)} default targets on OpenML instead of one: {OTHER}"
        )
    return targets[0]


def _fetch(number: int, kinds: dict[str, str], folder: Path) -> Any:
    """Return what scikit-learn reads, every column among the data."""
    from sklearn.datasets import fetch_openml

    # Left to infer what levels are, pandas turns 007 into 7 or not, depending on its version, and
    # scikit-learn 1.9 does not expect numbers there (its pull request 34902).
    texts = {i: str for i, kind in enumerate(kinds.values()) if kind not in NUMBERS}
    return fetch_openml(
        data_id=number,
        target_column=None,
        as_frame="auto",
        parser="auto",
        data_home=str(folder),
        n_retries=RETRIES,
        delay=DELAY,
        read_csv_kwargs={"dtype": texts},
    )


def _columns(name: str, bunch: Any, kinds: dict[str, str]) -> dict[str, pd.Series]:
    """Return all columns, each as what OpenML says it is."""
    table = bunch.data
    if not isinstance(table, pd.DataFrame):
        rows, width = table.shape
        if rows * width > MOST_CELLS:
            raise DatasetError(
                f"dataset {name!r} is sparse, and its {rows:,} rows and {width:,} columns are too "
                f"many for a dense table: {OTHER}"
            )
        table = pd.DataFrame(table.toarray(), columns=bunch.feature_names)
    columns = {}
    for column in table.columns:
        values = table[column]
        if kinds[column] in NUMBERS:
            columns[column] = _numbers(name, column, values)
        elif levels := (bunch.categories or {}).get(column):
            # A sparse table holds the positions of the levels.
            codes = values.fillna(-1).astype(int)
            columns[column] = pd.Series(pd.Categorical.from_codes(codes, levels))
        else:
            columns[column] = _texts(values)
    return columns


def _texts(values: pd.Series) -> pd.Series:
    # scikit-learn leaves the quotes in a file that has both kinds of them.
    levels = {level: QUOTED.sub(r"\1", level) for level in values.dropna().unique()}
    return values.map(levels).astype("category")


def _numbers(name: str, column: str, values: pd.Series) -> pd.Series:
    # Where a cell is "nan" the parser leaves the column as text.
    numbers = pd.Series(values.to_numpy(dtype=np.float64, na_value=np.nan))
    count = int((numbers.abs() > LARGEST).sum())
    if count:
        raise DatasetError(
            f"dataset {name!r}: column {column!r} holds an infinite or too large value in "
            f"{count:,} of {len(numbers):,} rows; numbers must lie within {LARGEST:g}: {OTHER}"
        )
    return numbers


def _labels(
    name: str, target: str, values: pd.Series
) -> tuple[NDArray[np.int8], NDArray[np.bool_], str]:
    """Return the target, which rows have one, and a note on which value is the positive class."""
    codes, found = pd.factorize(values)
    levels = list(found)
    if len(levels) != 2:
        raise DatasetError(
            f"dataset {name!r}: its target {target!r} has {len(levels):,} instead of two values: "
            f"{OTHER}"
        )
    counts = np.bincount(codes[codes >= 0]).tolist()
    # Of two that are equally frequent the second in order is the positive class.
    positive = min((0, 1), key=lambda code: (counts[code], levels[code] < levels[1 - code]))
    keep = codes >= 0
    y = (codes[keep] == positive).astype(np.int8)
    label = levels[positive]
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    share = f"{counts[positive]:,} of {len(y):,} rows ({counts[positive] / len(y):.2%})"
    return y, keep, f"positive class: {target} = {str(label)!r}, {share}"


def _warnings(details: dict[str, Any]) -> list[str]:
    """Return what OpenML itself finds wrong with a dataset."""
    notes = []
    if details["status"] != "active":
        notes.append(f"WARNING: OpenML does not offer this version (status {details['status']})")
    problems = [details[kind] for kind in ("error", "warning") if kind in details]
    return notes + [f"WARNING: OpenML states a problem: {problem}" for problem in problems]
