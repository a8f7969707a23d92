"""Tests of which baseline says what to expect of which dataset."""

from dataclasses import replace

import pytest

from lab import datasets
from lab.baseline.comparison import Status
from lab.baseline.file import Baseline, BaselineError
from lab.baseline.lookup import Baselines
from lab.cases import Case
from lab.observations.effects import Verdict
from lab.tests.helpers.examples import make_observation, make_result


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


STATEMENT = "recall < 0.5"
OBSERVED = [make_observation("mine-raw-xgboost", "holds", statement=STATEMENT)]
KEY = OBSERVED[0].key


def test_own_data_are_recorded_beside_their_file(tmp_path, results):
    """Cases on the user's own data go to a file of their own, with verdicts; others do not."""
    baselines = Baselines(tmp_path / "shared.json")
    changed = baselines.update(results, OBSERVED, tmp_path / "lock")
    assert [(path.name, count) for path, (count, _) in changed.items()] == [
        ("mine.json", 1),
        ("shared.json", 1),
    ]
    again = Baselines(tmp_path / "shared.json")
    assert [again.compare(result).status for result in results] == [Status.UNCHANGED] * 2
    assert again.verdict(results[0], KEY, STATEMENT) is Verdict.HOLDS
    assert again.verdict(results[0], "test_smote.f1_rises", STATEMENT) is None
    assert again.verdict(results[0], KEY, "recall < 0.4") is None
    assert again.verdict(results[1], KEY, STATEMENT) is None


def test_a_file_that_is_given_stands_for_all(tmp_path, results):
    """With a baseline's name all cases are recorded there."""
    baselines = Baselines(tmp_path / "shared.json", tmp_path / "given.json")
    baselines.update(results, OBSERVED, tmp_path / "lock")
    assert set(Baseline.read(tmp_path / "given.json")) == {r.case.id for r in results}
    assert not (tmp_path / "shared.json").exists()


def test_a_file_that_is_given_has_to_be_there(tmp_path, results):
    """A baseline that is named and not there is an error, unless it is to be made."""
    baselines = Baselines(tmp_path / "shared.json", tmp_path / "given.json")
    with pytest.raises(BaselineError, match=r"given.json is not there: --update-baseline makes it"):
        baselines.check(["mine"], update=False)
    baselines.check(["mine"], update=True)


@pytest.mark.parametrize("changes", [{"dataset": {"digest": "other"}}, {"definition": "Other()"}])
def test_a_verdict_is_about_the_same_data_and_definition(tmp_path, results, changes):
    """What was observed of other data, or under another definition, is not expected."""
    baselines = Baselines(tmp_path / "shared.json")
    baselines.update(results, OBSERVED, tmp_path / "lock")
    changed = replace(results[0], **changes)
    assert Baselines(tmp_path / "shared.json").verdict(changed, KEY, STATEMENT) is None
