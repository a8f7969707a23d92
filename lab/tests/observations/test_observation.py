"""Tests of observations and their records."""

import json
from dataclasses import replace

import pytest

from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.metrics import METRICS
from lab.observations import (
    Kind,
    Observation,
    ObservationRecord,
    gain,
    level,
    observed,
    overall_gain,
)
from lab.observations.statistics import corrected_t_interval
from lab.observations.verdict import Verdict
from lab.tests.helpers.examples import EUROS, make_decisions, make_result


def result(strategy, recall, folds=None, digest="d"):
    """Return a result with these recall scores."""
    protocol = Protocol(folds or len(recall))
    case = Case("data", strategy, "model")
    return make_result(case, {"recall": recall}, protocol=protocol, digest=digest)


def test_a_gain_pairs_folds():
    """A gain is the difference in each fold, and its text names what is compared."""
    effect = gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5]), "recall")
    assert effect.values == (0.25, 0.4)
    assert str(effect).startswith("recall of smote above raw 0.325 [")


def test_a_metric_with_an_ideal_is_compared_by_its_distance():
    """An intercept of -3 exceeds one of 1 by 2, since 0 is ideal."""
    one, other = (
        make_result(Case("data", name, "model"), {"calibration_intercept": values})
        for name, values in (("smote", [-3.0, -2.0]), ("raw", [1.0, -0.5]))
    )
    effect = gain(one, other, "calibration_intercept")
    assert effect.values == (2.0, 1.5)
    assert effect.quantity == "distance of calibration_intercept from 0 of smote above raw"
    assert level(one, "calibration_intercept").values == (-3.0, -2.0)


@pytest.mark.parametrize("other", [{"folds": 3}, {"digest": "other"}])
def test_unpaired_results_are_refused(other):
    """Results of other folds or other data cannot be paired."""
    with pytest.raises(ValueError, match="do not share their folds"):
        gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5], **other), "recall")


def test_a_gain_over_several_is_that_over_the_best():
    """Over datasets a strategy is compared with the best of the others on each."""
    results = [
        make_result(Case(dataset, strategy, model), {"recall": [score, score]}, digest=dataset)
        for model in ("m", "n")
        for dataset, scores in (("a", (0.5, 0.4, 0.2)), ("b", (0.5, 0.1, 0.6)))
        for strategy, score in zip(("weights", "raw", "smote"), scores, strict=True)
    ]
    effect = overall_gain(results, "m", "recall", "weights")
    assert effect.values == pytest.approx((0.1, -0.1))
    assert list(effect.rivals) == [pytest.approx((0.1, 0.4)), pytest.approx((0.3, -0.1))]
    assert effect.family == (effect.rivals,)
    assert effect.quantity == "recall of weights above the best of raw and smote"


@pytest.mark.parametrize(
    ("expected", "surprising"),
    [
        (Verdict.HOLDS, False),
        (Verdict.INCONCLUSIVE, True),
        (Verdict.CONTRADICTED, True),
        (None, False),
    ],
)
def test_a_verdict_that_is_not_expected_is_surprising(expected, surprising):
    """An observation fails in both directions, and not at all where nothing is recorded."""
    expectation = level(result("raw", [0.5, 0.51, 0.49]), "recall") > 0
    observation = Observation("name", "a-raw-m", expectation, expected, "because")
    assert observation.surprising is surprising
    if surprising:
        assert str(observation).startswith(f"holds, expected {expected} (because): recall 0.500 [")


def precise(strategy, alarms, hits):
    """Return a result of a strategy with these alarms in each fold, so many of them right."""
    return make_decisions(Case("data", strategy, "model"), alarms, hits)


def test_folds_without_an_alarm_do_not_count_for_precision():
    """Where either side raises no alarm, precision is undefined, and the fold is left out."""
    smote = precise("smote", [10, 10, 0, 10, 20], [4, 5, 0, 5, 5])
    raw = precise("raw", [2, 4, 3, 0, 4], [1, 3, 0, 0, 1])
    effect = gain(smote, raw, "precision")
    assert effect.counted == pytest.approx((0.4 - 0.5, 0.5 - 0.75, 0.25 - 0.25))
    assert effect.interval() == corrected_t_interval(effect.counted, 1 / 4, 0.95)
    evidence = "(3 of 5 folds, 1 of smote without an alarm, 1 of raw without an alarm)"
    assert str(effect < 0).endswith(evidence)
    record = Observation("falls", "data-smote-model", effect < 0).record()
    assert (record.pairs, record.effect) == (3, pytest.approx(-0.35 / 3))


def test_equal_scores_in_every_fold_are_no_change():
    """Differences that are 0 in every fold are told in words; scores that are 0 in figures."""
    smote, raw = result("smote", [0.0, 0.0]), result("raw", [0.0, 0.0])
    effect = gain(smote, raw, "recall")
    assert effect.figures == "no change in any fold"
    assert str(effect > 0).startswith("recall of smote above raw: no change in any fold, expected")
    assert Observation("rises", smote.case.id, effect > 0).record().is_unchanged
    for varied in (gain(result("smote", [0.1, -0.1]), raw, "recall"), level(raw, "recall")):
        assert varied.figures.startswith("0.000 [")
        assert not Observation("rises", smote.case.id, varied > 0).record().is_unchanged


def test_one_fold_with_alarms_is_inconclusive():
    """A single fold does not tell how much precision varies."""
    effect = gain(precise("smote", [9, 9], [3, 3]), precise("raw", [0, 2], [0, 2]), "precision")
    assert (effect < 0).verdict == (effect > 0).verdict == Verdict.INCONCLUSIVE
    assert not effect.undefined


def test_precision_without_any_alarm_is_undefined():
    """If no fold is left, the reason names the strategy that raises no alarm."""
    effect = gain(precise("smote", [9, 9], [3, 3]), precise("raw", [0, 0], [0, 0]), "precision")
    assert effect.undefined == (
        "precision of smote above raw is undefined in all 2 folds, 2 of raw without an alarm"
    )


def test_a_dataset_without_alarms_does_not_count_for_a_claim():
    """The gain in precision over datasets leaves out those where it is undefined."""
    results = [
        make_decisions(Case(dataset, strategy, model), alarms, [min(n, 1) for n in alarms])
        for model in ("m", "n")
        for dataset in ("a", "b")
        for strategy, alarms in (
            ("smote", [2, 2]),
            ("raw", [0, 0] if (model, dataset) == ("m", "b") else [1, 1]),
        )
    ]
    effect = overall_gain(results, "m", "precision", "smote")
    assert effect.values == (-0.5,)
    assert effect.cases == ("a-smote-m", "a-raw-m")
    assert overall_gain(results, "n", "precision", "smote").values == (-0.5, -0.5)


def test_a_metric_without_its_column_is_undefined(monkeypatch):
    """Where the data lack the column of a metric, an observation is skipped with the reason."""
    monkeypatch.setitem(METRICS, "euros", EUROS)
    one, other = result("smote", [0.5, 0.6]), result("raw", [0.1, 0.3])
    assert gain(one, other, "euros").undefined == (
        "euros of smote above raw is undefined in all 2 folds, without column 'amount'"
    )
    lacking = [replace(r, case=replace(r.case, dataset="lacking")) for r in (one, other)]
    known = [replace(r, scores={"euros": [1.0, 2.0]}) for r in (one, other)]
    effect = overall_gain([*lacking, *known], one.case.model, "euros", "smote")
    assert effect.values == (0.0,)
    assert overall_gain(lacking, one.case.model, "euros", "smote").undefined
    with pytest.raises(KeyError):
        gain(one, other, "precision_at_recall_80")


def test_the_evidence_for_precision_counts_folds_without_an_alarm():
    """The number of folds without an alarm, and the strategy, are in the text."""
    some, none = (
        evaluate(Case("abalone_19", strategy, "logistic_regression"), Protocol(3))
        for strategy in ("class_weight", "raw")
    )
    alarms = none.read_predictions().groupby("fold")["y_pred"].sum().tolist()
    assert none.alarms() == alarms
    assert some.alarms() == some.read_predictions().groupby("fold")["y_pred"].sum().tolist()
    assert alarms.count(0) > 0
    effect = gain(some, none, "precision")
    assert len(effect.counted) == len(alarms) - alarms.count(0)
    assert f"{alarms.count(0)} of raw without an alarm" in effect.basis(())
    assert "alarm" not in str(gain(some, none, "recall") > 0)


def rises():
    """Return the record of an observation on a case."""
    expectation = gain(result("smote", [0.5, 0.9]), result("raw", [0.25, 0.5]), "recall") > 0
    return Observation("rises", "data-smote-model", expectation).record()


def test_a_record_has_statement_effect_and_verdicts():
    """The record of an observation holds everything that is reported about it."""
    record = rises()
    assert (record.kind, record.is_claim) == (Kind.CASE, False)
    assert record.statement == "recall of smote above raw > 0"
    assert record.effect == pytest.approx(0.325)
    assert record.low < record.effect < record.high
    assert (record.verdict, record.expected) == ("inconclusive", "holds")
    assert record.surprising
    assert record.cases == ("data-smote-model", "data-raw-model")


def overall():
    """Return the record of a claim over two datasets: too few for an interval."""
    results = [
        make_result(Case(dataset, strategy, "m"), {"recall": [score, score]}, digest=dataset)
        for dataset in ("a", "b")
        for strategy, score in (("raw", 0.2), ("smote", 0.4))
    ]
    effect = overall_gain(results, "m", "recall", "smote")
    return Observation("rises", "m", effect > 0, expected=None, reason="few").record()


@pytest.mark.parametrize("made", [rises, overall])
def test_a_record_survives_json(made):
    """A record that is written as JSON and read again is the same, infinite ends included."""
    record = replace(made(), test="test_smote.py::test_rises")
    content = json.loads(json.dumps(record.to_json(), allow_nan=False))
    assert ObservationRecord.from_json(content) == record


def test_a_record_has_the_names_that_scripts_use():
    """The keys of the JSON artifacts are fixed; a verdict that is not recorded is empty."""
    content = overall().to_json()
    assert set(content) == {
        *("observation", "key", "subject", "sentence", "statement", "conditions", "effect"),
        *("low", "high", "figures", "pairs", "verdict", "expected", "reason", "basis", "cases"),
        *("kind", "models", "guarded", "test"),
    }
    assert (content["observation"], content["kind"], content["expected"]) == ("rises", "claim", "")
    assert content["low"] is content["high"] is None
    assert content["conditions"] == [[">", 0]]


@pytest.mark.parametrize("made", [rises, overall])
def test_the_kind_of_an_earlier_record_follows_from_its_subject(made):
    """A record without a kind is a claim if its subject is not one of its cases."""
    content = made().to_json()
    del content["kind"]
    assert ObservationRecord.from_json(content) == made()


def test_records_travel_as_properties_of_tests():
    """Observations are read from the properties of a test's report; others are ignored."""
    properties = [("baseline", "unchanged"), ("observation", rises().to_json())]
    assert observed(properties) == [rises()]
