"""Tests of what a session prints."""

from dataclasses import replace

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
    """Metrics stand side by side where they fit, and below each other where not."""
    monkeypatch.setattr("lab.report.TABLE_METRICS", ("recall", "precision"))
    results = [replace(r, scores=r.scores | {"precision": [0.7, 0.9]}) for r in RESULTS]
    lines = "".join(text for text, _ in score_table(results, width)).splitlines()
    assert all(len(line) <= max(width, 32) for line in lines)
    together = [line for line in lines if "0.500" in line and "0.800" in line]
    assert len(together) == (width >= 60)


def test_new_contradictions_are_listed():
    """Verdicts are counted; a contradiction without a recorded reason is spelt out."""
    shared = {"name": "recall_rises", "statement": "recall 0.1, expected > 0.5"}
    lines = "".join(
        text
        for text, _ in observation_lines(
            [
                shared | {"case": "a-raw-m", "verdict": "contradicted", "known": True},
                shared | {"case": "b-raw-m", "verdict": "contradicted", "known": False},
                shared | {"case": "c-raw-m", "verdict": "holds", "known": False},
            ]
        )
    )
    assert "1 hold, 0 inconclusive, 2 contradicted, 1 of them as recorded" in lines
    assert "\n  contradicted: b-raw-m: recall 0.1, expected > 0.5\n" in lines
    assert "a-raw-m" not in lines
    assert "c-raw-m" not in lines


def test_progress_is_one_line():
    """Progress says how many tests are done and failed, the time, and what runs; cut to fit."""
    line = progress(3, 10, 1, 75.2, ["a-raw-m", "b-raw-m"], 80)
    assert line == "3/10 tests  1 failed  1:15  a-raw-m b-raw-m"
    assert len(progress(3, 10, 0, 1, ["x" * 100], 40)) == 39
