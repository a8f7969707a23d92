"""Tests of the expected costs of cases."""

import json

import pytest

from lab.cases import Case, Protocol
from lab.store.costs import MAX_KNOWN, Costs
from lab.tests.helpers.examples import make_result

CASE = Case("nursery", "raw", "xgboost")


def took(case, fit, predict=0.0):
    """Return a result whose folds took these seconds."""
    result = make_result(case, {"recall": [0.5] * len(fit)})
    result.seconds.update(fit_seconds=fit, predict_seconds=[predict] * len(fit))
    return result


def test_folds_and_repeats_cost_alike():
    """Expected seconds are proportional to the number of folds over all repeats."""
    once = Costs().seconds(CASE, Protocol(folds=5))
    assert Costs().seconds(CASE, Protocol(folds=5, repeats=3)) == pytest.approx(3 * once)


def test_a_measured_case_is_expected_to_take_as_long_again():
    """Its cost is the mean over the folds of its latest session, fit and prediction."""
    costs = Costs()
    costs.learn([took(CASE, [9.0, 9.0])])
    costs.learn([took(CASE, [1.0, 2.0, 3.0], predict=0.5)])
    assert costs.of(CASE) == pytest.approx(2.5)


def test_an_unmeasured_case_is_estimated_by_its_kind():
    """Its estimate is corrected as that of others with the same strategy and model."""
    costs = Costs()
    other, stranger = Case("abalone_19", "raw", "xgboost"), Case("nursery", "smote", "mlp")
    costs.learn([took(CASE, [3 * CASE.cost()])])
    assert costs.of(other) == pytest.approx(3 * other.cost())
    costs.learn([took(Case("nursery", "raw", "mlp"), [7.0])])
    times = 7.0 / Case("nursery", "raw", "mlp").cost()
    assert costs.of(stranger) == pytest.approx(stranger.cost() * (3 + times) / 2)


def test_an_estimate_of_zero_is_corrected(monkeypatch):
    """A model with an estimate of 0 seconds is measured like any other."""
    monkeypatch.setattr(Case, "cost", lambda self: 0.0)
    costs = Costs()
    costs.learn([took(CASE, [2.0])])
    assert costs.of(CASE) == pytest.approx(2.0)


def test_costs_are_kept(tmp_path):
    """Costs are read as they were written; of very many cases, the latest are kept."""
    costs, path = Costs(), tmp_path / "costs.json"
    costs.cases = {f"case {i}": 1.0 for i in range(MAX_KNOWN)}
    costs.learn([took(CASE, [2.0])])
    costs.write(path)
    assert Costs.read(path) == costs
    assert len(costs.cases) == MAX_KNOWN
    assert "case 0" not in costs.cases


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"\xff", b'{"cases": {}}', b'{"cases": {"a": "x"}, "kinds": {}}'),
        *(b'{"cases": {"a": %s}, "kinds": {}}' % value for value in (b"NaN", b"Infinity", b"0")),
        *(b'{"cases": {"a": %s}, "kinds": {}}' % value for value in (b"[1]", b"1" + 400 * b"0")),
    ],
)
def test_an_invalid_file_is_ignored(tmp_path, content):
    """Without a valid file, costs are estimated, and no session fails."""
    path = tmp_path / "costs.json"
    assert Costs.read(path) == Costs()
    path.write_bytes(content)
    assert Costs.read(path) == Costs()


def test_a_session_measures_costs_for_the_next(scratch):
    """Measured costs are in the store; a reused case keeps its earlier measurement."""
    names = ("--dataset", "yeast_me2", "--strategy", "raw", "--model", "decision_tree")
    options = ("-n", "0", *names, "-k", "test_case")
    assert scratch.run(*options).returncode == 0
    path = scratch.root / ".lab" / "costs.json"
    first = json.loads(path.read_bytes())
    (seconds,) = first["cases"].values()
    (run,) = (run for name, run in scratch.runs().items() if name.startswith("yeast_me2"))
    metrics = run.data.metrics
    assert seconds == pytest.approx(metrics["fit_seconds"] + metrics["predict_seconds"])
    assert scratch.run(*options, "--reuse").returncode == 0
    assert json.loads(path.read_bytes()) == first
