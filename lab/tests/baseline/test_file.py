"""Tests of the file of a baseline."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.baseline.comparison import Snapshot, Status
from lab.baseline.file import Baseline, BaselineError, check_writable, update
from lab.cases import Case
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


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.floats(0, 1), min_size=2, max_size=9)))
def test_what_is_written_is_read(scores):
    """A baseline of any scores comes back as it was rounded, and is written the same again."""
    baseline = Baseline.of(result(name, recall) for name, recall in scores.items())
    read = Baseline.loads(baseline.dumps(), "text")
    assert read == baseline
    assert read.dumps() == baseline.dumps()


def test_one_case_is_one_line():
    """Cases stand sorted, one a line, so that a diff names what changed."""
    lines = Baseline.of(RESULTS).dumps().splitlines()
    assert [line.split('"')[1] for line in lines if line.startswith('"') and "-" in line[:20]] == (
        sorted(NAMES)
    )


def test_an_upgrade_that_changes_no_score_changes_one_line():
    """Versions stand once for all; only a case computed with others names its own."""
    baseline = Baseline.of(RESULTS)
    other = Baseline({name: replace(s, versions={"x": "2"}) for name, s in baseline.items()})
    before, after = baseline.dumps().splitlines(), other.dumps().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    mixed = Baseline(baseline | {NAMES[0]: other[NAMES[0]]})
    assert sum(a != b for a, b in zip(before, mixed.dumps().splitlines(), strict=True)) == 1
    assert Baseline.loads(mixed.dumps(), "text") == mixed


def test_no_file_is_an_empty_baseline(tmp_path):
    """Where there is no file every case is new."""
    baseline = Baseline.read(tmp_path / "none.json")
    found = baseline.compare(RESULTS[0].case, Snapshot.of(RESULTS[0]))
    assert (found.status, found.alarming) == (Status.NEW, False)


def one_case(facts):
    """Return the text of a baseline of one case."""
    return json.dumps({"format": 1, "versions": {}, "cases": {"a-b-c": facts}})


def with_recall(scores):
    """Return the text of a baseline of one case of two folds with these recall scores."""
    protocol = {"folds": 2, "repeats": 1, "seed": 0}
    scores = {"recall": scores}
    return one_case({"digest": "", "definition": "", "protocol": protocol, "scores": scores})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<<<<<< HEAD\n{}", "is not JSON (line 1: Expecting value)"),
        ("[]", "not a baseline of format 1"),
        ('{"format": 2}', "not a baseline of format 1"),
        ('{"format": 1, "cases": []}', "not a baseline of format 1"),
        (one_case({}), "case 'a-b-c' is wrong"),
        (one_case(3), "case 'a-b-c' is wrong"),
        (with_recall([0.1]), "case 'a-b-c' needs 2 numbers for recall"),
        (with_recall([0.1, float("nan")]), "case 'a-b-c' needs 2 numbers for recall"),
        (with_recall("ab"), "case 'a-b-c' is wrong"),
        (one_case({}).replace("a-b-c", "nodashes"), "'nodashes' is not a case"),
        (with_recall([0.1, 0.2]).replace('"versions": {}', '"versions": null'), "'a-b-c' is wrong"),
    ],
)
def test_a_broken_file_is_a_sentence(tmp_path, text, message):
    """The error names the file and the place, and what to do."""
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(BaselineError) as error:
        Baseline.read(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert "run with --update-baseline" in str(error.value)


def test_a_case_taken_out_is_missing_and_a_new_one_is_new():
    """A hole among known datasets, strategies and models is missing; anything else is new."""
    baseline = Baseline.of(RESULTS)
    statuses = {}
    for name in ("caravan-smote-xgboost", "other-raw-xgboost", "nursery-tomek-xgboost"):
        found = baseline.compare(Case(*name.rsplit("-", 2)), Snapshot.of(RESULTS[0]))
        statuses[name.split("-")[0]] = (found.status, found.alarming)
    assert statuses == {
        "caravan": (Status.MISSING, True),
        "other": (Status.NEW, False),
        "nursery": (Status.NEW, False),
    }


def test_two_sessions_compare_over_all_their_cases():
    """What only one of two sessions has is missing or new, and the rest is compared."""
    before = Baseline.of(RESULTS[:2])
    after = Baseline.of([result(NAMES[1], [0.9, 0.9]), RESULTS[2]])
    found = {comparison.case: comparison.status for comparison in before.compare_all(after)}
    assert found == dict(zip(NAMES, (Status.MISSING, Status.IMPROVED, Status.NEW), strict=True))


def test_cases_that_no_longer_exist_are_gone():
    """A case whose dataset, strategy or model has no entry any more is named."""
    gone = ["none-raw-xgboost", "nursery-none-xgboost", "nursery-raw-none"]
    baseline = Baseline.of(result(name, [0.1, 0.2]) for name in [*NAMES, *gone])
    assert sorted(baseline.gone()) == sorted(gone)


def test_an_update_rewrites_only_what_ran(tmp_path):
    """A recorded case is rewritten, a new one added, and every other line stays as it was."""
    path = write(tmp_path)
    before = path.read_text().splitlines()
    added = result("nursery-raw-random_forest", [0.1, 0.2])
    ran = Baseline.of([result(NAMES[1], [0.1, 0.1]), RESULTS[2], added])
    changes = update(path, ran, tmp_path / "lock")
    assert {change.case: change.status for change in changes} == {
        NAMES[1]: Status.REGRESSED,
        "nursery-raw-random_forest": Status.NEW,
    }
    after = path.read_text().splitlines()
    kept = [line for line in before if line in after or f"{line}," in after]
    assert len(kept) == len(before) - 1
    assert Baseline.read(path)[NAMES[1]].scores["recall"] == [0.1, 0.1]


def test_what_is_no_number_is_not_recorded(tmp_path):
    """A score that is not a number is refused, and the file stays as it was."""
    path = write(tmp_path)
    before = path.read_bytes()
    with pytest.raises(BaselineError, match="recall is not a number in every fold"):
        update(path, Baseline.of([result(NAMES[0], [0.1, math.nan])]), tmp_path / "lock")
    assert path.read_bytes() == before


def test_an_update_that_changes_nothing_leaves_the_file_alone(tmp_path):
    """Recording the same scores again gives the same bytes."""
    path = write(tmp_path)
    before = path.read_bytes()
    assert update(path, Baseline.of(RESULTS), tmp_path / "lock") == []
    assert path.read_bytes() == before


def with_verdicts(words, definition="Model()", target="y = 'yes'"):
    """Return a baseline of one case with these verdicts."""
    verdicts = {key: {"statement": "recall > 0", "verdict": word} for key, word in words.items()}
    case = make_result(
        Case("mine", "raw", "xgboost"), {"recall": [0.5, 0.25]}, definition=definition
    )
    return Baseline({case.case.id: replace(Snapshot.of(case, verdicts), target=target)})


def words(path):
    """Return the verdicts in a file, by key."""
    kept = Baseline.read(path)["mine-raw-xgboost"].verdicts
    return {key: found["verdict"] for key, found in kept.items()}


def test_a_case_of_another_target_is_not_overwritten(tmp_path):
    """Cases of one file with another target need a baseline of their own."""
    path, lock = tmp_path / "mine.json", tmp_path / "lock"
    update(path, with_verdicts({}), lock)
    before = path.read_bytes()
    with pytest.raises(BaselineError, match="for the target y = 'yes': name another file with"):
        update(path, with_verdicts({}, target="z = 'no'"), lock)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "file/b.json"])
def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path, name):
    """A folder in the file's place, or a file in the folder's, is said before anything runs."""
    (tmp_path / "file").touch()
    with pytest.raises(BaselineError, match="cannot be written: name another file"):
        check_writable(tmp_path / name)


def test_verdicts_are_kept_until_they_are_given_anew(tmp_path):
    """An update keeps verdicts on the same data that are not given, and no others."""
    path, lock = tmp_path / "mine.json", tmp_path / "lock"
    update(path, with_verdicts({"recall_rises": "holds", "f1_rises": "inconclusive"}), lock)
    changes = update(path, with_verdicts({"recall_rises": "contradicted"}), lock)
    assert [change.case for change in changes] == ["mine-raw-xgboost"]
    assert words(path) == {"recall_rises": "contradicted", "f1_rises": "inconclusive"}
    update(path, with_verdicts({"recall_rises": "holds"}, definition="Other()"), lock)
    assert words(path) == {"recall_rises": "holds"}


def test_a_verdict_that_is_none_is_refused():
    """A word in the place of a verdict that is not one is an error that names the case."""
    text = with_verdicts({"recall_rises": "holds"}).dumps().replace('"holds"', '"perhaps"')
    with pytest.raises(BaselineError, match=r"'mine-raw-xgboost' is wrong.*perhaps"):
        Baseline.loads(text, "text")


def test_scores_are_rounded_alike_on_both_sides():
    """A difference far behind the comma, as between processors, is none."""
    noisy = Snapshot.of(result(NAMES[0], [0.5 + 1e-9, 0.25 - 1e-9]))
    assert noisy == Snapshot.of(RESULTS[0])
    assert json.loads(Baseline.of(RESULTS).dumps())["cases"][NAMES[0]]["scores"] == {
        "recall": [0.5, 0.25]
    }
