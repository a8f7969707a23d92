"""Rate of false recommendations by goal and split, where no strategy is better than raw data.

    python benchmarks/scripts/goal_error_rates.py [--draws 1000] [--splits random group time]

Each draw is a new table with eight models: raw data and three candidates, with two learners each.
All have features of their own that matter alike, so that whatever is called better than doing
nothing is so by chance. Rows of a group, or of near times, depend on each other. A column has a
random amount for each row.

Rates are nominally 2.5 % a goal: with one candidate against raw data, both with one learner; and
with all six candidates, which the interval allows for, against raw data with both learners.
"""

from __future__ import annotations

import argparse
import math
import os
import time

import numpy as np
from dependent_tables import Scenario, evaluate
from drawn_results import drawn_result
from joblib import Parallel, delayed

from lab.cases import Case, Protocol, Result
from lab.cases.row_facts import RowFacts
from lab.metrics import GOALS
from lab.observations.choice import Standing
from lab.observations.goal_table import GoalTable, goal_tables
from lab.observations.recommendation import RAW, recommend

NAMES = (
    *("rank", "precision:at=0.5", "recall:at=0.8", "fpr:at=0.05", "alerts:top=2%", "f1"),
    *("probabilities", "cost:miss=10,alarm=1", "cost:miss=amount,alarm=5", "net_benefit:at=0.1"),
)
IN_TIME = (*NAMES, "alerts:top=3,per=day")
ROWS_A_DAY = 20
CASES = [
    Case("drawn", strategy, model)
    for model in ("logistic_regression", "decision_tree")
    for strategy in (RAW, "smote", "class_weight", "random_over")
]
SCENARIOS = (
    Scenario("random"),
    Scenario("random", folds=3, positives=0.05),
    Scenario("random", repeats=3),
    Scenario("random", learner="tree"),
    Scenario("group", groups=60),
    Scenario("group", groups=20, dependence=0.8),
    Scenario("time", dependence=0.0),
    Scenario("time", dependence=0.3),
    Scenario("time", folds=10, dependence=0.8),
    Scenario("time", drift="prevalence"),
)


def recommended(scenario: Scenario, seed: int) -> list[list[bool]]:
    """Return for each goal whether the only candidate, and one of all, is called better."""
    # All sets of features together explain as much as two with a weight of 1.
    weights = (math.sqrt(2 / len(CASES)),) * len(CASES)
    found = evaluate(scenario, weights, seed, ())
    past = scenario.folds * scenario.repeats  # without the next window in time
    protocol = Protocol(scenario.folds, scenario.repeats, split=scenario.split)
    results = [
        drawn_result(
            case,
            protocol,
            found.table.y,
            found.folds[:past],
            [of_models[i] for of_models in found.probabilities[:past]],
        )
        for i, case in enumerate(CASES)
    ]
    rows = np.arange(len(found.table.y))
    amount = np.random.default_rng([seed, 2]).lognormal(math.log(50), 1.0, len(rows))
    facts = {"drawn": RowFacts(rows, rows / ROWS_A_DAY, "days", {"amount": amount})}
    goals = GOALS.chosen(IN_TIME if scenario.split == "time" else NAMES)
    tables = goal_tables(goals, results, Result.read_predictions, facts)
    return [[_is_better(table, some) for some in (results[:2], results)] for table in tables]


def _is_better(table: GoalTable, results: list[Result]) -> bool:
    found = recommend(table, results)
    return found is not None and found.standing is Standing.BETTER


def main() -> None:
    """Draw, recommend, and print the rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--splits", nargs="+", default=("random", "group", "time"))
    parser.add_argument("--only", nargs="+", default=("",), help="parts of scenarios' names")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    loop = Parallel(n_jobs=options.workers)
    for scenario in SCENARIOS:
        if scenario.split not in options.splits:
            continue
        if not any(part in f"{scenario} " for part in options.only):
            continue
        start = time.perf_counter()
        shown = np.array(loop(delayed(recommended)(scenario, i) for i in range(options.draws)))
        seconds = time.perf_counter() - start
        print(f"{scenario}: {options.draws} draws, {seconds:.0f} s", flush=True)
        names = IN_TIME if scenario.split == "time" else NAMES
        for name, (one, all_six) in zip(names, shown.mean(axis=0), strict=True):
            print(f"   {name:26} {one:6.1%} {all_six:6.1%}", flush=True)


if __name__ == "__main__":
    main()
