"""Tests of what a session prints."""

import pytest

from lab.report import observation_lines, progress, score_table
from lab.tests.test_observations import result

RESULTS = [result("raw", [0.1, 0.2]), result("class_weight", [0.4, 0.6])]


@pytest.fixture(autouse=True)
def only_recall(monkeypatch):
    """Print recall only: the other metrics of these results are made up."""
    monkeypatch.setattr("lab.report.TABLE_METRICS", ("recall",))


def test_the_best_of_a_row_is_bold():
    """Means stand in the table, and the best one is bold."""
    cells = {text.strip(): bold for text, bold in score_table(RESULTS, 80)}
    assert cells["0.150"] is False
    assert cells["0.500"] is True


def test_equal_scores_are_not_bold():
    """Where all strategies print alike, none is the best."""
    same = [result("raw", [0.5, 0.5]), result("smote", [0.5001, 0.5])]
    assert not any(bold for _, bold in score_table(same, 80))


def test_a_missing_case_leaves_its_place():
    """A strategy without a result for a row gets a dash, and the columns stay in line."""
    other = result("smote", [0.3, 0.3])
    table = "".join(text for text, _ in score_table([*RESULTS, other], 80))
    lines = [line for line in table.splitlines() if line]
    assert len({len(line) for line in lines[2:]}) == 1


@pytest.mark.parametrize("width", [20, 60, 80, 120])
def test_the_table_fits_the_terminal(width, monkeypatch):
    """Two metrics stand side by side where they fit, and below each other where not."""
    monkeypatch.setattr("lab.report.TABLE_METRICS", ("recall", "recall"))
    lines = "".join(text for text, _ in score_table(RESULTS, width)).splitlines()
    assert all(len(line) <= max(width, 40) for line in lines)


def test_contradictions_are_listed_known_ones_with_their_reason():
    """Verdicts are counted; a known contradiction shows its reason, a new one stands apart."""
    shared = {"name": "recall_rises", "statement": "recall 0.1, expected > 0.5"}
    lines = "".join(
        text
        for text, _ in observation_lines(
            [
                shared | {"case": "a-raw-m", "verdict": "contradicted", "known": "separable"},
                shared | {"case": "b-raw-m", "verdict": "contradicted", "known": ""},
                shared | {"case": "c-raw-m", "verdict": "holds", "known": ""},
            ]
        )
    )
    assert "3 observations: 1 hold, 0 inconclusive, 2 contradicted" in lines
    assert "a-raw-m: recall 0.1, expected > 0.5 (separable)" in lines
    assert "\nContradicted:\n  b-raw-m: recall 0.1, expected > 0.5\n" in lines
    assert "c-raw-m" not in lines


def test_progress_is_one_line():
    """Progress says how many tests are done and failed, the time, and what runs; cut to fit."""
    line = progress(3, 10, 1, 75.2, ["a-raw-m", "b-raw-m"], 80)
    assert line == "3/10 tests  1 failed  1:15  a-raw-m b-raw-m"
    assert len(progress(3, 10, 0, 1, ["x" * 100], 40)) == 39
