"""Tests of the recording of cases and claims in a baseline's file."""

import math
from dataclasses import replace

import pytest

from lab.baseline import Baseline, BaselineError, RecordedVerdict, Snapshot, Status, Update
from lab.baseline.update import check_writable, update
from lab.baseline.verdicts import RecordedClaim, Selection
from lab.cases import Case, Protocol
from lab.observations.verdict import Verdict
from lab.tests.helpers.examples import make_result

NAMES = ["nursery-raw-xgboost", "nursery-smote-xgboost", "caravan-raw-xgboost"]


def result(name, recall):
    """Return a result of a case with these scores."""
    return make_result(Case(*name.rsplit("-", 2)), {"recall": recall})


RESULTS = [result(name, [0.5, 0.25]) for name in NAMES]


def write(tmp_path, results=RESULTS):
    """Write a baseline of results; return its file."""
    path = tmp_path / "baseline.json"
    path.write_text(Baseline.of(results).dumps())
    return path


def test_an_update_rewrites_only_what_ran(tmp_path):
    """A recorded case is rewritten, a new one added, and every other line stays as it was."""
    path = write(tmp_path)
    before = path.read_text().splitlines()
    added = result("nursery-raw-random_forest", [0.1, 0.2])
    ran = Baseline.of([result(NAMES[1], [0.1, 0.1]), RESULTS[2], added])
    changes = update(path, ran, tmp_path / "lock")
    assert {change.case: change.status for change in changes.cases} == {
        NAMES[1]: Status.REGRESSED,
        "nursery-raw-random_forest": Status.NEW,
    }
    after = path.read_text().splitlines()
    kept = [line for line in before if line in after or f"{line}," in after]
    assert len(kept) == len(before) - 1
    assert Baseline.read(path).cases[NAMES[1]].scores["recall"] == [0.1, 0.1]


def test_a_score_that_is_not_a_number_is_not_recorded(tmp_path):
    """A NaN is refused, and the file stays as it was."""
    path = write(tmp_path)
    before = path.read_bytes()
    with pytest.raises(BaselineError, match="recall is not a number in every fold"):
        update(path, Baseline.of([result(NAMES[0], [0.1, math.nan])]), tmp_path / "lock")
    assert path.read_bytes() == before


def test_an_update_that_changes_nothing_leaves_the_file_alone(tmp_path):
    """Recording the same scores again gives the same bytes."""
    path = write(tmp_path)
    before = path.read_bytes()
    assert update(path, Baseline.of(RESULTS), tmp_path / "lock") == Update(3, [], [])
    assert path.read_bytes() == before


def with_verdicts(words, definition="Model()", target="y = 'yes'"):
    """Return a baseline of one case with these verdicts."""
    verdicts = {key: RecordedVerdict("recall > 0", Verdict(word)) for key, word in words.items()}
    case = make_result(
        Case("mine", "raw", "xgboost"), {"recall": [0.5, 0.25]}, definition=definition
    )
    return Baseline({case.case.id: replace(Snapshot.of(case, verdicts), target=target)})


def words(path):
    """Return the verdicts in a file, by key."""
    kept = Baseline.read(path).cases["mine-raw-xgboost"].verdicts
    return {key: str(recorded.verdict) for key, recorded in kept.items()}


def test_a_case_of_another_target_is_not_overwritten(tmp_path):
    """For another target of the same table a baseline of its own is needed."""
    path, lock = tmp_path / "mine.json", tmp_path / "lock"
    update(path, with_verdicts({}), lock)
    before = path.read_bytes()
    with pytest.raises(BaselineError, match="for the target y = 'yes': name another file with"):
        update(path, with_verdicts({}, target="z = 'no'"), lock)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "file/b.json"])
def test_a_path_that_cannot_be_written_is_an_error(tmp_path, name):
    """The path of a folder, or one below a file, is refused before anything runs."""
    (tmp_path / "file").touch()
    with pytest.raises(BaselineError, match="cannot be written: name another file"):
        check_writable(tmp_path / name)


def test_verdicts_of_other_observations_are_kept(tmp_path):
    """Observations that did not run keep their verdicts, unless the definition changed."""
    path, lock = tmp_path / "mine.json", tmp_path / "lock"
    update(path, with_verdicts({"recall_rises": "holds", "f1_rises": "inconclusive"}), lock)
    changes = update(path, with_verdicts({"recall_rises": "contradicted"}), lock)
    assert changes.cases == []
    assert list(map(str, changes.verdicts)) == [
        "recall_rises on mine-raw-xgboost: holds -> contradicted"
    ]
    assert words(path) == {"recall_rises": "contradicted", "f1_rises": "inconclusive"}
    update(path, with_verdicts({"recall_rises": "holds"}, definition="Other()"), lock)
    assert words(path) == {"recall_rises": "holds"}


def test_a_claim_is_rewritten_and_others_are_kept(tmp_path):
    """A claim on a model is replaced, whatever it was judged on; other models keep theirs."""
    path, lock = tmp_path / "mine.json", tmp_path / "lock"

    def claimed(verdict, *models, datasets=("a", "b")):
        selection = Selection(datasets, ("knn", "mlp"), Protocol())
        recorded = RecordedClaim("recall > 0", verdict, selection)
        return Baseline(claims={"test_overall.rises": dict.fromkeys(models, recorded)})

    update(path, claimed(Verdict.HOLDS, "knn", "mlp"), lock)
    changes = update(path, claimed(Verdict.INCONCLUSIVE, "knn", datasets=("a", "c")), lock)
    assert list(map(str, changes.verdicts)) == ["test_overall.rises on knn: holds -> inconclusive"]
    found = Baseline.read(path).claims["test_overall.rises"]
    assert {model: one.selection.datasets for model, one in found.items()} == {
        "knn": ("a", "c"),
        "mlp": ("a", "b"),
    }
