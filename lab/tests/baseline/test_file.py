"""Tests of the file of a baseline."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.baseline import Baseline, BaselineError, RecordedVerdict, Snapshot, Status
from lab.baseline.verdicts import Record, RecordedClaim, Selection
from lab.cases import Case, Protocol
from lab.observations.verdict import Verdict
from lab.tests.helpers.examples import make_result

NAMES = ["nursery-raw-xgboost", "nursery-smote-xgboost", "caravan-raw-xgboost"]


def result(name, recall):
    """Return a result of a case with these scores."""
    return make_result(Case(*name.rsplit("-", 2)), {"recall": recall})


RESULTS = [result(name, [0.5, 0.25]) for name in NAMES]


KEY, STATEMENT = "test_smote.recall_rises", "recall of smote above raw > 0"
CORE = Selection(("caravan", "nursery"), ("knn", "xgboost"), Protocol())


def with_verdicts(*, words=(Verdict.HOLDS,) * 3, claims=None):
    """Return a baseline of the results with a verdict on each, and verdicts on claims."""
    snapshots = {
        name: Snapshot.of(one, {KEY: RecordedVerdict(STATEMENT, word)})
        for name, one, word in zip(NAMES, RESULTS, words, strict=True)
    }
    models = {
        model: RecordedClaim(STATEMENT, verdict, CORE) for model, verdict in (claims or {}).items()
    }
    return Baseline(snapshots, {KEY: models} if models else {})


verdicts = st.sampled_from(Verdict)
selections = st.builds(
    Selection,
    st.lists(st.sampled_from("abc"), unique=True).map(lambda names: tuple(sorted(names))),
    st.lists(st.sampled_from("xyz"), unique=True).map(lambda names: tuple(sorted(names))),
    st.builds(Protocol, st.integers(2, 9)),
)
statements = st.sampled_from(["recall > 0", "recall > 0.5"])
keys = st.sampled_from(["test_raw.low", "test_smote.rises"])


@given(
    st.dictionaries(
        st.sampled_from(NAMES),
        st.tuples(
            st.lists(st.floats(0, 1), min_size=2, max_size=9),
            st.dictionaries(keys, st.builds(RecordedVerdict, statements, verdicts)),
        ),
    ),
    st.dictionaries(
        keys,
        st.dictionaries(
            st.sampled_from("xyz"),
            st.builds(RecordedClaim, statements, verdicts, selections),
            min_size=1,
        ),
    ),
)
def test_a_baseline_is_read_as_it_was_written(cases, claims):
    """Any scores, verdicts and claims come back, rounded, and are written the same again."""
    snapshots = {
        name: Snapshot.of(result(name, recall), found) for name, (recall, found) in cases.items()
    }
    baseline = Baseline(snapshots, claims)
    read = Baseline.loads(baseline.dumps(), "text")
    assert read == baseline
    assert read.dumps() == baseline.dumps()


def test_each_case_has_one_line():
    """Cases are sorted, one a line, so that a diff names what changed."""
    lines = Baseline.of(RESULTS).dumps().splitlines()
    assert [line.split('"')[1] for line in lines if line.startswith('"') and "-" in line[:20]] == (
        sorted(NAMES)
    )


def test_each_verdict_of_an_observation_has_one_line():
    """Cases with the same verdict share a line with the statement; a changed one moves its id."""
    before = with_verdicts(claims={"xgboost": Verdict.HOLDS}).dumps().splitlines()
    changed = with_verdicts(
        words=(Verdict.HOLDS, Verdict.INCONCLUSIVE, Verdict.HOLDS),
        claims={"xgboost": Verdict.HOLDS},
    )
    after = changed.dumps().splitlines()
    assert len(after) == len(before) + 1
    assert json.loads(next(line for line in after if "inconclusive" in line)) == {
        "observation": KEY,
        "statement": STATEMENT,
        "verdict": "inconclusive",
        "cases": [NAMES[1]],
    }
    (claim,) = changed.to_json()["claims"]
    assert claim == {
        "observation": KEY,
        "statement": STATEMENT,
        "verdict": "holds",
        "datasets": ["caravan", "nursery"],
        "family": ["knn", "xgboost"],
        "models": ["xgboost"],
        "protocol": {"split": "auto"},
    }


def test_an_upgrade_that_changes_no_score_changes_one_line():
    """Common versions are written once; only a case computed with others has its own."""
    baseline = Baseline.of(RESULTS)
    other = Baseline({name: replace(s, versions={"x": "2"}) for name, s in baseline.cases.items()})
    before, after = baseline.dumps().splitlines(), other.dumps().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    mixed = Baseline(baseline.cases | {NAMES[0]: other.cases[NAMES[0]]})
    assert sum(a != b for a, b in zip(before, mixed.dumps().splitlines(), strict=True)) == 1
    assert Baseline.loads(mixed.dumps(), "text") == mixed


def test_a_missing_file_is_an_empty_baseline(tmp_path):
    """Without a file every case is new."""
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


def one_verdict(word, *cases):
    """Return the text of a baseline of one verdict."""
    line = {"observation": "test.x", "statement": "x > 0", "verdict": word, "cases": cases}
    return json.dumps({"format": 1, "verdicts": [line]})


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
        ('{"format": 1, "verdicts": 3}', "verdicts: not a list"),
        ('{"format": 1, "verdicts": [{"cases": []}]}', "verdicts: a line is wrong ('observation')"),
        (one_verdict("perhaps"), "verdicts: a line is wrong ('perhaps' is not a valid Verdict)"),
        (one_verdict("holds", "a-b-c", "a-b-c"), "two verdicts are recorded for test.x on a-b-c"),
    ],
)
def test_a_broken_file_is_explained(tmp_path, text, message):
    """The error names the file, the place and the remedy."""
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(BaselineError) as error:
        Baseline.read(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert "run with --update-baseline" in str(error.value)


def test_a_deleted_case_is_missing_and_an_added_one_is_new():
    """A hole among known datasets, strategies and models is missing; any other case is new."""
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
    """Cases of only one session are missing or new, and all others are compared."""
    before = Baseline.of(RESULTS[:2])
    after = Baseline.of([result(NAMES[1], [0.9, 0.9]), RESULTS[2]])
    found = {comparison.case: comparison.status for comparison in before.compare_all(after)}
    assert found == dict(zip(NAMES, (Status.MISSING, Status.IMPROVED, Status.NEW), strict=True))


def test_cases_that_no_longer_exist_are_gone():
    """A case whose dataset, strategy or model is no longer registered is named."""
    gone = ["none-raw-xgboost", "nursery-none-xgboost", "nursery-raw-none"]
    baseline = Baseline.of(result(name, [0.1, 0.2]) for name in [*NAMES, *gone])
    assert sorted(baseline.gone()) == sorted(gone)


def lookup(baseline, one=RESULTS[0], key=KEY, statement=STATEMENT):
    """Return what a baseline has recorded for an observation."""
    return baseline.verdict(one, key, statement)


def test_a_recorded_verdict_is_found():
    """The verdict on a case is that of its line."""
    words = (Verdict.HOLDS, Verdict.INCONCLUSIVE, Verdict.CONTRADICTED)
    baseline = with_verdicts(words=words)
    assert [lookup(baseline, one).verdict for one in RESULTS] == list(words)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"statement": "recall > 0.5"}, f"recorded for another statement, {STATEMENT!r}"),
        (
            {"one": replace(RESULTS[0], dataset={"digest": "other"})},
            "recorded for other data, another protocol or definition",
        ),
        (
            {"one": replace(RESULTS[0], definition="Other()")},
            "recorded for other data, another protocol or definition",
        ),
        ({"key": "test_smote.f1_rises"}, ""),
        ({"one": result("other-raw-xgboost", [0.5, 0.25])}, ""),
    ],
)
def test_a_verdict_on_something_else_does_not_count(changes, missing):
    """A verdict on other data or another statement is missing; a new observation has none."""
    assert lookup(with_verdicts(), **changes) == Record(missing=missing)


def test_a_deleted_verdict_is_missing():
    """A verdict is missing if other cases have one, or if the line of its case was deleted."""
    baseline = with_verdicts()
    baseline.cases[NAMES[0]].verdicts.clear()
    assert lookup(baseline).missing == "recorded on other cases, but not on this one"
    name = "caravan-smote-xgboost"
    assert "but not this one" in lookup(with_verdicts(), result(name, [0.5, 0.25])).missing


@pytest.mark.parametrize(
    ("changes", "record"),
    [
        ({}, Record(Verdict.HOLDS)),
        ({"key": "test_overall.other"}, Record()),
        ({"model": "knn"}, Record(missing="recorded on other models, but not on this one")),
        (
            {"selection": replace(CORE, datasets=("caravan",))},
            Record(missing="recorded for other datasets, models or another protocol"),
        ),
        (
            {"selection": replace(CORE, family=("xgboost",))},
            Record(missing="recorded for other datasets, models or another protocol"),
        ),
        (
            {"statement": "recall > 1"},
            Record(missing=f"recorded for another statement, {STATEMENT!r}"),
        ),
    ],
)
def test_a_claim_is_recorded_with_its_datasets_and_models(changes, record):
    """A verdict on a claim counts for the same selection, model and statement only."""
    baseline = with_verdicts(claims={"xgboost": Verdict.HOLDS})
    asked = {"model": "xgboost", "selection": CORE, "key": KEY, "statement": STATEMENT}
    assert baseline.verdict_on_claim(**(asked | changes)) == record


def test_verdicts_of_an_observation_are_counted():
    """Those on cases and on models of a claim add up."""
    words = (Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.HOLDS)
    baseline = with_verdicts(words=words, claims={"xgboost": Verdict.INCONCLUSIVE})
    assert baseline.count(Verdict.INCONCLUSIVE) == {KEY: 3}
    assert baseline.count(Verdict.CONTRADICTED) == {}


def test_verdicts_in_the_lines_of_cases_are_read():
    """Earlier versions wrote verdicts into the line of their case."""
    content = Baseline.of(RESULTS).to_json()
    content["cases"][NAMES[0]]["verdicts"] = {KEY: {"statement": STATEMENT, "verdict": "holds"}}
    read = Baseline.from_json(content)
    assert lookup(read).verdict is Verdict.HOLDS
    assert Baseline.loads(read.dumps(), "text") == read


def test_scores_are_rounded_alike_on_both_sides():
    """Differences beyond the fifth decimal, as between processors, do not count."""
    noisy = Snapshot.of(result(NAMES[0], [0.5 + 1e-9, 0.25 - 1e-9]))
    assert noisy == Snapshot.of(RESULTS[0])
    assert json.loads(Baseline.of(RESULTS).dumps())["cases"][NAMES[0]]["scores"] == {
        "recall": [0.5, 0.25]
    }
