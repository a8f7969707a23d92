"""Tests of whole sessions whose tables have value columns."""

import numpy as np
import pandas as pd
import pytest

from lab.baseline import Baseline
from lab.tests.helpers.examples import AMOUNTS, COUNT, TINY, plugin, scores
from lab.tests.helpers.small_tables import independent

LR = ("--model", "logistic_regression")
CHOSEN = (*LR, "--strategy", "raw", "--strategy", "smote", "--folds", "3")
DATA = ("--data", "orders.csv", "--target", "failed")
# An observation on the metric of amounts.
OBSERVATION = '''
from lab.observations import gain
STRATEGIES = ["smote"]
def test_fewer_euros_are_missed(observe, result, under):
    """SMOTE misses a smaller amount."""
    assert observe(gain(result, under("raw"), "euros") < 0)
'''


def orders(rows=600, seed=0):
    """Return a table with an amount, whose target is missing in some rows."""
    X, y = independent(rows, seed=seed)
    amount = np.random.default_rng(seed).gamma(2.0, 50.0, rows).round(2)
    table = X.assign(amount=amount, failed=pd.Series(y, dtype="Int64"))
    table.loc[[0, 5, 6], "failed"] = None
    return table


@pytest.fixture
def project(scratch):
    """Write a table, a metric and an observation; return the scratch project."""
    orders().to_csv(scratch.root / "orders.csv", index=False)
    (scratch.root / "euros.py").write_text(AMOUNTS)
    (scratch.root / "benchmarks" / "test_euros.py").write_text(OBSERVATION)
    return scratch


def artifact(scratch, run, name):
    """Return the path of an artifact of a run."""
    (path,) = scratch.root.glob(f"mlartifacts/{run.info.run_id}/**/{name}")
    return path


def parent_of(runs):
    """Return the session's own run."""
    return next(run for name, run in runs.items() if name.startswith("session "))


def by_hand(scratch, run, table):
    """Return the amount in missed positives of each fold, by a loop over rows."""
    sums = {}
    amounts = table["amount"].tolist()
    for row in pd.read_parquet(artifact(scratch, run, "predictions.parquet")).itertuples():
        sums.setdefault(row.fold, 0.0)
        if row.y_true == 1 and row.y_pred == 0:
            sums[row.fold] += amounts[row.row]
    return [sums[fold] for fold in sorted(sums)]


@pytest.mark.parametrize(
    ("workers", "drop"), [("0", ()), ("2", ("--drop", "amount"))], ids=["feature", "left out"]
)
def test_a_metric_of_amounts_is_logged(project, workers, drop):
    """The logged metric is that of a loop over predictions and the table."""
    tests = ("-k", "test_case or test_euros")
    done = project.run("-n", workers, *DATA, *CHOSEN, *drop, "--plugin", "euros.py", *tests)
    assert done.returncode == 0, done.stdout
    runs = project.runs()
    for strategy in ("raw", "smote"):
        run = runs[f"orders-{strategy}-logistic_regression"]
        expected = by_hand(project, run, orders())
        assert len(expected) == 3
        assert run.data.metrics["euros"] == pytest.approx(np.mean(expected), rel=1e-12)
        assert ("observation.fewer_euros_are_missed" in run.data.tags) == (strategy == "smote")
        assert "| euros |" in run.data.tags["mlflow.note.content"]
        assert "value and feature" not in run.data.tags["lab.notes"]
    assert ("value and feature: 'amount' (--drop amount" in done.stdout) == (not drop)
    assert any("mean over folds" in line and "euros" in line for line in done.stdout.splitlines())
    page = artifact(project, parent_of(runs), "report.html").read_text()
    assert '<th scope="col" class="n">euros</th>' in page

    rows = pd.read_parquet(artifact(project, parent_of(runs), "rows.parquet"))
    assert list(rows) == ["dataset", "row", "group", "time", "amount"]
    kept = orders()[orders()["failed"].notna()]
    assert rows["row"].tolist() == kept.index.tolist()
    assert rows["amount"].tolist() == kept["amount"].tolist()
    assert rows[["group", "time"]].isna().all(axis=None)


def test_stored_predictions_are_scored_by_todays_amounts(project):
    """With --reuse the metric is added without a fit, and computed again if amounts change."""
    env = {"COUNT": str(project.root / "count")}
    options = ("-n", "0", *DATA, *CHOSEN, "--drop", "amount", "--reuse", *plugin(project, COUNT))
    assert project.run(*options, "-k", "test_case", env=env).returncode == 0
    plain = scores(project.runs())
    baseline = Baseline.read(artifact(project, parent_of(project.runs()), "scores.json"))
    fits = (project.root / "count").read_text()
    for factor in (1, 3):
        table = orders()
        table["amount"] *= factor
        table.to_csv(project.root / "orders.csv", index=False)
        done = project.run(*options, "--plugin", "euros.py", "-k", "test_case", env=env)
        assert done.returncode == 0, done.stdout
        runs = project.runs()
        for name, before in plain.items():
            after = scores(runs)[name]
            assert after["euros"] == pytest.approx(np.mean(by_hand(project, runs[name], table)))
            assert {m: v for m, v in after.items() if "euros" not in m} == before
        after = Baseline.read(artifact(project, parent_of(runs), "scores.json"))
        assert {n: case.digest for n, case in after.cases.items()} == {
            n: case.digest for n, case in baseline.cases.items()
        }
    assert (project.root / "count").read_text() == fits


def test_tables_without_the_column_lack_the_metric(project):
    """Other tables, bundled ones and rows made up before the split go without it."""
    other = orders(seed=1).rename(columns={"amount": "time"})
    other["time"] = other["time"].astype(str) + "x"
    other.assign(row=range(len(other)), b="c").to_csv(project.root / "other.csv", index=False)
    (project.root / "benchmarks" / "conftest.py").write_text(AMOUNTS)
    done = project.run(
        *("-n", "2", *DATA, "--data", "other.csv", "--dataset", TINY, *LR, "--folds", "3"),
        *("--strategy", "raw", "--strategy", "smote", "--strategy", "smote_before_split"),
        *("--drop", "row", "--drop", "time", "-k", "test_case or test_euros", "-rs"),
    )
    assert done.returncode == 0, done.stdout
    assert "left out: metric 'euros', since column 'amount' is not in the table" in done.stdout
    assert "euros of smote above raw is undefined in all 3 folds, without column" in done.stdout
    runs = project.runs()
    have = {name for name, run in runs.items() if "euros" in run.data.metrics}
    assert have == {f"orders-{strategy}-logistic_regression" for strategy in ("raw", "smote")}
    rows = pd.read_parquet(artifact(project, parent_of(runs), "rows.parquet"))
    assert list(rows) == ["dataset", "row", "group", "time", "amount", "value row"]
    assert set(rows["dataset"]) == {"orders", "other"}
    by_dataset = rows.set_index("dataset")
    assert by_dataset.loc["orders", "value row"].isna().all()
    assert by_dataset.loc["other", "amount"].isna().all()
    assert by_dataset.loc["other", "value row"].tolist() == by_dataset.loc["other", "row"].tolist()
