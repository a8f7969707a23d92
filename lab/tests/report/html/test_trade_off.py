"""Tests of the panels of precision against recall."""

import pytest

from lab.cases import Case
from lab.report.html.trade_off import MARK_DISTANCE, key, panels
from lab.tests.helpers.examples import make_result

MODEL = "logistic_regression"


def session(confusions):
    """Return results and curves with these confusion matrices, by dataset and strategy."""
    results, curves = [], {}
    for (dataset, strategy), confusion in confusions.items():
        result = make_result(Case(dataset, strategy, MODEL), {"recall": [0.0, 0.0]})
        results.append(result)
        curves[result.case] = {"confusion": confusion}
    return results, curves


FEW, MANY = [[90, 1], [7, 2]], [[80, 11], [1, 8]]
SILENT = [[91, 0], [9, 0]]


def points(panel):
    """Return recall and precision of a panel's strategies."""
    return {p.strategy: (round(p.recall, 3), round(p.precision, 3)) for p in panel.points}


def test_precision_and_recall_are_those_of_all_folds_together():
    """Hits and false alarms are counted over all folds, then divided."""
    (panel,) = panels(*session({("a", "raw"): FEW, ("a", "smote"): MANY}))
    assert points(panel) == {"raw": (0.222, 0.667), "smote": (0.889, 0.421)}
    assert [point.arrow for point in panel.points] == [False, True]


def test_without_an_alarm_there_is_no_precision():
    """A dataset on which a strategy raises no alarm is named, and left out of all means."""
    (panel,) = panels(
        *session(
            {
                ("a", "raw"): FEW,
                ("a", "smote"): MANY,
                ("b", "raw"): SILENT,
                ("b", "smote"): MANY,
            }
        )
    )
    assert panel.datasets == ["a"]
    assert panel.silent == {"b": ["raw"]}
    assert points(panel)["raw"] == (0.222, 0.667)


def test_a_strategy_that_lacks_a_dataset_is_left_out():
    """The other strategies keep all datasets, and the panel names the one left out."""
    cases = {("a", "raw"): FEW, ("a", "smote"): MANY, ("a", "class_weight"): MANY}
    (panel,) = panels(*session(cases | {("b", "raw"): FEW, ("b", "smote"): MANY}))
    assert panel.datasets == ["a", "b"]
    assert panel.partial == ["class_weight"]
    assert list(points(panel)) == ["raw", "smote"]


def test_marks_do_not_hide_each_other():
    """Two strategies at one place have marks side by side, close to it."""
    cases = {("a", "raw"): FEW, ("a", "smote"): MANY, ("a", "class_weight"): MANY}
    (panel,) = panels(*session(cases))
    first, second = panel.points[1:]
    assert first.place == second.place
    assert not first.moved
    assert second.moved
    distance = abs(complex(*second.mark) - complex(*first.mark))
    assert MARK_DISTANCE - 0.2 <= distance <= 2 * MARK_DISTANCE


def test_the_key_has_every_strategy_but_mistakes():
    """A strategy has one number in all panels; raw data have 0, a mistake has none."""
    results, _ = session(
        {("a", "raw"): FEW, ("a", "smote_before_split"): FEW, ("b", "smote"): MANY}
    )
    assert key(results) == {"raw": 0, "smote": 1}


@pytest.mark.parametrize("confusions", [{}, {("a", "smote_before_split"): FEW}])
def test_nothing_to_show_is_no_panel(confusions):
    """Without a result, or with mistakes only, there is no panel."""
    assert list(panels(*session(confusions))) == []
