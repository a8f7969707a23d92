"""Tests of comparisons with a baseline, and between sessions."""

import json

from lab.baseline.comparison import Comparison, Move, Status
from lab.baseline.update import Update, VerdictChange
from lab.observations.verdict import Verdict
from lab.report import baseline_lines, comparison_report, update_lines
from lab.tests.helpers.examples import text_of


def compared(*moves, status=Status.REGRESSED, case="a-raw-m", **more):
    """Return the comparison of a case."""
    return Comparison(case, status, moves=moves, **more)


def move(metric, before, after, status=Status.REGRESSED):
    """Return the change of a metric."""
    return Move(metric, before, after, after - before - 0.01, after - before + 0.01, status)


COMPARED = [
    compared(move("recall", 0.5, 0.4), move("precision", 0.3, 0.25), versions={"numpy": "1 -> 2"}),
    compared(move("f1_score", 0.2, 0.9, Status.IMPROVED), status=Status.IMPROVED, case="b|raw-m"),
    compared(status=Status.UNCHANGED, case="c-raw-m"),
    compared(status=Status.INCOMPARABLE, case="d-raw-m", why="digest was x, is y"),
    *(compared(status=Status.MISSING, case=f"e{i}-raw-m") for i in range(12)),
]


def test_the_largest_change_comes_first():
    """Metrics that moved are rows, sorted by size; other cases are counted and named."""
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
    """Each row of the Markdown has as many cells as its head, even if a name has a bar."""
    text = comparison_report("old", "new", COMPARED, "markdown")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 5
    assert {row.replace("\\|", "").count("|") for row in rows} == {8}
    assert text.startswith("### old → new\n\n16 cases")


def test_json_holds_everything():
    """The JSON has the status of each case, and the figures of its moves."""
    content = json.loads(comparison_report("old", "new", COMPARED, "json"))
    assert (content["before"], content["after"]) == ("old", "new")
    assert content["counts"]["missing"] == 12
    first = content["cases"][0]
    assert (first["case"], first["status"]) == ("a-raw-m", "regressed")
    assert (first["moves"][0]["metric"], first["moves"][0]["after"]) == ("recall", 0.4)


def test_unchanged_scores_have_a_sentence():
    """If no metric moved, there is a sentence instead of a table."""
    text = comparison_report("old", "new", [compared(status=Status.UNCHANGED)])
    assert text == "old -> new\n1 case: 1 unchanged\nNo metric moved beyond its tolerance.\n"


def test_each_case_that_moved_has_a_line():
    """A session prints counts, packages and the largest move of a case; nothing if all is new."""
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


def test_new_metrics_have_one_line():
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


def test_an_update_names_the_metrics_it_added():
    """Cases that only gained a metric are counted as changed, but not listed."""
    lines = text_of(update_lines(Update(2, ADDED, []), "baseline.json")).splitlines()
    assert lines == [
        "baseline.json: 2 cases recorded: 0 new, 2 changed, 0 unchanged",
        "  new metrics: precision_top_1, lift",
        "",
    ]


def test_an_update_lists_its_changes():
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


def test_another_protocol_is_not_compared():
    """With other folds than the baseline's nothing is compared, and one line gives the reason."""
    why = "protocol was folds 5, is folds 4"
    cases = [
        Comparison(case, Status.INCOMPARABLE, why, asked_for=True)
        for case in ("a-raw-m", "b-raw-m")
    ]
    assert text_of(baseline_lines(cases)) == f"Baseline: not compared: {why}\n\n"
