"""Datasets that come with the lab: one Parquet file each, with its facts as JSON beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.datasets.dataset import KEYS, Dataset, DatasetError, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

BUNDLED = Path(__file__).parent
TARGET = "target"  # the target's column in every bundled file


def bundled() -> Iterator[Entry]:
    """Yield the entries of all bundled datasets, sorted by name."""
    for path in sorted(BUNDLED.glob("*.json")):
        yield _entry(json.loads(path.read_text(encoding="utf-8")))


def _entry(facts: dict[str, Any]) -> Entry:
    def load() -> Dataset:
        import pandas as pd

        table = pd.read_parquet(BUNDLED / f"{facts['name']}.parquet")
        y = table.pop(TARGET).to_numpy()
        keys = {key: table.pop(name) for key in KEYS if (name := facts.get(f"{key}_column"))}
        dataset = Dataset(facts["name"], table, y, facts["source"], **keys)
        if dataset.digest != facts["digest"]:
            raise DatasetError(
                f"{facts['name']}.parquet does not have the digest in {facts['name']}.json: "
                "restore both from git, or rebuild them with "
                "`python -m lab.datasets.bundled.build`"
            )
        return dataset

    return Entry.from_json(facts, load)
