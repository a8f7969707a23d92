"""Tests of whole sessions that answer goals, and of the answers given later."""

import json

import numpy as np
import pandas as pd
import pytest

from lab.tests.helpers.examples import COUNT, plugin

COST = "cost:miss=amount,alarm=5"
LR = ("--model", "logistic_regression", "--strategy", "raw", "--strategy", "class_weight")
# A module of a user that registers a goal.
F2 = """
from lab.metrics import GOALS, BestCutoff, Goal
def f2(tally):
    return 5 * tally.found, tally.alarms + 4 * tally.positives
GOALS.register(Goal("f2", "Recall twice as important", "", lambda: BestCutoff(f2), metric="F2"))
def broken(tally):
    raise ValueError("no such thing")
GOALS.register(Goal("broken", "Never", "", lambda: BestCutoff(broken), metric="none"))
"""


@pytest.fixture
def payments(scratch):
    """Write payments of 40 days with their amount; return the options that name them."""
    rng = np.random.default_rng(0)
    rows = 800
    fraud = rng.random(rows) < 0.15
    table = pd.DataFrame(
        {"a": rng.normal(size=rows) + 2 * fraud, "b": rng.normal(size=rows) + fraud}
    )
    table["amount"] = np.round(rng.lognormal(3, 1, rows), 2)
    table["day"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows) // 20, "D")
    table["fraud"] = fraud.astype(int)
    table.to_csv(scratch.root / "payments.csv", index=False)
    return ("--data", "payments.csv", "--target", "fraud", "--drop", "amount", *LR)


def answers(scratch, *arguments):
    """Return the answers of `lab answer` as JSON."""
    done = scratch.lab("answer", *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["schema"] == 1
    return content["answers"]


def test_a_session_on_own_data_starts_with_the_answer(scratch, payments):
    """The answer comes first, at the price of each row; claims of the literature are counted.

    Costs equal a loop over predictions and the table.
    """
    done = scratch.run("-n", "2", *payments, "--drop", "day", "--goal", COST, "--goal", "f1")
    assert done.returncode == 0, done.stdout
    closing = done.stdout.partition(" MLflow Lab ")[2]
    assert closing.index("Recommendation (payments)") < closing.index("ROC AUC")
    assert "Lowest cost: amount a missed positive, 5 an alarm" in closing
    assert "of 1,000 rows: " in closing
    assert "do nothing " in closing
    assert "`lab observations --session latest` lists them" in closing
    (cost,) = answers(scratch, "--goal", COST)
    assert (cost["rule"], cost["cutoff"]) == ("expected_cost", None)
    assert cost["counts"]["cost"] == pytest.approx(cost["value"]["estimate"] * 0.8)
    table = pd.read_csv(scratch.root / "payments.csv")
    case = scratch.runs()["payments-raw-logistic_regression"]
    (path,) = scratch.root.glob(f"mlartifacts/{case.info.run_id}/**/predictions.parquet")
    predictions = pd.read_parquet(path)
    paid = sum(
        table["amount"][row]
        for row, y in zip(predictions.row, predictions.y_true, strict=True)
        if y == 1
    )
    assert cost["references"]["do nothing"] == pytest.approx(1000 * paid / len(table))
    assert cost["references"]["flag every row"] == 5000


def test_alerts_by_day_need_a_split_in_time(scratch, payments):
    """With random folds the goal is a usage error; in time each whole day has its alerts."""
    goal = ("--goal", "alerts:top=2,per=day")
    done = scratch.run("-n", "0", *payments, *goal, "--split", "random", "--time", "day")
    assert done.returncode == 4
    assert "a fold holds a part of each day" in done.stderr
    done = scratch.run("-n", "0", *payments, *goal, "--time", "day")
    assert done.returncode == 0, done.stdout
    (alerts,) = answers(scratch, *goal)
    assert alerts["counts"]["alarms"] == alerts["counts"]["rows"] / 10
    assert alerts["protocol"]["split"] == "time"


def test_answers_need_no_fit(scratch, payments):
    """A stored session answers other goals, at another share of positives, without evaluating.

    What it cannot answer is one sentence on stderr and exit status 2.
    """
    options, count = plugin(scratch, COUNT), {"COUNT": str(scratch.root / "count")}
    done = scratch.run("-n", "0", *payments, "--drop", "day", *options, env=count)
    assert done.returncode == 0, done.stdout
    counted = (scratch.root / "count").read_text()
    for goal in ("alerts:top=5", "cost:miss=10,alarm=1", "net_benefit:at=0.2", "fpr:at=0.1"):
        (answer,) = answers(scratch, "--goal", goal, "--prevalence", "1%")
        assert (answer["goal"], answer["prevalence"]) == (goal, 0.01)
        assert any("the share of positives is 1 %" in one for one in answer["assumed"])
    assert (scratch.root / "count").read_text() == counted
    done = scratch.lab("report", "--goal", "alerts:top=5", "--prevalence", "0.01")
    assert done.returncode == 0, done.stderr
    page = (scratch.root / "report.html").read_text()
    assert "Most positives in the top 5 rows" in page
    done = scratch.lab("answer", "--format", "markdown")
    assert "| to | use | because |" in done.stdout
    for arguments, said in (
        (("--goal", "cost:miss=price"), "--goal cost:miss=price"),
        (("--goal", "alarms"), "did you mean alerts"),
        (("--prevalence", "0"), "'0' is not above 0 and below 1, like 0.01 or 1%"),
        (("20200101",), "matches no session"),
    ):
        done = scratch.lab("answer", *arguments)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_a_goal_of_ones_own_is_answered(scratch, payments):
    """A plugin's goal is answered; one that fails costs the answer, and nothing else."""
    (scratch.root / "mine.py").write_text(F2)
    mine = ("--plugin", "mine.py", "--goal")
    done = scratch.run("-n", "2", *payments, "--drop", "day", *mine, "f2")
    assert done.returncode == 0, done.stdout
    assert "Recall twice as important" in done.stdout
    done = scratch.run("-n", "0", *payments, "--drop", "day", *mine, "broken")
    assert "No recommendation: goal broken fails on payments-" in done.stdout
    assert "ValueError: no such thing" in done.stdout
    assert done.returncode == 0, done.stdout
