"""Tests of the choice of a baseline for each dataset."""

from dataclasses import replace

import pytest

from lab import datasets
from lab.baseline import Baseline, BaselineError, Baselines, RecordedVerdict, Status
from lab.baseline.verdicts import Record, RecordedClaim, Selection
from lab.cases import Case, Protocol
from lab.observations.verdict import Verdict
from lab.tests.helpers.examples import make_result


@pytest.fixture
def results(tmp_path):
    """Return a result on the user's own data, and one on bundled data."""
    own = replace(datasets.entry("synthetic"), name="mine", baseline=tmp_path / "mine.json")
    datasets.set_own([own])
    yield [
        make_result(Case(name, "raw", "xgboost"), {"recall": [0.5] * 5})
        for name in ("mine", "nursery")
    ]
    datasets.set_own([])


KEY, STATEMENT = "test_raw.recall_is_low", "recall < 0.5"
VERDICTS = {"mine-raw-xgboost": {KEY: RecordedVerdict(STATEMENT, Verdict.HOLDS)}}


def test_own_data_are_recorded_beside_their_file(tmp_path, results):
    """Cases of a user's own table go to a file beside it, all others to the shared one."""
    baselines = Baselines(tmp_path / "shared.json")
    changed = baselines.update(results, VERDICTS, {}, tmp_path / "lock")
    assert [(path.name, update.recorded) for path, update in changed.items()] == [
        ("mine.json", 1),
        ("shared.json", 1),
    ]
    again = Baselines(tmp_path / "shared.json")
    assert [again.compare(result).status for result in results] == [Status.UNCHANGED] * 2
    assert again.verdict(results[0], KEY, STATEMENT) == Record(Verdict.HOLDS)
    assert again.verdict(results[1], KEY, STATEMENT) == Record()


def test_a_given_file_stands_for_all(tmp_path, results):
    """With --baseline all cases are recorded in that file."""
    baselines = Baselines(tmp_path / "shared.json", tmp_path / "given.json")
    baselines.update(results, VERDICTS, {}, tmp_path / "lock")
    assert set(Baseline.read(tmp_path / "given.json").cases) == {r.case.id for r in results}
    assert not (tmp_path / "shared.json").exists()


def test_a_given_file_has_to_exist(tmp_path):
    """A missing file is an error, unless it is to be created."""
    baselines = Baselines(tmp_path / "shared.json", tmp_path / "given.json")
    message = r"given.json does not exist: --update-baseline creates it"
    with pytest.raises(BaselineError, match=message):
        baselines.check(["nursery"], update=False)
    baselines.check(["nursery"], update=True)


@pytest.mark.parametrize(
    ("given", "names", "recorded"),
    [
        (False, ("caravan", "nursery"), ["shared.json"]),
        (False, ("mine", "nursery"), []),
        (True, ("mine", "nursery"), ["given.json"]),
    ],
)
def test_a_claim_is_recorded_where_all_its_datasets_are(tmp_path, results, given, names, recorded):
    """A claim goes to the file that its datasets share; without one it is not recorded."""
    files = (tmp_path / "shared.json", tmp_path / "given.json" if given else None)
    selection = Selection(names, ("xgboost",), Protocol())
    claims = {KEY: {"xgboost": RecordedClaim(STATEMENT, Verdict.HOLDS, selection)}}
    Baselines(*files).update(results, {}, claims, tmp_path / "lock")
    found = Baselines(*files).verdict_on_claim("xgboost", selection, KEY, STATEMENT)
    assert found == Record(Verdict.HOLDS if recorded else None)
    assert [path.name for path in tmp_path.glob("*.json") if Baseline.read(path).claims] == recorded
