"""Time of `lab answer` by the number of cases of a stored session.

    python benchmarks/scripts/answer_time.py
    python benchmarks/scripts/answer_time.py 54 500

Cases have the predictions of real ones, on tables of 2,000 rows, and stand in a database of their
own under as many names of datasets as needed. Imports are not counted; the number of fits is.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import chdir
from dataclasses import replace
from itertools import count, product
from pathlib import Path

from report_size import made_up

from lab.cases import Case, Protocol, Result
from lab.cli.answer import stored_answers
from lab.evaluation import evaluate
from lab.evaluation.cross_validation import Evaluation, FoldResult
from lab.models import CORE as MODELS
from lab.tracking import SESSION_RECORD, Tracker

SIZES = (54, 500)
DATA = "synthetic:rows=2000,minority=0.05,seed=1"
STRATEGIES = ("raw", "smote", "class_weight", "random_under", "random_over", "threshold")


def log_session(root: Path, results: list[Result], cases: int) -> None:
    """Log a session with so many cases, which repeat results under other names of datasets."""
    names = (f"table_{number}" for number in count())
    copies = (
        replace(result, case=replace(result.case, dataset=name))
        for name in names
        for result in results
    )
    tracker = Tracker(root, "20260101-000000-0000", Protocol(), "pytest benchmarks")
    tracker.prepare()
    logged = [result for result, _ in zip(copies, range(cases), strict=False)]
    for result in logged:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "predictions.parquet"
            result.read_predictions().to_parquet(path, index=False)
            tracker.open_case(result.case, time.time())
            artifacts = {"predictions.parquet": path}
            tracker.log_result(result.case, result, artifacts, reused=False)
            tracker.close_case(result.case, "passed", "FINISHED", {}, time.time())
    record = replace(
        made_up(1),
        results=logged,
        curves={},
        runs={result.case: tracker.run_of(result.case.id) for result in logged},
    )
    tracker.log_document(SESSION_RECORD, record.dumps())
    tracker.close("passed", "FINISHED", {})


def main() -> None:
    """Evaluate, log, answer, and print the times."""
    results = [
        evaluate(Case(DATA, strategy, model), Protocol())
        for strategy, model in product(STRATEGIES, MODELS)
    ]
    fits = 0
    fit = Evaluation.fold

    def counting(evaluation: Evaluation, number: int) -> FoldResult:
        nonlocal fits
        fits += 1
        return fit(evaluation, number)

    Evaluation.fold = counting  # type: ignore[method-assign,assignment]
    for cases in map(int, sys.argv[1:] or SIZES):
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            root = Path(folder)
            os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{root / 'mlflow.db'}"
            log_session(root, results, cases)
            stored_answers(root, "latest", ("rank",), None)  # imports, and MLflow's first use
            start = time.perf_counter()
            found = stored_answers(root, "latest", (), None)
            seconds = time.perf_counter() - start
            print(f"{cases} cases: {seconds:.2f} s, {len(found.answers)} answers, {fits} fits")


if __name__ == "__main__":
    main()
