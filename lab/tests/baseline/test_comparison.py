"""Tests of the comparison of a case with its baseline."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier

from lab.baseline import Baseline, Snapshot, Status
from lab.baseline.comparison import compare
from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.metrics import METRICS
from lab.tests.helpers.examples import TINY, make_result

RECALL = [0.5, 0.6, 0.55, 0.45, 0.5]


def snapshot(recall=RECALL, **others):
    """Return the snapshot of a result with these scores."""
    scores = {"recall": list(recall)} | others
    return Snapshot.of(make_result(Case("a", "raw", "m"), scores))


def moved(before, after):
    """Compare two lists of recall scores."""
    return compare("a-raw-m", snapshot(before), snapshot(after))


@pytest.mark.parametrize(
    ("shift", "status"),
    [(0.05, Status.IMPROVED), (-0.05, Status.REGRESSED), (0.019, Status.UNCHANGED)],
)
def test_a_shift_beyond_the_tolerance_is_detected(shift, status):
    """A shift of 0.05 in every fold counts, in its direction; one of 0.019 does not."""
    assert moved(RECALL, [score + shift for score in RECALL]).status == status


def test_a_lower_loss_is_an_improvement():
    """A log loss that falls has improved."""
    before = snapshot(log_loss=[0.5] * 5)
    assert compare("a", before, snapshot(log_loss=[0.3] * 5)).status == Status.IMPROVED
    assert compare("a", before, snapshot(log_loss=[0.7] * 5)).status == Status.REGRESSED


@pytest.mark.parametrize(
    ("intercept", "status"),
    [(0.1, Status.IMPROVED), (-2.0, Status.REGRESSED), (-1.0, Status.UNCHANGED)],
)
def test_a_metric_with_an_ideal_is_compared_by_its_distance(intercept, status):
    """An intercept nearer to 0 has improved; one as far on the other side is unchanged."""
    before = snapshot(calibration_intercept=[1.0] * 5)
    found = compare("a", before, snapshot(calibration_intercept=[intercept] * 5))
    assert found.status == status
    assert all(move.metric == "distance of calibration_intercept from 0" for move in found.moves)


def test_one_worse_metric_makes_a_case_regressed():
    """A case with a better and a worse metric has regressed; the largest change is listed first."""
    before = snapshot([0.5] * 5, precision=[0.5] * 5)
    found = compare("a", before, snapshot([0.9] * 5, precision=[0.4] * 5))
    assert found.status == Status.REGRESSED
    assert [move.metric for move in found.moves] == ["recall", "precision"]
    assert str(found).splitlines()[1] == (
        "recall 0.5000 -> 0.9000 (+0.4000 [+0.4000, +0.4000], improved)"
    )


def test_a_change_in_a_single_fold_does_not_count():
    """With five folds a change in one of them moves the mean, but its interval includes 0."""
    assert moved(RECALL, [*RECALL[:4], RECALL[4] - 0.2]).status == Status.UNCHANGED


def test_with_few_folds_the_tolerance_decides():
    """With fewer than five paired folds the interval is not used."""
    assert moved([0.5, 0.6, 0.5], [0.5, 0.6, 0.3]).status == Status.REGRESSED


def test_a_collapse_of_some_folds_is_detected():
    """A drop of more than ten tolerances counts although folds differ, and so does a NaN."""
    assert moved([0.8] * 5, [0.0, 0.0, 0.0, 0.8, 0.8]).status == Status.REGRESSED
    assert moved(RECALL, [*RECALL[:4], float("nan")]).status == Status.REGRESSED


def test_a_difference_equal_to_the_tolerance_does_not_count():
    """A mean that differs by the tolerance and a rounding error is unchanged."""
    assert moved([0.5] * 5, [0.48] * 5).status == Status.UNCHANGED


def test_a_default_session_fails_with_a_baseline_of_another_protocol():
    """A baseline recorded with other folds fails a default session, not one with that option."""
    other = replace(snapshot(), protocol=Protocol(10))
    assert compare("a", other, snapshot()).alarming
    assert not compare("a", snapshot(), other).alarming


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_a_result_is_unchanged_against_itself(scores):
    """Equal scores are unchanged, whatever they are."""
    found = moved(scores, scores)
    assert (found.status, found.moves, found.alarming) == (Status.UNCHANGED, (), False)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=10),
)
def test_an_improvement_reversed_is_a_regression(pairs):
    """With before and after swapped, the change has the opposite sign and status."""
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
def test_other_data_or_definitions_are_incomparable(change, word, alarming):
    """Other data or another definition fail; another protocol was asked for."""
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


def test_a_changed_definition_still_shows_changes():
    """Scores of another definition are on the same folds: changes are shown, but not judged."""
    found = compare("a", snapshot(), replace(snapshot([0.1] * 5), definition="Other()"))
    assert found.status == Status.INCOMPARABLE
    assert (found.moves[0].metric, found.moves[0].status) == ("recall", Status.INCOMPARABLE)


def test_an_upgrade_that_changes_a_forest_is_caught(monkeypatch):
    """With a forest as before scikit-learn 1.9 its class-weight case regresses, and no other."""
    protocol, fit = Protocol(3), RandomForestClassifier.fit
    cases = [Case(TINY, strategy, "random_forest") for strategy in ("raw", "class_weight")]
    baseline = Baseline.of(evaluate(case, protocol) for case in cases)

    def old(self, X, y, sample_weight=None):
        # Balanced weights did not steer the bootstrap.
        if self.class_weight == "balanced":
            self.class_weight = "balanced_subsample"
        return fit(self, X, y, sample_weight)

    monkeypatch.setattr(RandomForestClassifier, "fit", old)
    now = Baseline.of(evaluate(case, protocol) for case in cases)
    found = [comparison.status for comparison in baseline.compare_all(now)]
    assert found == [Status.UNCHANGED, Status.REGRESSED]


def test_changed_packages_are_listed():
    """Packages with another version are listed with both versions; others are not."""
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
