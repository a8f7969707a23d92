"""Tests of what a session prints."""

import json
from dataclasses import replace

import pytest

from lab.baseline.comparison import Comparison, Move, Status
from lab.baseline.update import Update, VerdictChange
from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.observations.effects import Verdict
from lab.report import (
    baseline_lines,
    case_tables,
    claim_table,
    comparison_report,
    observation_lines,
    score_table,
    skipped_lines,
    strategy_table,
    update_lines,
)
from lab.tests.helpers.examples import TINY, make_observation
from lab.tests.observations.test_observation import result

RESULTS = [result("raw", [0.1, 0.2]), result("class_weight", [0.4, 0.6])]


def test_the_best_of_a_row_is_bold():
    """Means stand in the table, and the best one is bold."""
    cells = {text.strip(): bold for text, bold in score_table(RESULTS, 80)}
    assert cells["0.150"] is False
    assert cells["0.500"] is True


def test_equal_scores_are_not_bold():
    """Where all strategies print alike, none is the best."""
    same = [result("raw", [0.5, 0.5]), result("smote", [0.5001, 0.5])]
    assert not any(bold for _, bold in score_table(same, 80))


def test_a_score_that_a_result_lacks_is_a_dash():
    """Results from before a metric was added have dashes in its columns."""
    lines = text_of(score_table(RESULTS, 80)).splitlines()
    (row,) = (line.split() for line in lines if "0.500" in line)
    assert row == ["data", "model", "0.150", "0.500", *["-"] * 6]


def test_a_missing_case_leaves_its_place():
    """A strategy without a result for a row gets a dash, and the columns stay in line."""
    other = result("smote", [0.3, 0.3])
    table = "".join(text for text, _ in score_table([*RESULTS, other], 150))
    lines = [line for line in table.splitlines() if line]
    assert len({len(line) for line in lines[2:]}) == 1


@pytest.mark.parametrize("width", [20, 60, 80, 120])
def test_the_table_fits_the_terminal(width):
    """Metrics stand side by side where they fit, and below each other where not."""
    results = [replace(r, scores=r.scores | {"precision": [0.7, 0.9]}) for r in RESULTS]
    lines = "".join(text for text, _ in score_table(results, width)).splitlines()
    assert all(len(line) <= max(width, 32) for line in lines)
    together = [line for line in lines if "0.500" in line and "0.800" in line]
    assert len(together) == (width >= 60)


def text_of(parts):
    """Return a report's text without its bold marks."""
    return "".join(text for text, _ in parts)


def test_contradictions_of_the_record_are_listed():
    """Verdicts are counted; a contradiction where another verdict is recorded is spelt out."""
    lines = text_of(
        observation_lines(
            [
                make_observation("a-raw-m", "contradicted", "contradicted"),
                make_observation("b-raw-m", "contradicted"),
                make_observation("c-raw-m", "contradicted", None),
                make_observation("d-raw-m", "inconclusive", "inconclusive"),
                make_observation("e-raw-m", "holds"),
            ]
        )
    )
    counts = "5 observations: 1 hold, 1 inconclusive, 3 contradicted"
    assert f"{counts}; 2 exceptions as recorded; 1 without a recorded verdict\n" in lines
    stated = "recall of smote above raw > 0.5: 0.100 [0.000, 0.200]"
    assert f"\n  contradicted: b-raw-m: {stated}\n" in lines
    assert not any(f"{case}-raw-m" in lines for case in "acde")


@pytest.mark.parametrize(("width", "blocks"), [(120, 1), (50, 2), (20, 2)])
def test_claims_stand_in_a_table_that_fits(width, blocks):
    """Claims are rows and models columns; models that do not fit stand below."""
    claims = [
        make_observation(model, verdict, name=name)
        for name, verdict in (("rises", "holds"), ("keeps", "inconclusive"))
        for model in ("forest", "xgboost")
    ]
    parts = list(
        claim_table([*claims, make_observation("forest", "contradicted", name="other")], width)
    )
    lines = text_of(parts).splitlines()
    assert sum("over 6 datasets" in line for line in lines) == blocks
    assert max(map(len, lines)) <= max(width, 44)
    assert {text for text, bold in parts if bold} == {"+0.100 holds"}
    assert any(line.startswith("other") for line in lines)
    assert not any(line != line.rstrip() for line in lines)


def test_verdicts_on_cases_stand_in_a_table_for_each_dataset():
    """Observations on a dataset are rows, with effect, half its interval's width and verdict."""
    cases = [Case(dataset, "smote", model) for dataset in ("a", "b") for model in ("m", "n")]
    observations = [(case, make_observation(case.id, "holds")) for case in cases]
    lines = text_of(case_tables(observations, 80)).splitlines()
    cell = "+0.100 \u00b10.100 holds"
    assert [line.split() for line in lines] == [
        ["a", "m", "n"],
        ["smote:", "recall_rises", *cell.split(), *cell.split()],
        [],
        ["b", "m", "n"],
        ["smote:", "recall_rises", *cell.split(), *cell.split()],
        [],
    ]
    assert lines[0].index(" n") == lines[1].rindex(" +")
    # Only a difference has a sign.
    level = replace(observations[0][1], statement="recall > 0.5")
    assert " 0.100 \u00b10.100 holds" in text_of(case_tables([(cases[0], level)], 80))


def compared(*moves, status=Status.REGRESSED, case="a-raw-m", **more):
    """Return what became of a case."""
    return Comparison(case, status, moves=moves, **more)


def move(metric, before, after, status=Status.REGRESSED):
    """Return what became of a metric."""
    return Move(metric, before, after, after - before - 0.01, after - before + 0.01, status)


COMPARED = [
    compared(move("recall", 0.5, 0.4), move("precision", 0.3, 0.25), versions={"numpy": "1 -> 2"}),
    compared(move("f1_score", 0.2, 0.9, Status.IMPROVED), status=Status.IMPROVED, case="b|raw-m"),
    compared(status=Status.UNCHANGED, case="c-raw-m"),
    compared(status=Status.INCOMPARABLE, case="d-raw-m", why="digest was x, is y"),
    *(compared(status=Status.MISSING, case=f"e{i}-raw-m") for i in range(12)),
]


def test_a_comparison_lists_what_moved_largest_first():
    """The table has a line a metric that moved, sorted by size; the rest is counted and named."""
    text = comparison_report("old", "new", COMPARED)
    lines = text.splitlines()
    assert lines[:3] == [
        "old -> new",
        "16 cases: 1 regressed, 1 improved, 1 unchanged, 12 missing, 1 incomparable",
        "Packages that differ: numpy 1 -> 2",
    ]
    rows = [line.split() for line in lines if line.startswith(("regressed", "improved"))]
    assert [row[1] for row in rows] == ["f1_score", "recall", "precision"]
    assert rows[1][2:5] == ["0.5000", "0.4000", "-0.1000"]
    assert "incomparable: digest was x, is y: d-raw-m" in lines
    assert lines[-1].endswith("e9-raw-m and 2 more")
    assert "c-raw-m" not in text


def test_markdown_is_a_table():
    """As Markdown every row has as many cells as the head, whatever a case is called."""
    text = comparison_report("old", "new", COMPARED, "markdown")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 5
    assert {row.replace("\\|", "").count("|") for row in rows} == {8}
    assert text.startswith("### old → new\n\n16 cases")


def test_json_holds_everything():
    """As JSON every case has its status and the figures of what moved."""
    content = json.loads(comparison_report("old", "new", COMPARED, "json"))
    assert (content["before"], content["after"]) == ("old", "new")
    assert content["counts"]["missing"] == 12
    first = content["cases"][0]
    assert (first["case"], first["status"]) == ("a-raw-m", "regressed")
    assert (first["moves"][0]["metric"], first["moves"][0]["after"]) == ("recall", 0.4)


def test_where_nothing_moved_that_is_said():
    """Without a move there is no empty table."""
    text = comparison_report("old", "new", [compared(status=Status.UNCHANGED)])
    assert text == "old -> new\n1 case: 1 unchanged\nNo metric moved beyond its tolerance.\n"


def test_a_session_says_what_moved_against_its_baseline():
    """Counts, packages, and a line a case with its largest move; nothing if all is new."""
    lines = text_of(baseline_lines(COMPARED)).splitlines()
    assert lines[0].startswith("Baseline: 16 cases: 1 regressed")
    assert lines[1] == "Packages that differ: numpy 1 -> 2"
    assert lines[2].startswith("  b|raw-m: improved: f1_score 0.2000 -> 0.9000 (+0.7000")
    assert lines[3].startswith("  a-raw-m: regressed: recall 0.5000 -> 0.4000")
    assert lines[3].endswith("; and 1 more")
    assert text_of(baseline_lines([compared(status=Status.NEW, asked_for=True)])) == ""


ADDED = [
    compared(status=Status.UNCHANGED, new_metrics=("precision_top_1", "lift")),
    compared(status=Status.UNCHANGED, case="b-raw-m", new_metrics=("lift",)),
]


def test_new_metrics_are_said_once():
    """Metrics that the baseline lacks are one line for all cases, with a count if not all do."""
    names = "precision_top_1 (in 1 case), lift"
    line = f"New metrics, not in the baseline: {names} (--update-baseline records them)"
    assert text_of(baseline_lines(ADDED)).splitlines() == [
        "Baseline: 2 cases: 2 unchanged",
        line,
        "",
    ]
    assert line in comparison_report("baseline", "new", ADDED).splitlines()
    assert f"New metrics, not in old: {names}\n" in comparison_report("old", "new", ADDED)
    assert json.loads(comparison_report("old", "new", ADDED, "json"))["cases"][1][
        "new_metrics"
    ] == ["lift"]


def test_an_update_says_once_which_metrics_it_added():
    """Cases that only gained a metric are counted as changed, but not listed."""
    lines = text_of(update_lines(Update(2, ADDED, []), "baseline.json")).splitlines()
    assert lines == [
        "baseline.json: 2 cases recorded: 0 new, 2 changed, 0 unchanged",
        "  new metrics: precision_top_1, lift",
        "",
    ]


def test_an_update_lists_what_it_changed():
    """New and changed cases are counted, and changed cases and verdicts are listed."""
    cases = [COMPARED[0], compared(status=Status.NEW), compared(status=Status.UNCHANGED, case="z")]
    change = VerdictChange("test_raw.low", "z", Verdict.HOLDS, Verdict.INCONCLUSIVE)
    lines = text_of(update_lines(Update(9, cases, [change]), "baseline.json")).splitlines()
    counts = "9 cases recorded: 1 new, 2 changed, 6 unchanged; 1 verdict changed"
    assert lines[0] == f"baseline.json: {counts}"
    assert lines[1].startswith("  a-raw-m: recall 0.5000 -> 0.4000")
    assert lines[2:] == [
        "  z: every metric within its tolerance",
        "  test_raw.low on z: holds -> inconclusive",
        "",
    ]


def test_a_comparison_that_options_prevent_is_said():
    """Under other folds than the baseline's nothing is compared, and one line says why."""
    why = "protocol was folds 5, is folds 4"
    cases = [
        Comparison(case, Status.INCOMPARABLE, why, asked_for=True)
        for case in ("a-raw-m", "b-raw-m")
    ]
    assert text_of(baseline_lines(cases)) == f"Baseline: not compared: {why}\n\n"


@pytest.fixture(scope="module")
def evaluated():
    """Return results of two strategies and of the floor on generated data."""
    names = [("raw", "decision_tree"), ("random_over", "decision_tree"), ("raw", "dummy")]
    return [evaluate(Case(TINY, *name), Protocol(3)) for name in names]


def table(results, width):
    """Return the lines of a table of strategies."""
    return "".join(text for text, _ in strategy_table(results, width)).splitlines()


def test_the_floor_stands_in_every_table(evaluated):
    """The last row is what the dummy model scores, though that was not among the cases."""
    *lines, floor, _ = table(evaluated[:2], 150)
    (dummy,) = (line for line in table(evaluated, 150) if "dummy  " in line and "raw" in line)
    assert floor.startswith("floor")
    assert floor.split()[2:9] == dummy.split()[2:9]
    assert len(lines) == 3


def test_cost_is_a_column(evaluated):
    """Seconds a fit stand beside the scores, and how often raw's they are."""
    head, raw, other, *_ = table(evaluated[:2], 150)
    assert head.split()[-4:] == ["fit", "s", "x", "raw"]
    assert raw.split()[-1] == "1.0"
    assert float(other.split()[-1]) > 0.1


def test_columns_that_do_not_fit_follow_below(evaluated):
    """No line is wider than the terminal, and each column stands once."""
    lines = table(evaluated[:2], 80)
    assert max(map(len, lines)) <= 80
    assert sum("fit s" in line for line in lines) == 1
    assert sum("recall" in line for line in lines) == 1


def test_means_over_fewer_datasets_are_marked(evaluated):
    """A strategy that has no result on some dataset says on how many it has, and is never best."""
    twin = replace(evaluated[0], case=Case("synthetic", "raw", "decision_tree"))
    lines = table([*evaluated[:2], twin], 150)
    assert any("random_over (1 of 2)" in line for line in lines)
    bold = [text for text, bold in strategy_table([*evaluated[:2], twin], 150) if bold]
    assert bold == []


def test_a_mean_over_results_that_lack_the_metric_is_a_dash(evaluated):
    """A strategy with a result from before a metric was added has no mean of it."""
    scores = {k: v for k, v in evaluated[0].scores.items() if k != "brier_score_loss"}
    rows = table([replace(evaluated[0], scores=scores), evaluated[1]], 150)
    head, raw, other = (line.split() for line in rows[:3])
    assert head[-6:] == ["Brier", "ECE", "fit", "s", "x", "raw"]
    assert raw[-4] == "-"
    assert float(other[-4]) > 0


def test_many_strategies_have_no_columns(evaluated):
    """A table with a column for each of seven strategies would be too wide: it says so."""
    many = [replace(RESULTS[0], case=Case("d", f"s{i}", "m")) for i in range(7)]
    (line,) = filter(str.strip, (text for text, _ in score_table(many, 80)))
    assert line.startswith("7 strategies: their scores by dataset are in the runs")


def test_what_is_left_out_is_said_once_a_reason():
    """A strategy that suits no model names the models, one that a dataset refuses the cases."""
    cases = [Case(TINY, "focal_loss", model) for model in ("knn", "mlp")]
    refused = Case(TINY, "adasyn", "knn")
    why = {refused: f"{refused.id}: in a training fold all is equal"}
    assert skipped_lines([*cases, refused], Protocol(3), why) == [
        "focal_loss is skipped, for xgboost only: knn, mlp",
        f"adasyn is skipped, in a training fold all is equal: {TINY}-knn",
    ]
