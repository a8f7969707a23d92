"""Tests of the table of scores by dataset."""

from dataclasses import replace

import pytest

from lab.cases import Case
from lab.metrics import METRICS, TABLES
from lab.report import score_table, strategy_table
from lab.tests.helpers.examples import EUROS, make_result, text_of


def result(strategy, recall):
    """Return a result with these recall scores, one a fold."""
    return make_result(Case("data", strategy, "model"), {"recall": recall})


RESULTS = [result("raw", [0.1, 0.2]), result("class_weight", [0.4, 0.6])]
TIMED = [replace(one, seconds={"fit_seconds": [1.0, 1.0]}) for one in RESULTS]


def test_the_best_of_a_row_is_bold():
    """The table has means over folds, the best of them bold."""
    cells = {text.strip(): bold for text, bold in score_table(RESULTS, 80)}
    assert cells["0.150"] is False
    assert cells["0.500"] is True


def test_equal_scores_are_not_bold():
    """Scores that are equal to the printed digit are not bold."""
    same = [result("raw", [0.5, 0.5]), result("smote", [0.5001, 0.5])]
    assert not any(bold for _, bold in score_table(same, 80))


def test_a_score_that_a_result_lacks_is_a_dash():
    """Results from before a metric was added have dashes in its columns."""
    lines = text_of(score_table(RESULTS, 80)).splitlines()
    (row,) = (line.split() for line in lines if "0.500" in line)
    assert row == ["data", "model", "0.150", "0.500", *["-"] * 6]


def test_a_metric_whose_column_no_table_has_is_not_shown(monkeypatch):
    """A metric of amounts has a column as soon as one result has it."""
    monkeypatch.setitem(METRICS, "euros", replace(EUROS, shown=TABLES))
    assert "euros" not in text_of(score_table(RESULTS, 80))
    assert "euros" not in text_of(strategy_table(TIMED, 80))
    known = [replace(one, scores=one.scores | {"euros": [1.0, 2.0]}) for one in TIMED]
    assert "euros" in text_of(score_table(known, 80))
    table = text_of(strategy_table([*known, *TIMED[:1]], 80))
    assert "euros" in table
    floor = next(line for line in table.splitlines() if line.startswith("floor"))
    assert "nan" not in floor


def test_a_missing_case_is_a_dash():
    """A strategy without a result has a dash in the row, and columns stay aligned."""
    other = result("smote", [0.3, 0.3])
    table = text_of(score_table([*RESULTS, other], 150))
    lines = [line for line in table.splitlines() if line]
    assert len({len(line) for line in lines[2:]}) == 1


@pytest.mark.parametrize("width", [20, 60, 80, 120])
def test_the_table_fits_the_terminal(width):
    """Metrics are side by side if they fit, else below each other."""
    results = [replace(r, scores=r.scores | {"precision": [0.7, 0.9]}) for r in RESULTS]
    lines = text_of(score_table(results, width)).splitlines()
    assert all(len(line) <= max(width, 32) for line in lines)
    together = [line for line in lines if "0.500" in line and "0.800" in line]
    assert len(together) == (width >= 60)


def test_many_strategies_have_no_table():
    """With seven strategies the table is replaced by a remark, since it would be too wide."""
    many = [replace(RESULTS[0], case=Case("d", f"s{i}", "m")) for i in range(7)]
    (line,) = filter(str.strip, text_of(score_table(many, 80)).splitlines())
    assert line.startswith("7 strategies: their scores by dataset are in the runs")
