"""Tests of the table of strategies."""

from dataclasses import replace

import pytest

from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.report import strategy_table
from lab.tests.helpers.examples import TINY, text_of


@pytest.fixture(scope="module")
def evaluated():
    """Return results of two strategies and of the floor on generated data."""
    names = [("raw", "decision_tree"), ("random_over", "decision_tree"), ("raw", "dummy")]
    return [evaluate(Case(TINY, *name), Protocol(3)) for name in names]


def table(results, width):
    """Return the lines of a table of strategies."""
    return text_of(strategy_table(results, width)).splitlines()


def test_every_table_has_the_floor(evaluated):
    """The last row has the scores of the dummy model, even if that was not selected."""
    *lines, floor, _ = table(evaluated[:2], 150)
    (dummy,) = (line for line in table(evaluated, 150) if "dummy  " in line and "raw" in line)
    assert floor.startswith("floor")
    assert floor.split()[2:9] == dummy.split()[2:9]
    assert len(lines) == 3


def test_cost_is_a_column(evaluated):
    """Seconds per fit are a column, and so is their ratio to raw data."""
    head, raw, other, *_ = table(evaluated[:2], 150)
    assert head.split()[-4:] == ["fit", "s", "x", "raw"]
    assert raw.split()[-1] == "1.0"
    assert float(other.split()[-1]) > 0.1


def test_columns_that_do_not_fit_follow_below(evaluated):
    """No line is wider than the terminal, and each column is printed once."""
    lines = table(evaluated[:2], 80)
    assert max(map(len, lines)) <= 80
    assert sum("fit s" in line for line in lines) == 1
    assert sum("recall" in line for line in lines) == 1


def test_means_over_fewer_datasets_are_marked(evaluated):
    """A strategy that lacks a dataset has the number of its datasets, and is never best."""
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
