"""Tests of whole sessions with a baseline, and of claims over datasets."""

import json

from click.testing import CliRunner

from lab.baseline import Baseline
from lab.cli import main
from lab.tests.helpers.examples import COUNT, TINY, plugin, scores

LR = ("--model", "logistic_regression")


def failed(done):
    """Return the ids of the failed tests."""
    lines = done.stdout.splitlines()
    return {line.split(" ")[1].partition("::")[2] for line in lines if line.startswith("FAILED")}


def cases_of(text):
    """Return the lines of a baseline's cases, without commas at their ends."""
    return {line.rstrip(",") for line in text.partition('"verdicts"')[0].splitlines()}


RAW, SMOTE, WEIGHTS = (
    f"{TINY}-{strategy}-logistic_regression" for strategy in ("raw", "smote", "class_weight")
)


def test_a_recorded_baseline_catches_each_edit_and_can_be_recorded_again(scratch, monkeypatch):
    """Scores edited by 0.05, an edited digest and a deleted case each fail their own test alone."""
    path = scratch.root / "benchmarks" / "baseline.json"
    committed = path.read_text()
    chosen = ("-n", "0", *LR, "-k", "test_baseline")
    done = scratch.run(*chosen, "--dataset", TINY, "--update-baseline")
    assert done.returncode == 0, done.stdout
    assert "baseline.json: 3 cases recorded: 3 new, 0 changed, 0 unchanged" in done.stdout
    before, recorded = scores(scratch.runs()), path.read_text()
    lines = [cases_of(text) for text in (committed, recorded)]
    assert lines[0] < lines[1]
    assert len(lines[1]) == len(lines[0]) + 3

    content = json.loads(recorded)
    content["cases"][RAW]["digest"] = "0" * 32
    recall = content["cases"][SMOTE]["scores"]["recall"]
    content["cases"][SMOTE]["scores"]["recall"] = [score + 0.05 for score in recall]
    del content["cases"][WEIGHTS]
    path.write_text(json.dumps(content))
    names = ("raw", "smote", "class_weight", "random_over")  # the last is not in the baseline
    options = ("--dataset", TINY, *(f"--strategy={name}" for name in names))
    done = scratch.run(*chosen, *options, "--reuse", "-rfs")
    assert failed(done) == {f"test_baseline[{case}]" for case in (RAW, SMOTE, WEIGHTS)}
    assert "\nincomparable: digest was 000" in done.stdout
    assert "\nregressed\nrecall 0." in done.stdout
    assert "\nmissing: the baseline has other cases of its dataset" in done.stdout
    assert "no package that scores depend on differs" in done.stdout
    assert "new: not in the baseline" in done.stdout
    assert "4 cases: 1 regressed, 1 new, 1 missing, 1 incomparable" in done.stdout
    tags = scratch.runs()[SMOTE].data.tags
    assert tags["lab.baseline"].startswith("regressed\nrecall 0.")

    monkeypatch.chdir(scratch.root)
    found = CliRunner().invoke(main, ["compare"])
    assert found.exit_code == 1, found.stderr
    (row,) = (s.split() for s in found.stdout.splitlines() if s.startswith("regressed"))
    assert (row[1], row[4], row[-1]) == ("recall", "-0.0500", SMOTE)
    same = CliRunner().invoke(main, ["compare", "latest~1", "latest", "--format", "json"])
    assert same.exit_code == 0, same.stderr
    assert json.loads(same.stdout)["counts"] == {"unchanged": 3, "new": 1}

    # Recording again computes nothing: all results are reused, bit for bit.
    env = {"COUNT": str(scratch.root / "count"), "MLFLOW_EXPERIMENT_NAME": "again"}
    options = (*plugin(scratch, COUNT), "--reuse", "--update-baseline")
    done = scratch.run(*chosen, "--dataset", TINY, *options, env=env)
    assert done.returncode == 0, done.stdout
    assert "3 cases recorded: 1 new, 2 changed, 0 unchanged" in done.stdout
    assert Baseline.read(path) == Baseline.loads(recorded, "recorded")
    assert not (scratch.root / "count").exists()
    again = scratch.runs(experiment="again")
    assert scores(again) == before
    assert [run.data.tags.get("lab.reused") for run in again.values()].count("true") == 3


def test_a_broken_baseline_is_reported_before_any_fit(scratch):
    """A baseline that is not JSON ends the session with one sentence."""
    (scratch.root / "benchmarks" / "baseline.json").write_text("<<<<<<< HEAD\n")
    done = scratch.run("-n", "0", *LR)
    assert done.returncode == 4
    assert "baseline.json is not JSON (line 1: Expecting value): restore it" in done.stderr
    assert not (scratch.root / ".lab").exists()


def test_claims_over_datasets_are_judged_and_logged(scratch):
    """Claims over five datasets compute the cases they need; the session has their verdicts."""
    names = [TINY.replace("seed=1", f"seed={seed}") for seed in range(5)]
    datasets = [option for name in names for option in ("--dataset", name)]
    strategies = ("--strategy", "raw", "--strategy", "class_weight")
    options = (*datasets, *LR, *strategies, "--folds", "2")
    done = scratch.run("-n", "1", *options, "-k", "overall", "-rs")
    assert done.returncode == 0, done.stdout
    assert "strategy smote is not selected" in done.stdout
    assert "mean over 5 datasets" in done.stdout
    (name,) = (name for name in scratch.runs() if name.startswith("session"))
    run = scratch.runs()[name]
    verdict = run.data.tags["observation.weights_raise_recall.logistic_regression"]
    root = scratch.root / "mlartifacts"
    (path,) = root.rglob("observations.json")
    (facts,) = (
        facts
        for facts in json.loads(path.read_text())
        if (facts["observation"], facts["subject"])
        == ("weights_raise_recall", "logistic_regression")
    )
    assert (facts["verdict"], facts["expected"], facts["pairs"]) == (verdict, "", 5)
    assert len(facts["cases"]) == 10
    assert "of 5 datasets agree, Wilcoxon p 0." in facts["basis"]
    (table,) = root.rglob("observations_table.json")
    assert json.loads(table.read_text())["columns"][:5] == [
        *("on", "verdict", "statement", "effect", "interval"),
    ]
    assert "observations_table.json" in run.data.tags["mlflow.loggedArtifacts"]
    (kept,) = root.rglob("scores.json")
    assert len(Baseline.read(kept).cases) == 10


# A benchmark module of a scratch project: an observation that holds, and one that is contradicted.
MODULE = """
import pytest
from lab.observations import level
STRATEGIES = ["raw"]

def test_accuracy_is_above_half(observe, result):
    assert observe(level(result, "accuracy") > 0.5)

def test_accuracy_is_below_half(observe, result):
    assert observe(level(result, "accuracy") < 0.5)
"""
MARK = '@pytest.mark.contradicted({"yeast_me2-logistic_regression": "the majority is 97 %"})'


def test_verdicts_on_bundled_data_are_guarded(scratch):
    """A lost verdict and an unmarked contradiction fail; an update records all but the latter."""
    folder = scratch.root / "benchmarks"
    module, path = folder / "test_mine.py", folder / "baseline.json"
    module.write_text(MODULE)
    content = json.loads(path.read_text())
    case = "yeast_me2-raw-logistic_regression"
    (line,) = (one for one in content["verdicts"] if "accuracy_is_high" in one["observation"])
    line["cases"].remove(case)
    path.write_text(json.dumps(content))
    raw = ("--dataset", "yeast_me2", *LR, "--strategy", "raw")
    done = scratch.run("-n", "0", *raw)
    assert failed(done) == {f"test_accuracy_is_{name}[{case}]" for name in ("high", "below_half")}
    assert "verdict recorded on other cases, but not on this one: --update-baseline" in done.stdout
    contradicted = "contradicted, expected holds (on bundled data a contradiction takes a mark"
    assert contradicted in done.stdout
    assert "; 2 without a recorded verdict" in done.stdout
    assert "2 failed, 6 passed, 1 holds" in done.stdout

    done = scratch.run("-n", "0", *raw, "--reuse", "--update-baseline")
    assert failed(done) == {f"test_accuracy_is_below_half[{case}]"}
    assert contradicted in done.stdout
    found = Baseline.read(path).cases[case].verdicts
    assert str(found["test_raw.accuracy_is_high"].verdict) == "holds"
    assert str(found["test_mine.accuracy_is_above_half"].verdict) == "holds"
    assert "test_mine.accuracy_is_below_half" not in found

    test = "def test_accuracy_is_below"
    module.write_text(MODULE.replace(test, f"{MARK}\n{test}"))
    done = scratch.run("-n", "0", *raw, "--reuse")
    assert done.returncode == 0, done.stdout
    assert "8 passed, 1 xfailed" in done.stdout

    module.unlink()
    done = scratch.run("-n", "0", *raw, "-k", "exists")
    assert "no test records test_mine.accuracy_is_above_half: delete their lines" in done.stdout


# A plugin of a scratch project: every training fold is too small for SMOTE.
TOO_FEW = """
from dataclasses import replace
from lab.strategies import STRATEGIES
STRATEGIES["smote"] = replace(STRATEGIES["smote"], minority_rows=10**6)
"""


def test_a_recorded_case_that_is_no_longer_applicable_fails(scratch):
    """If the baseline has a case, its tests fail instead of being skipped."""
    options = (*plugin(scratch, TOO_FEW), "--dataset", "yeast_me2", *LR, "--strategy", "smote")
    done = scratch.run("-n", "0", *options)
    assert done.returncode == 1, done.stdout
    assert "the baseline has this case, but now yeast_me2-smote-logistic_regression" in done.stdout
    other = scratch.run("-n", "0", *options, "--folds", "3")
    assert other.returncode == 5, other.stdout  # nothing failed, nothing was computed
