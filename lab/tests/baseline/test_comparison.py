"""Tests of the comparison of a case with its baseline."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.baseline import Snapshot, Status
from lab.baseline.comparison import compare
from lab.cases import Case, Protocol
from lab.metrics import METRICS
from lab.tests.helpers.examples import make_result

RECALL = [0.5, 0.6, 0.55, 0.45, 0.5]


def snapshot(recall=RECALL, **others):
    """Return what is kept of a result with these scores."""
    scores = {"recall": list(recall)} | others
    return Snapshot.of(make_result(Case("a", "raw", "m"), scores))


def moved(before, after):
    """Compare two lists of recall scores."""
    return compare("a-raw-m", snapshot(before), snapshot(after))


@pytest.mark.parametrize(
    ("shift", "status"),
    [(0.05, Status.IMPROVED), (-0.05, Status.REGRESSED), (0.019, Status.UNCHANGED)],
)
def test_a_shift_beyond_the_tolerance_is_seen(shift, status):
    """A shift of 0.05 in every fold counts, in its direction; one of 0.019 does not."""
    assert moved(RECALL, [score + shift for score in RECALL]).status == status


def test_of_a_loss_less_is_better():
    """A log loss that falls has improved."""
    before = snapshot(log_loss=[0.5] * 5)
    assert compare("a", before, snapshot(log_loss=[0.3] * 5)).status == Status.IMPROVED
    assert compare("a", before, snapshot(log_loss=[0.7] * 5)).status == Status.REGRESSED


@pytest.mark.parametrize(
    ("intercept", "status"),
    [(0.1, Status.IMPROVED), (-2.0, Status.REGRESSED), (-1.0, Status.UNCHANGED)],
)
def test_of_a_metric_with_an_ideal_the_distance_counts(intercept, status):
    """An intercept nearer to 0 has improved; one as far on the other side has not moved."""
    before = snapshot(calibration_intercept=[1.0] * 5)
    found = compare("a", before, snapshot(calibration_intercept=[intercept] * 5))
    assert found.status == status
    assert all(move.metric == "distance of calibration_intercept from 0" for move in found.moves)


def test_one_worse_metric_makes_a_case_regressed():
    """A case with one better and one worse metric has regressed; both are listed, largest first."""
    before = snapshot([0.5] * 5, precision=[0.5] * 5)
    found = compare("a", before, snapshot([0.9] * 5, precision=[0.4] * 5))
    assert found.status == Status.REGRESSED
    assert [move.metric for move in found.moves] == ["recall", "precision"]
    assert str(found).splitlines()[1] == (
        "recall 0.5000 -> 0.9000 (+0.4000 [+0.4000, +0.4000], improved)"
    )


def test_one_fold_alone_is_no_change():
    """With five folds a change in one of them moves the mean, but not beyond its interval."""
    assert moved(RECALL, [*RECALL[:4], RECALL[4] - 0.2]).status == Status.UNCHANGED


def test_with_few_folds_the_tolerance_decides():
    """With fewer than five paired folds the interval is not asked for."""
    assert moved([0.5, 0.6, 0.5], [0.5, 0.6, 0.3]).status == Status.REGRESSED


def test_a_collapse_of_some_folds_is_seen():
    """A drop of ten tolerances counts although folds differ, and so does what is no number."""
    assert moved([0.8] * 5, [0.0, 0.0, 0.0, 0.8, 0.8]).status == Status.REGRESSED
    assert moved(RECALL, [*RECALL[:4], float("nan")]).status == Status.REGRESSED


def test_a_difference_of_the_tolerance_is_none():
    """A mean that is off by the tolerance, and a rounding error, is unchanged."""
    assert moved([0.5] * 5, [0.48] * 5).status == Status.UNCHANGED


def test_a_default_session_is_warned_of_a_baseline_of_another_protocol():
    """A baseline recorded under other folds alarms a default session, not one that asks for it."""
    other = replace(snapshot(), protocol=Protocol(10))
    assert compare("a", other, snapshot()).alarming
    assert not compare("a", snapshot(), other).alarming


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_a_result_is_unchanged_against_itself(scores):
    """Whatever the scores, nothing moved where nothing changed."""
    found = moved(scores, scores)
    assert (found.status, found.moves, found.alarming) == (Status.UNCHANGED, (), False)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=10),
)
def test_improved_one_way_is_regressed_the_other(pairs):
    """What moved in one direction moved by as much in the other, unless its tolerance differs."""
    before, after = zip(*pairs, strict=True)
    forth, back = moved(before, after), moved(after, before)
    opposite = {Status.IMPROVED: Status.REGRESSED, Status.REGRESSED: Status.IMPROVED}
    if forth.moves and back.moves:
        assert forth.status == opposite[back.status]
        assert forth.moves[0].change == pytest.approx(-back.moves[0].change)


@pytest.mark.parametrize(
    ("change", "word", "alarming"),
    [
        ({"digest": "other"}, "digest was digest, is other", True),
        ({"definition": "Other()"}, "definition changed from Model() to Other()", True),
        ({"protocol": Protocol(seed=1)}, "protocol was folds 5", False),
    ],
)
def test_what_is_not_the_same_is_incomparable(change, word, alarming):
    """Other data or another definition alarm; another protocol was asked for."""
    found = compare("a", snapshot(), replace(snapshot(), **change))
    assert (found.status, found.alarming) == (Status.INCOMPARABLE, alarming)
    assert word in found.why


@pytest.mark.parametrize(
    ("recall", "status"), [(RECALL, Status.UNCHANGED), ([0.1] * 5, Status.REGRESSED)]
)
def test_a_metric_that_the_baseline_lacks_is_new(recall, status):
    """A case is compared by the metrics that its baseline has; the others are listed as new."""
    found = compare("a", snapshot(), snapshot(recall, precision=[0.5] * 5, accuracy=[0.5] * 5))
    assert (found.status, found.new_metrics) == (status, ("precision", "accuracy"))


def test_a_metric_that_the_lab_lacks_is_ignored():
    """Scores of a metric that is not registered do not keep a case from being compared."""
    found = compare("a", snapshot(removed=[0.5] * 5), snapshot())
    assert (found.status, found.new_metrics) == (Status.UNCHANGED, ())


def test_without_a_common_metric_nothing_is_compared():
    """A baseline that has none of the session's metrics makes a case incomparable."""
    before = replace(snapshot(), scores={"removed": [0.5] * 5})
    found = compare("a", before, snapshot())
    assert (found.status, found.alarming) == (Status.INCOMPARABLE, True)
    assert found.why.startswith("they have no metric in common; --update-baseline")


def test_a_changed_definition_still_shows_what_moved():
    """Scores of another definition are on the same folds: the change is shown, not judged."""
    found = compare("a", snapshot(), replace(snapshot([0.1] * 5), definition="Other()"))
    assert found.status == Status.INCOMPARABLE
    assert found.moves[0].metric == "recall"


def test_packages_that_moved_are_named():
    """Packages of another version are listed with both versions, and others are not."""
    before = replace(snapshot(), versions={"xgboost": "3.1", "numpy": "2.0"})
    after = replace(snapshot(), versions={"xgboost": "3.2", "numpy": "2.0", "scipy": "1.0"})
    found = compare("a", before, after)
    assert found.versions == {"scipy": "none -> 1.0", "xgboost": "3.1 -> 3.2"}
    assert "packages that differ: scipy none -> 1.0, xgboost 3.1 -> 3.2" in str(found)


def test_every_metric_has_a_tolerance():
    """The tolerance is the larger of an absolute one and a share of the baseline."""
    for metric in METRICS.values():
        assert metric.tolerance(0.0) == metric.absolute > 0
        assert metric.tolerance(-100.0) == max(metric.absolute, 100 * metric.relative)
