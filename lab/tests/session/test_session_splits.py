"""Tests of whole sessions whose rows have groups, times or copies."""

import re

import numpy as np
import pandas as pd
import pytest

from lab.tests.helpers.examples import scores
from lab.tests.helpers.small_tables import independent, visits

LR = ("--model", "logistic_regression")
TARGET = ("--target", "failed")


@pytest.fixture
def table(scratch):
    """Write a table of visits with a date; return the options that name it."""
    X, y = visits()
    rows = X.assign(failed=y)
    rows["day"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(len(rows)) // 4, "D")
    rows.to_csv(scratch.root / "visits.csv", index=False)
    return ("--data", "visits.csv", *TARGET, *LR)


def run_twice(scratch, *options):
    """Run a session without and with workers, which must score the same; return it and scores."""
    found = []
    for workers in ("0", "2"):
        done = scratch.run("-n", workers, *options)
        assert done.returncode == 0, done.stdout
        found.append(scores(scratch.runs()))
    assert found[0] == found[1]
    return done, found[0]


def test_groups_are_kept_together_and_said(scratch, table):
    """A session by group says so, and its runs, fingerprint and rows know the group."""
    done = scratch.run("-n", "2", *table, "--group", "machine", "--drop", "day")
    assert done.returncode == 0, done.stdout
    assert "split by 'machine': 150 groups, none on both sides" in done.stdout
    assert "--group machine" not in done.stdout.partition("created:")[0]  # no warning
    runs = scratch.runs()
    parent = next(run for name, run in runs.items() if name.startswith("session "))
    case = runs["visits-raw-logistic_regression"]
    assert case.data.params["split"] == "group"
    assert parent.data.params["split"] == "auto"
    (logged,) = scratch.root.glob(f"mlartifacts/{parent.info.run_id}/**/rows.parquet")
    rows = pd.read_parquet(logged)
    (logged,) = scratch.root.glob(f"mlartifacts/{case.info.run_id}/**/predictions.parquet")
    folds = pd.read_parquet(logged)
    joined = folds.merge(rows, on="row")
    assert len(joined) == len(rows) == 1800
    assert len(joined[["group", "fold"]].drop_duplicates()) == 150


def test_any_number_of_workers_tests_the_same_windows(scratch, table):
    """In time scores are bit-identical for any number of workers, and reused with --reuse."""
    options = (*table, "--time", "day", "--drop", "machine", "--gap", "7d", "--strategy", "raw")
    options += ("--strategy", "threshold", "--folds", "3")
    done, _ = run_twice(scratch, *options)
    assert "split in time by 'day': 3 windows" in done.stdout
    assert "with a gap of 7d" in done.stdout
    again = scratch.run("-n", "0", *options, "--reuse")
    assert "stored results for 2 of 2 cases" in again.stdout
    other = scratch.run("-n", "0", *options, "--reuse", "--gap", "8d")
    assert "stored results for 0 of 2 cases" in other.stdout


def test_random_folds_are_shown_to_flatter(scratch, table):
    """With random_folds a session shows both scores, and the observation holds."""
    chosen = ("--strategy", "raw", "--strategy", "random_folds", "--model", "decision_tree")
    done = scratch.run("-n", "2", *table[:4], "--group", "machine", "--drop", "day", *chosen)
    assert done.returncode == 0, done.stdout
    line = next(text for text in done.stdout.splitlines() if "by random folds and by" in text)
    assert line.startswith("visits: AP by random folds and by group: decision_tree")
    runs = scratch.runs()
    tags = runs["visits-random_folds-decision_tree"].data.tags
    assert tags["observation.random_folds_overstate_average_precision"] == "holds"
    found = scores(runs)
    flattered, own = (found[f"visits-{s}-decision_tree"] for s in ("random_folds", "raw"))
    assert flattered["roc_auc_score"] > 0.9
    assert own["roc_auc_score"] < 0.65


def test_copies_leak_unless_they_are_kept_together(scratch):
    """Rows written several times are known in advance by random folds: the leak done wrong."""
    X, y = independent(1200)
    rows = X.assign(failed=np.random.default_rng(1).permutation(y))
    rows = pd.concat([rows, *[rows[rows["failed"] == 1]] * 5])  # each positive six times
    rows.sample(frac=1, random_state=0).to_csv(scratch.root / "copies.csv", index=False)
    found = {}
    for copies in ("keep", "together", "drop"):
        done = scratch.run(
            *("-n", "0", "--data", "copies.csv", *TARGET, "--copies", copies),
            *("--strategy", "raw", "--model", "decision_tree", "--baseline", f"{copies}.json"),
            "--update-baseline",
        )
        assert done.returncode == 0, done.stdout
        assert ("exact copies of an earlier row" in done.stdout) is (copies == "keep")
        assert ("copies" in done.stdout.partition("created")[0]) is True
        found[copies] = scores(scratch.runs())["copies-raw-decision_tree"]["roc_auc_score"]
    assert found["keep"] > 0.9
    assert found["together"] < 0.65
    assert found["drop"] < 0.65


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--time", "day", "--repeats", "2"), "--repeats 2: windows in time cannot be repeated"),
        (("--group", "failed"), "--group 'failed' is the target"),
        (("--gap", "soon"), "--gap 'soon' is not an amount"),
        (("--time", "day", "--gap", "999d"), "fold 1 of 5 has no training row: .* smaller --gap"),
    ],
)
def test_options_that_do_not_fit_are_explained(scratch, table, options, message):
    """An option that the data do not allow ends the session before any fit, in one sentence."""
    done = scratch.run("-n", "0", *table, *options)
    assert done.returncode == 4
    (line,) = [text for text in done.stderr.splitlines() if text.startswith("ERROR")]
    assert re.search(message, line), line


def test_a_holdout_is_tested_once_beside_the_folds(scratch):
    """Scores on a second file stand beside those of the folds, in lines, runs and the report."""
    X, y = independent(900)
    rows = X.assign(failed=y)
    rows[:600].to_csv(scratch.root / "past.csv", index=False)
    rows[600:].to_csv(scratch.root / "next.csv", index=False)
    options = ("--data", "past.csv", "--holdout", "next.csv", *TARGET, *LR, "--strategy", "raw")
    done, found = run_twice(scratch, *options)
    case = found["past-raw-logistic_regression"]
    low, high = (case[f"holdout/roc_auc_score_{end}"] for end in ("low", "high"))
    assert low < case["holdout/roc_auc_score"] < high
    assert "Holdout next.csv: a fit to all rows, tested once" in done.stdout
    run = scratch.runs()["past-raw-logistic_regression"]
    (logged,) = scratch.root.glob(f"mlartifacts/{run.info.run_id}/**/holdout.parquet")
    assert len(pd.read_parquet(logged)) == 300
    again = scratch.run("-n", "0", *options, "--reuse")
    assert "stored results for 1 of 1 case" in again.stdout
    assert "Holdout next.csv" in again.stdout
