"""Bias of the value that a goal promises, against the value on fresh rows.

    python benchmarks/scripts/goal_promises.py [--seeds 50] [--rows 3000]

Each draw is a table of two overlapping classes with one positive in twenty, at random or in time
without a drift. Logistic regression, XGBoost and a forest are cross-validated on five folds. The
promise is the value with cutoffs from the other folds, or from earlier windows. The best case
chooses each fold's cutoff on its own rows, as ``recall_at_precision_50`` does. The truth is the
value of a fit to all rows on 40,000 fresh ones, with the cutoff that an answer states; for alerts
these are ranked in pieces as large as a fold.

For each goal it prints the mean truth, the bias of promise and best case, both also as a share of
the mean width of the promise's 95 % interval, and how often that interval contains the truth.
"""

from __future__ import annotations

import argparse
import math
import os
from dataclasses import replace
from statistics import fmean

import numpy as np
import pandas as pd
from drawn_results import drawn_result
from joblib import Parallel, delayed
from numpy.typing import NDArray

from lab.cases import Case, Protocol, Result
from lab.cases.row_facts import RowFacts
from lab.metrics import GOALS, ScoredRows
from lab.models import MODELS
from lab.observations.goal_value import contributions, goal_value
from lab.observations.scored_folds import scored_folds
from lab.splits import RANDOM, TIME, Rows, divide

NAMES = (
    *("precision:at=0.5", "recall:at=0.8", "fpr:at=0.05", "alerts:top=2%", "f1"),
    *("cost:miss=10,alarm=1", "cost:miss=amount,alarm=5", "net_benefit:at=0.1"),
)
MODEL_NAMES = ("logistic_regression", "xgboost", "random_forest")
FOLDS, FRESH, SHARE, FEATURES, DISTANCE = 5, 40_000, 0.05, 8, 1.9
MEASURES = ("truth", "promise", "low", "high", "best case", "bound", "true bound")

Floats = NDArray[np.float64]


def table(rng: np.random.Generator, rows: int) -> tuple[pd.DataFrame, NDArray[np.int8], Floats]:
    """Return features, target and the amount of each row."""
    y = (rng.random(rows) < SHARE).astype(np.int8)
    X = rng.normal(size=(rows, FEATURES)) * np.where(y == 1, 1.3, 1.0)[:, None]
    X[:, :3] += DISTANCE / math.sqrt(3) * y[:, None]
    return pd.DataFrame(X).add_prefix("x"), y, rng.lognormal(math.log(50), 1.0, rows)


def promises(split: str, model: str, rows: int, seed: int) -> Floats:
    """Return the measures of each goal in one draw; shape (n_goals, n_measures)."""
    rng = np.random.default_rng(seed)
    X, y, amount = table(rng, rows)
    fresh_X, fresh_y, fresh_amount = table(rng, FRESH)
    time = np.arange(rows, dtype=np.float64) if split == TIME else None
    folds = [
        (fold.training_rows(rows), fold.test)
        for fold in divide(Rows(y, time=time), split, FOLDS, seed=seed)
    ]
    scores = [
        MODELS[model].make(seed).fit(X.iloc[train], y[train]).predict_proba(X.iloc[test])[:, 1]
        for train, test in folds
    ]
    case = Case("drawn", "raw", model)
    result = drawn_result(case, Protocol(FOLDS, split=split), y, folds, scores)
    facts = RowFacts(np.arange(rows), time, "", {"amount": amount})
    tested = scored_folds(result, result.read_predictions(), facts)
    score = MODELS[model].make(seed).fit(X, y).predict_proba(fresh_X)[:, 1]
    fresh = ScoredRows(fresh_y, np.asarray(score, dtype=np.float64), {"amount": fresh_amount})
    return np.array([_measures(name, result, tested, fresh) for name in NAMES])


def _measures(
    name: str, result: Result, tested: list[list[ScoredRows]], fresh: ScoredRows
) -> list[float]:
    goal = GOALS[name]
    rule, value = goal.measured, goal_value(goal, result, tested)
    known = [rows for repeat in tested for rows in repeat]
    pieces = [fresh]
    if rule.chooses and not rule.columns:
        decisions = [rule.decide(fresh, known)]
        assert decisions[0].cutoff == value.cutoff, "the cutoff is the one that is stated"
    else:
        if name.startswith("alerts"):
            size = len(known[0].y_true)
            pieces = [
                replace(
                    fresh, y_true=fresh.y_true[i : i + size], y_score=fresh.y_score[i : i + size]
                )
                for i in range(0, len(fresh.y_true) - size + 1, size)
            ]
        decisions = [rule.decide(piece, known) for piece in pieces]
    truth = fmean(contributions([one.ratio for one in decisions]))
    best = fmean(contributions([rule.decide(rows, [rows]).ratio for rows in known]))
    bound, true_bound = math.nan, math.nan
    tally = decisions[0].tally
    if rule.constraint and value.reached and tally:
        above, below = rule.constraint.measure(tally)
        bound, true_bound = value.reached.mean, above / below if below else math.nan
    return [truth, value.promised.mean, *value.promised.interval(), best, bound, true_bound]


def main() -> None:
    """Draw, compare, and print the biases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--models", nargs="+", default=MODEL_NAMES)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    loop = Parallel(n_jobs=options.workers)
    for split in (RANDOM, TIME):
        for model in options.models:
            draws = (
                delayed(promises)(split, model, options.rows, seed) for seed in range(options.seeds)
            )
            found = np.array(loop(draws))  # by seed, goal, measure
            print(f"{split}, {model}, {options.seeds} tables of {options.rows:,} rows", flush=True)
            print(f"   {'goal':26} {'truth':>8} {'promise':>16} {'best case':>16} {'inside':>7}")
            for i, name in enumerate(NAMES):
                truth, promise, low, high, best, bound, true_bound = found[:, i].T
                width = np.mean(high - low)
                cells = [
                    f"{np.mean(one - truth):+9.4f} {np.mean(one - truth) / width:+6.2f}"
                    for one in (promise, best)
                ]
                inside = np.mean((low <= truth) & (truth <= high))
                more = ""
                if not np.isnan(bound).all():
                    more = f"  bound {np.nanmean(bound):.3f}, true {np.nanmean(true_bound):.3f}"
                print(f"   {name:26} {truth.mean():8.4f} {' '.join(cells)} {inside:7.0%}{more}")


if __name__ == "__main__":
    main()
