"""Tests of the command line."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from lab import datasets
from lab.baseline import Baseline
from lab.cases import Case
from lab.cli import main
from lab.metrics import METRICS
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import AMOUNTS, MINE, make_result


@pytest.fixture
def compare(tmp_path, monkeypatch):
    """Return a function that compares two baselines, between which one recall falls by 0.1."""
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "conftest.py").touch()
    cases = [Case("a", strategy, "m") for strategy in ("raw", "smote")]
    before = [make_result(case, {"recall": [0.5] * 5}) for case in cases]
    after = [before[0], make_result(cases[1], {"recall": [0.4] * 5})]
    (tmp_path / "benchmarks" / "baseline.json").write_text(Baseline.of(before).dumps())
    (tmp_path / "after.json").write_text(Baseline.of(after).dumps())
    monkeypatch.chdir(tmp_path / "benchmarks")
    return lambda *arguments: CliRunner().invoke(main, ["compare", *arguments])


def test_a_regression_is_exit_status_1(compare):
    """A regressed metric is a row of the table, and the exit status is 1."""
    done = compare("baseline", "../after.json")
    assert done.exit_code == 1
    assert done.output.startswith("baseline -> ../after.json\n2 cases: 1 regressed, 1 unchanged\n")
    assert "regressed  recall  " in done.output


def test_an_improvement_is_not_a_failure(compare):
    """In the other direction the same change is an improvement, and the exit status is 0."""
    done = compare("../after.json", "baseline")
    assert done.exit_code == 0
    assert "1 improved, 1 unchanged" in done.output


def test_sessions_without_a_common_case_cannot_be_compared(compare, tmp_path):
    """Without a common case the exit status is 2, and stderr says why."""
    result = make_result(Case("b", "raw", "m"), {"recall": [0.5] * 5})
    (tmp_path / "other.json").write_text(Baseline.of([result]).dumps())
    done = compare("baseline", "../other.json")
    assert done.exit_code == 2
    assert "3 cases: 1 new, 2 missing\nNo case was compared." in done.stdout
    assert done.stderr == "Error: ../other.json and baseline have no case that can be compared\n"


def test_a_changed_definition_is_not_a_regression(compare, tmp_path):
    """Metrics that moved with the definition are listed as incomparable; the exit status is 2."""
    found = Baseline.read(tmp_path / "after.json").cases
    changed = {case: replace(one, definition="Other()") for case, one in found.items()}
    (tmp_path / "other.json").write_text(Baseline(changed).dumps())
    done = compare("baseline", "../other.json")
    assert "2 cases: 2 incomparable\nNo case was compared." in done.stdout
    assert "incomparable  recall  0.5000  0.4000" in done.stdout
    assert "regressed" not in done.output
    assert done.exit_code == 2
    (tmp_path / "part.json").write_text(Baseline(changed | {"a-raw-m": found["a-raw-m"]}).dumps())
    assert compare("baseline", "../part.json").exit_code == 0


@pytest.mark.parametrize(("style", "start"), [("markdown", "### baseline"), ("json", "{")])
def test_other_formats(compare, style, start):
    """A comparison in Markdown or JSON has the same exit status."""
    done = compare("baseline", "../after.json", "--format", style)
    assert done.exit_code == 1
    assert done.output.startswith(start)
    if style == "json":
        assert json.loads(done.output)["counts"] == {"regressed": 1, "unchanged": 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.json"], "none.json does not exist"),
        (["baseline", "baseline.json", "--format", "xml"], "'xml' is not one of"),
        (["baseline"], "run `pytest benchmarks` first"),
        (["x" * 5000], "run `pytest benchmarks` first"),
    ],
)
def test_invalid_arguments_are_explained(compare, arguments, message):
    """A missing file, an unknown format or a missing session is exit status 2 and one message."""
    done = compare(*arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_help_lists_the_commands():
    """The help lists the commands, the most useful first, and the exit statuses."""
    done = CliRunner().invoke(main, ["--help"])
    assert done.exit_code == 0
    listed = done.output.partition("\nCommands:\n")[2]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ")]
    assert names[: len(main.commands)] == list(main.commands)
    assert list(main.commands)[:4] == ["sessions", "answer", "report", "compare"]
    assert "1  `lab compare` found a regression" in done.output


@pytest.mark.parametrize("name", main.commands)
def test_help_has_examples(name):
    """The help of each command ends with examples, and fits 80 columns."""
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert max(map(len, done.output.splitlines())) <= 80
    _, examples = done.output.split("\n  Examples:\n")
    assert all("lab " in line for line in examples.splitlines())


def test_a_misspelt_command_suggests_a_close_match():
    """An unknown command is exit status 2, with a close match."""
    done = CliRunner().invoke(main, ["sesions"])
    assert done.exit_code == 2
    assert "sessions" in done.output


def test_datasets_are_listed(monkeypatch, tmp_path):
    """Every dataset is a row with its size, and JSON has the same columns."""
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    lines = CliRunner().invoke(main, ["datasets"]).output.splitlines()
    assert len(lines) == len(datasets.DATASETS) + 3
    titles = lines[0].split()
    words = next(line.split() for line in lines if line.startswith("car_crash"))
    assert words[1:8] == ["core", "26,217", "10", "6", "1", "4.50%", "yes"]
    assert any(line.startswith("openml:42397") and " no " in line for line in lines)
    done = CliRunner().invoke(main, ["datasets", "core", "imblearn:oil", "--format", "json"])
    facts = {one["name"]: one for one in json.loads(done.output)}
    assert list(facts) == [*datasets.CORE, "imblearn:oil"]
    assert list(facts["nursery"]) == titles
    assert facts["imblearn:oil"]["available"] is False
    assert facts["nursery"]["licence"] == "CC BY 4.0"


def test_an_unknown_dataset_suggests_close_matches():
    """An unknown name fails and suggests close matches, including collections."""
    done = CliRunner().invoke(main, ["datasets", "climp"])
    assert done.exit_code == 2
    assert done.output == "Error: unknown dataset 'climp': did you mean climb?\n"


def test_strategies_and_models_are_listed():
    """Each has a row with its family, groups, requirements and options; JSON also has the paper."""
    done = CliRunner().invoke(main, ["strategies", "core", "threshold*"])
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["raw", "smote", "class_weight"]
    assert any(line.startswith("threshold_cost ") and "ratio=10" in line for line in lines)
    done = CliRunner().invoke(main, ["strategies", "--format", "json"])
    found = {one["name"]: one for one in json.loads(done.output)}
    assert found["smote"]["needs"] == ["2 minority rows"]
    assert found["smote"]["options"] == {"k_neighbors": 5, "sampling_strategy": "auto"}
    assert found["raw"]["options"] == {}
    assert found["smote"]["paper"].startswith("Chawla et al. 2002")
    assert found["smote_before_split"]["groups"] == []
    done = CliRunner().invoke(main, ["models", "--format", "json"])
    found = {one["name"]: one for one in json.loads(done.output)}
    assert found["knn"]["class_weights"] is False
    assert found["xgboost"]["groups"] == ["core", "all"]


def test_metrics_are_listed():
    """Each metric is a row with direction, tolerance, tables and meaning; JSON has the figures."""
    done = CliRunner().invoke(main, ["metrics"])
    assert done.exit_code == 0
    lines = {line.split()[0]: " ".join(line.split()) for line in done.output.splitlines()}
    assert list(lines) == ["name", *METRICS]
    assert lines["recall"].startswith(
        "recall recall higher 0.02 or 2 % scores, strategies, cases, ranks, note Share of "
    )
    assert lines["accuracy"].startswith("accuracy accuracy higher 0.005 cases, note Share of ")
    assert lines["calibration_slope"].startswith(
        "calibration_slope slope near 1 0.1 or 10 % - Calibration slope: "
    )
    done = CliRunner().invoke(main, ["metrics", "brier*", "--format", "json"])
    assert json.loads(done.output) == [
        {
            "name": "brier_score_loss",
            "title": "Brier",
            "greater_is_better": False,
            "ideal": None,
            "absolute": 0.0002,
            "relative": 0.05,
            "digits": 4,
            "columns": [],
            "shown": ["strategies", "cases", "ranks", "note"],
            "summary": METRICS["brier_score_loss"].summary,
        }
    ]


@pytest.mark.parametrize("command", ["strategies", "models", "metrics"])
def test_an_unknown_name_is_an_error(command):
    """An unknown strategy, model or metric is exit status 2 and named."""
    done = CliRunner().invoke(main, [command, "smoat"])
    assert done.exit_code == 2
    assert "Error: unknown" in done.output
    assert "smoat" in done.output


def test_strategies_of_a_plugin_are_listed(tmp_path):
    """With ``--plugin FILE`` the list includes the strategies that the file registers."""
    (tmp_path / "mine.py").write_text(MINE)
    done = CliRunner().invoke(main, ["--plugin", str(tmp_path / "mine.py"), "strategies", "mine"])
    STRATEGIES.unregister("mine")
    assert done.exit_code == 0
    assert "what it does" in done.output


def test_columns_of_a_file_are_shown_before_anything_is_fitted(tmp_path):
    """`lab columns` shows kind, treatment and remark of each column, as text or JSON."""
    rows = [f"{i},{i % 4},{'unknown' if i % 9 == 0 else i * 0.5},{i % 5 == 0}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join([",code,x,late", *rows, ""]))
    command = ["columns", str(tmp_path / "t.csv"), "--target", "late"]
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 2
    assert "column 'x' has numbers except in 7 cells, for example 'unknown'" in refused.output
    options = ["--missing", "unknown", "--categorical", "code"]
    done = CliRunner().invoke(main, [*command, *options])
    assert done.exit_code == 0, done.output
    assert "(no name)  numbers     dropped              identifier\n" in done.output
    assert "\npositive class: late = 'True', 12 of 60 rows (20.00%)\n" in done.output
    facts = json.loads(CliRunner().invoke(main, [*command, *options, "--format", "json"]).output)
    assert [(one["kind"], one["treatment"], one["missing"]) for one in facts] == [
        ("numbers", "dropped", 0),
        ("categories", "categories", 0),
        ("numbers", "number", 7),
        ("booleans", "target", 0),
    ]


def test_value_columns_are_shown(tmp_path):
    """`lab columns` remarks on columns that a metric of a plugin asks for, or --drop keeps."""
    rows = "\n".join(f"{i},{i * 7 % 11},{i * 3 % 7},{int(i % 4 == 0)}" for i in range(40))
    (tmp_path / "t.csv").write_text(f"amount,kept,x,late\n{rows}\n")
    (tmp_path / "mine.py").write_text(AMOUNTS)
    command = ["--plugin", str(tmp_path / "mine.py"), "columns", str(tmp_path / "t.csv")]
    try:
        done = CliRunner().invoke(main, [*command, "--target", "late", "--drop", "kept"])
        known = CliRunner().invoke(main, ["metrics", "euros", "--format", "json"])
    finally:
        METRICS.unregister("euros")
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines()]
    assert ["kept", "numbers", "dropped", "--drop;", "value", "column"] in rows
    assert ["amount", "numbers", "dropped", "identifier;", "value", "column"] in rows
    assert "value and feature" not in done.output
    assert json.loads(known.output)[0]["columns"] == ["amount"]
