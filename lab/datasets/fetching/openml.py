"""Datasets of OpenML, with the column types and the default target that it declares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import numpy as np
import pandas as pd

from lab.datasets.dataset import LARGEST_NUMBER, Dataset, DatasetError
from lab.datasets.fetching.web import get_json
from lab.wording import counted

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ADDRESS = "https://www.openml.org"
FEATURES = "/api/v1/json/data/features/"
UNKNOWN = (404, 412)  # statuses of OpenML for an unknown dataset
RETRIES, DELAY = 2, 1.0  # the delay is in seconds
MAX_CELLS = 50_000_000  # of a sparse dataset; 400 MB as a dense table
NUMBERS = ("numeric", "real", "integer")
QUOTED = re.compile(r"^'(.*)'$", re.DOTALL)
REMEDY = "choose another dataset, such as those of `lab datasets`"


def read(name: str, folder: Path) -> tuple[Dataset, str, str]:
    """Download a dataset.

    Parameters
    ----------
    name : str
        Such as ``openml:31``.
    folder : Path
        Temporary folder for scikit-learn's files.

    Returns
    -------
    dataset : Dataset
        Without the rows that have no target; the positive class is the rarer one.
    title, licence : str
        As stated by OpenML.

    Raises
    ------
    DatasetError
        There is no such dataset, its target is not binary, or it has unusable values.
    Exception
        Any other failure of the network or of a damaged file.
    """
    number = int(name.partition(":")[2])
    # This request comes first because it is small: it shows whether the server answers and knows
    # the dataset. It also names the target, so that it can be read as an ordinary column. Read as
    # a target, scikit-learn rejects missing values, and takes uninitialised memory for the first
    # level where a sparse file omits it.
    features = _features(name, number)
    target = _target_name(name, features)
    kinds = {feature["name"]: feature["data_type"].lower() for feature in features}
    bunch = _fetch(number, kinds, folder)
    columns = _columns(name, bunch, kinds)
    if target not in columns:
        raise DatasetError(f"dataset {name!r}: OpenML ignores its target {target!r}: {REMEDY}")
    y, keep, note = _labels(name, target, columns.pop(target))
    notes = [*_warnings(bunch.details), note]
    if not keep.all():
        lacking = counted(int((~keep).sum()), "row")
        notes.append(f"dropped: {lacking} without a value of {target}")
        columns = {key: column[keep].reset_index(drop=True) for key, column in columns.items()}
    if not columns:
        raise DatasetError(f"dataset {name!r} has no features: {REMEDY}")
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
            f"dataset {name!r} is unknown to OpenML: look up its number on {ADDRESS}"
        ) from None
    features: list[dict[str, str]] = answer["data_features"]["feature"]
    return features


def _target_name(name: str, features: list[dict[str, str]]) -> str:
    targets = [feature["name"] for feature in features if feature["is_target"] == "true"]
    if len(targets) != 1:
        raise DatasetError(
            f"dataset {name!r} has {len(targets)} default targets on OpenML, not one: {REMEDY}"
        )
    return targets[0]


def _fetch(number: int, kinds: dict[str, str], folder: Path) -> Any:
    """Return the dataset as scikit-learn reads it, with the target among the columns."""
    from sklearn.datasets import fetch_openml

    # Without stated types, some versions of pandas turn the level 007 into the number 7, which
    # scikit-learn 1.9 does not expect (https://github.com/scikit-learn/scikit-learn/pull/34902).
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
    """Return all columns by name, with the types that OpenML declares."""
    table = bunch.data
    if not isinstance(table, pd.DataFrame):
        rows, width = table.shape
        if rows * width > MAX_CELLS:
            raise DatasetError(
                f"dataset {name!r} is sparse and too large for a dense table ({rows:,} rows, "
                f"{width:,} columns): {REMEDY}"
            )
        table = pd.DataFrame(table.toarray(), columns=bunch.feature_names)
    columns = {}
    for column in table.columns:
        values = table[column]
        if kinds[column] in NUMBERS:
            columns[column] = _numbers(name, column, values)
        elif levels := (bunch.categories or {}).get(column):
            # A sparse table contains the positions of the levels.
            codes = values.fillna(-1).astype(int)
            columns[column] = pd.Series(pd.Categorical.from_codes(codes, levels))
        else:
            columns[column] = _texts(values)
    return columns


def _texts(values: pd.Series) -> pd.Series:
    # scikit-learn keeps the quotes if a file has both kinds of them.
    levels = {level: QUOTED.sub(r"\1", level) for level in values.dropna().unique()}
    return values.map(levels).astype("category")


def _numbers(name: str, column: str, values: pd.Series) -> pd.Series:
    # The parser leaves a column with a cell "nan" as text.
    numbers = pd.Series(values.to_numpy(dtype=np.float64, na_value=np.nan))
    count = int((numbers.abs() > LARGEST_NUMBER).sum())
    if count:
        raise DatasetError(
            f"dataset {name!r}: column {column!r} has numbers beyond {LARGEST_NUMBER:g} in "
            f"{count:,} of {len(numbers):,} rows: {REMEDY}"
        )
    return numbers


def _labels(
    name: str, target: str, values: pd.Series
) -> tuple[NDArray[np.int8], NDArray[np.bool_], str]:
    """Return the target, a mask of the rows that have one, and a note on the positive class."""
    codes, found = pd.factorize(values)
    levels = list(found)
    if len(levels) != 2:
        raise DatasetError(
            f"dataset {name!r}: target {target!r} has {counted(len(levels), 'value')} instead of "
            f"two: {REMEDY}"
        )
    counts = np.bincount(codes[codes >= 0]).tolist()
    # If both are equally frequent, the one that sorts last is the positive class.
    positive = min((0, 1), key=lambda code: (counts[code], levels[code] < levels[1 - code]))
    keep = codes >= 0
    y = (codes[keep] == positive).astype(np.int8)
    label = levels[positive]
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    share = f"{counts[positive]:,} of {len(y):,} rows ({counts[positive] / len(y):.2%})"
    return y, keep, f"positive class: {target} = {str(label)!r}, {share}"


def _warnings(details: dict[str, Any]) -> list[str]:
    """Return notes on problems that OpenML itself reports."""
    notes = []
    if details["status"] != "active":
        notes.append(f"WARNING: the status of this version on OpenML is {details['status']}")
    problems = [details[kind] for kind in ("error", "warning") if kind in details]
    return notes + [f"WARNING: OpenML reports a problem: {problem}" for problem in problems]
