"""What the lab costs beyond the fits: `pytest benchmarks -n N` against a bare joblib loop.

    python benchmarks/overhead.py [--runs 3] [--workers 2]

Both are timed from outside as whole processes, imports included, in turn. The bare loop makes the
same fits and predictions, dearest case first, and computes the mission's five metrics: no tests,
no store, no pictures, no tracking. The lab runs on a new database and without stored results.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.experiment import Case, Protocol

ROOT = Path(__file__).parents[1]
FIVE = ("accuracy", "precision", "recall", "f1_score", "roc_auc_score")


def fit_case(case: Case, protocol: Protocol, seed: int = 0) -> list[tuple[float, ...]]:
    """Cross-validate one case with nothing around the fits; return each metric's scores."""
    from lab import datasets
    from lab.experiment import pipeline
    from lab.metrics import METRICS

    dataset = datasets.load(case.dataset)
    scores = []
    for train, test in protocol.split(dataset.y):
        steps = pipeline(case, dataset, dataset.y[train], seed)
        steps.fit(dataset.X.iloc[train], dataset.y[train])
        X_test, y_test = dataset.X.iloc[test], dataset.y[test]
        y_score, y_pred = steps.predict_proba(X_test)[:, 1], steps.predict(X_test)
        scores.append([METRICS[name](y_test, y_pred, y_score) for name in FIVE])
    return list(zip(*scores, strict=True))


def bare(workers: int) -> None:
    """Run the default cases in a joblib loop."""
    from joblib import Parallel, delayed

    from lab.grid import Grid

    grid = Grid.select()
    cases = sorted(grid.cases(), key=lambda case: -case.cost())
    loop = Parallel(n_jobs=workers, batch_size=1, pre_dispatch="all")
    scores = loop(delayed(fit_case)(case, grid.protocol) for case in cases)
    print(len(scores), "cases")


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command to its end; return its wall time."""
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def main() -> None:
    """Time both, print each pair and the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--bare", action="store_true", help="run the bare loop only, untimed")
    options = parser.parse_args()
    if options.bare:
        bare(options.workers)
        return
    one_thread = {"OMP_NUM_THREADS": "1"}
    workers = str(options.workers)
    bare_command = [sys.executable, __file__, "--bare", "--workers", workers]
    pairs = []
    print("   bare     lab   ratio")
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            uri = {"MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
            plain = seconds(bare_command, one_thread)
            lab = seconds([sys.executable, "-m", "pytest", "benchmarks", "-n", workers], uri)
        pairs.append((plain, lab, lab / plain))
        print("{:6.1f}s {:6.1f}s {:7.3f}".format(*pairs[-1]), flush=True)
    medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
    print("{:6.1f}s {:6.1f}s {:7.3f}  median".format(*medians))


if __name__ == "__main__":
    main()
