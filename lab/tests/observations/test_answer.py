"""Tests of answers: what is recommended, with which cutoff, and what it comes to."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lab.cases import Case, Protocol, Result
from lab.cases.row_facts import RowFacts
from lab.metrics import GOALS
from lab.observations.answer import Answer
from lab.observations.answers import answers
from lab.observations.goal_table import goal_tables
from lab.observations.shortage import FEWEST_POSITIVES
from lab.tests.helpers.examples import make_result

ROWS, FOLDS = 4000, 5


def made_up(strategy, score, y, dataset="churn", split="random", **facts):
    """Return a result with given scores, in folds that take turns."""
    folds = np.arange(len(y)) * FOLDS // len(y)
    table = pd.DataFrame({"fold": folds, "row": np.arange(len(y)), "y_true": y, "y_score": score})
    names = ("calibration_intercept", "calibration_slope")
    blank = make_result(
        Case(dataset, strategy, "xgboost"), {name: [0.1, 0.0, 0.3, 0.2, 0.1] for name in names}
    )
    return replace(
        blank,
        protocol=Protocol(FOLDS, split=split),
        predictions=table,
        seconds={"fit_seconds": [0.1]},
        dataset=blank.dataset | {"rows": len(y), "minority_rows": int(y.sum())} | facts,
    )


@pytest.fixture(scope="module")
def fraud():
    """Return two cases on payments, and their amounts.

    Raw data rank small frauds first, and SMOTE the large ones; each finds more of its own.
    """
    rng = np.random.default_rng(0)
    y = (rng.random(ROWS) < 0.1).astype(np.int8)
    large = rng.random(ROWS) < 0.25
    amount = np.where(large, 300.0, 10.0) * rng.uniform(0.8, 1.2, ROWS)
    noise = rng.normal(0, 0.08, (2, ROWS))
    small_first = np.clip(0.2 + y * np.where(large, 0.02, 0.5) + noise[0], 0.01, 0.99)
    large_first = np.clip(0.2 + y * np.where(large, 0.5, 0.02) + noise[1], 0.01, 0.99)
    results = [made_up("raw", small_first, y), made_up("smote", large_first, y)]
    return results, {"churn": RowFacts(np.arange(ROWS), values={"amount": amount})}


def answered(results, facts=None, *names, prevalence=None):
    """Return the answers for goals."""
    tables = goal_tables(
        GOALS.chosen(names), results, Result.read_predictions, facts or {}, prevalence
    )
    return list(answers(tables, results, prevalence=prevalence))


def test_the_answer_differs_by_goal(fraud):
    """The best pair by F1 finds most frauds; the best by cost finds the expensive ones."""
    f1, cost = answered(*fraud, "f1", "cost:miss=amount,alarm=5")
    assert (f1.recommended.strategy, cost.recommended.strategy) == ("raw", "smote")
    assert cost.standing == "better"
    assert cost.gain.high < 0
    assert (cost.rule, cost.cutoff, set(cost.cutoffs)) == ("expected_cost", None, {None})
    assert len(cost.recalibration) == 2
    assert f1.recalibration is None
    assert (f1.rule, len(f1.cutoffs)) == ("score", FOLDS)
    assert cost.value.estimate < cost.references["do nothing"]
    assert cost.counts.cost == pytest.approx(cost.value.estimate * ROWS / 1000)
    assert f1.counts.cost is None


def test_counts_agree_with_the_value(fraud):
    """Recall is found positives by all positives, and precision is them by alarms."""
    recall, precision = answered(*fraud, "precision:at=0.5", "recall:at=0.5")
    counts = recall.counts
    assert recall.value.estimate == pytest.approx(counts.found / counts.positives)
    assert recall.constraint.estimate == pytest.approx(counts.found / counts.alarms)
    counts = precision.counts
    assert precision.value.estimate == pytest.approx(counts.found / counts.alarms)


def test_a_missed_bound_is_said():
    """Where negatives score higher in each window, cutoffs from the past miss the precision."""
    rng = np.random.default_rng(0)
    y = (rng.random(ROWS) < 0.1).astype(np.int8)
    window = np.arange(ROWS) * FOLDS // ROWS
    score = np.where(y == 1, rng.uniform(0.2, 1, ROWS), rng.uniform(0, 0.1 + 0.15 * window))
    (answer,) = answered([made_up("raw", score, y, split="time")], {}, "precision:at=0.8")
    assert answer.constraint.missed
    assert answer.constraint.high < 0.8 == answer.constraint.target
    (answer,) = answered([made_up("raw", score, y)], {}, "fpr:at=0.2")
    assert not answer.constraint.missed


def test_json_is_complete_and_has_no_invalid_number(fraud):
    """An answer survives JSON; what is not a number is null."""
    for answer in answered(*fraud):
        text = json.dumps(answer.to_json(), allow_nan=False)
        content = json.loads(text)
        assert Answer.from_json(content) == answer
        named = content["recommended"]
        assert named == {"strategy": answer.choice.strategy, "model": "xgboost"}
        assert {"estimate", "low", "high"} <= content["value"].keys()
    (answer,) = answered(fraud[0][:1], {}, "rank")
    assert answer.to_json()["gain"] is None
    assert answer.standing == "only_raw"


def test_few_positives_are_no_basis_for_an_answer(fraud):
    """With fewer positives than it takes, nothing is recommended, and the reason says why."""
    results = [
        replace(one, dataset=one.dataset | {"minority_rows": FEWEST_POSITIVES - 1})
        for one in fraud[0]
    ]
    (answer,) = answered(results, {}, "f1")
    assert (answer.standing, answer.recommended, answer.value) == ("shortage", None, None)
    assert f"it takes {FEWEST_POSITIVES} positives" in answer.reason


def test_scores_without_a_signal_are_unusable():
    """A ranking that is not better than the same prediction for every row is not recommended."""
    rng = np.random.default_rng(0)
    y = (rng.random(ROWS) < 0.1).astype(np.int8)
    for answer in answered([made_up("raw", rng.random(ROWS), y)], {}, "rank", "probabilities"):
        assert (answer.standing, answer.recommended) == ("unusable", None)
        assert answer.choice.strategy == "raw"


@pytest.mark.parametrize("goal", ["recall:at=0.8", "fpr:at=0.05", "precision:at=0.15", "f1"])
def test_chance_is_seldom_called_usable(goal):
    """Random scores meet a bound on the tested rows; as many alarms at random are as good.

    The test of usability is one-sided at 5 %.
    """
    draws, usable = 120, 0
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        y = (rng.random(800) < 0.08).astype(np.int8)
        (answer,) = answered([made_up("raw", rng.random(800), y)], {}, goal)
        usable += answer.recommended is not None
    assert usable <= draws * 0.05 + 2 * np.sqrt(draws * 0.05)


def test_over_several_datasets_there_is_no_cutoff(fraud):
    """The first answers are means over datasets, without cutoffs or counts; then come the others.

    Each dataset has its own.
    """
    results, _ = fraud
    others = [replace(one, case=replace(one.case, dataset="other")) for one in results]
    found = answered([*results, *others], {}, "f1", "rank")
    assert [(one.dataset, one.goal) for one in found] == [
        (dataset, goal) for dataset in (None, "churn", "other") for goal in ("f1", "rank")
    ]
    overall, single = found[0], found[2]
    assert overall.datasets == 2
    assert (overall.cutoff, overall.cutoffs, overall.counts) == (None, [], None)
    assert overall.value.estimate == pytest.approx(single.value.estimate)
    assert single.cutoff is not None


def test_calibration_is_told_from_its_intervals(fraud):
    """Probabilities count as calibrated only if both intervals contain the ideal value."""
    (answer,) = answered(*fraud, "probabilities")
    assert answer.calibration["calibration_intercept"].low < 0.14
    assert not answer.is_calibrated  # a slope of about 0.1
    assert answer.to_json()["calibrated"] is False


def test_assumptions_and_warnings_are_stated(fraud):
    """The split, another share of positives and the costs of right alarms are assumptions."""
    results, facts = fraud
    warned = [replace(one, notes=["WARNING: copies", "a remark"]) for one in results]
    (answer,) = answered(warned, facts, "cost", prevalence=0.01)
    assert answer.warnings == ["copies"]
    said = "; ".join(answer.assumed)
    assert "rows are independent" in said
    assert "the share of positives is 1 %" in said
    assert "a right alarm costs as much as a wrong one" in said
    in_time = [replace(one, protocol=Protocol(FOLDS, split="time")) for one in results]
    (answer,) = answered(in_time, facts, "f1")
    assert "the first window chooses cutoffs only" in "; ".join(answer.assumed)
