"""Time and size of the report by the number of cases.

Results are made up, but have the shape of real ones: five folds of every metric, curves, three
observations a case, and answers for the default goals on every dataset::

    python benchmarks/scripts/report_size.py
    python benchmarks/scripts/report_size.py 54 500 3000
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lab.cases import Case, Protocol, Result
from lab.evaluation.curves import BINS, FALSE_POSITIVE_RATES, RECALLS
from lab.metrics import GOALS, METRICS
from lab.metrics.net_benefit import THRESHOLDS
from lab.models import CORE as MODELS
from lab.observations import Observation, ObservationRecord, gain
from lab.observations.answer import Answer
from lab.observations.answer_parts import Estimate, Gain, Plain
from lab.observations.choice import Choice
from lab.report import page
from lab.report.session_record import SessionFacts, SessionRecord
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (54, 500, 3000)
OBSERVED = ("recall", "precision", "f1_score")


def made_up(cases: int, seed: int = 0) -> SessionRecord:
    """Return a made-up record of a session.

    Parameters
    ----------
    cases : int
        Their number, of up to ten strategies, three models and as many datasets as needed.
    seed : int
        Seed of the scores.
    """
    rng = np.random.default_rng(seed)
    names = [name for name in STRATEGIES if not STRATEGIES[name].leaks][:10]
    datasets = [f"dataset_{number}" for number in range(cases)]
    results: list[Result] = []
    curves = {}
    for dataset, strategy, model in product(datasets, names, MODELS):
        if len(results) == cases:
            break
        result = _result(Case(dataset, strategy, model), rng)
        results.append(result)
        curves[result.case] = _curves(rng)
    return SessionRecord(
        session=SessionFacts(
            id="20260101-000000-0000",
            started=datetime(2026, 1, 1, tzinfo=UTC),
            seconds=60.0,
            outcome="passed",
            protocol=Protocol(),
            command="pytest benchmarks",
            commit="",
            experiment="made-up",
            run_id="0" * 32,
            versions={"python": "3"},
        ),
        results=results,
        curves=curves,
        runs={result.case: f"{rng.integers(16**12):032x}" for result in results},
        observations=list(_observed(results)),
        comparisons=[],
        remarks=[],
        failures={},
        unfinished=[],
        answers=list(_answers(results)),
    )


def _result(case: Case, rng: np.random.Generator) -> Result:
    return Result(
        case=case,
        protocol=Protocol(),
        dataset={
            "name": case.dataset,
            "digest": case.dataset,
            "source": "made up",
            "target": "",
            "rows": 10_000,
            "minority_rows": 500,
            "columns": 20,
        },
        scores={name: rng.uniform(0.2, 0.8, 5).tolist() for name in METRICS},
        seconds={
            name: rng.uniform(0.1, 1, 5).tolist() for name in ("fit_seconds", "predict_seconds")
        },
        class_counts={
            f"{part}_{label}_rows": [rows] * 5
            for part, label, rows in (
                ("train", "majority", 7600),
                ("train", "minority", 400),
                ("test", "majority", 1900),
                ("test", "minority", 100),
            )
        },
        params={},
        definition="Model()",
        notes=[],
        predictions=Path(),
    )


def _curves(rng: np.random.Generator) -> dict[str, object]:
    def falling(points: int) -> list[int]:
        return sorted(rng.integers(0, 1000, points).tolist(), reverse=True)

    return {
        "precision": falling(len(RECALLS)),
        "true_positive_rate": falling(len(FALSE_POSITIVE_RATES))[::-1],
        "reliability": [falling(10)[::-1] for _ in range(3)],
        "scores": [falling(BINS) for _ in range(2)],
        "confusion": [[9000, 500], [200, 300]],
        "net_benefit": [5 * value - 500 for value in falling(len(THRESHOLDS))],
    }


def _answers(results: list[Result]) -> Iterator[Answer]:
    datasets = list(dict.fromkeys(result.case.dataset for result in results))
    pair, other = (Choice("raw", model, 0.5, 0.1) for model in MODELS[:2])
    for dataset in [*([None] if len(datasets) > 1 else []), *datasets]:
        for goal in GOALS.chosen([]):
            yield Answer(
                dataset=dataset,
                datasets=1 if dataset else len(datasets),
                protocol={},
                goal=goal.key,
                title=goal.heading,
                metric=goal.metric,
                unit=goal.unit,
                digits=goal.digits,
                greater_is_better=goal.greater_is_better,
                standing="not_shown",
                reason="not shown to be better",
                choice=pair,
                best=other,
                raw=pair,
                also=[other],
                floor=0.1,
                candidates=27,
                gain=Gain(0.01, -0.02, 0.04, pair, better_on=1, datasets=1),
                cutoff=0.123456,
                value=Estimate(0.5, 0.4, 0.6),
                counts=Plain(10_000, 500, 800, 300, None) if dataset else None,
                assumed=["rows are independent of each other"],
            )


def _observed(results: list[Result]) -> list[ObservationRecord]:
    by_case = {result.case: result for result in results}
    return [
        Observation(
            f"{result.case.strategy}_{metric}",
            result.case.id,
            gain(result, by_case[result.case.under("raw")], metric) > 0,
            sentence=f"It changes {metric}.",
        ).record()
        for result in results
        if result.case.strategy != "raw"
        for metric in OBSERVED
    ]


if __name__ == "__main__":
    page(made_up(54))  # libraries and template
    for size in map(int, sys.argv[1:] or SIZES):
        record = made_up(size)
        start = time.perf_counter()
        text = page(record)
        seconds = time.perf_counter() - start
        print(f"{size:,} cases: {seconds:.2f} s, {len(text.encode()) / 1e6:.2f} MB")
