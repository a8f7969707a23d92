"""Tests of the record of a session."""

import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lab.baseline.comparison import Comparison, Move, Status
from lab.cases import Case
from lab.report import page
from lab.report.session_record import RecordError, SessionRecord
from lab.strategies import STRATEGIES

FAILED, UNFINISHED = Case("a-b", "smote", "knn"), Case("a", "raw", "mlp")


@pytest.fixture
def partial(record):
    """Return a record in which a case failed, another did not finish, and a score moved."""
    move = Move("recall", 0.5, 0.4, -0.2, 0.0, Status.REGRESSED)
    compared = Comparison(
        "a-raw-m",
        Status.REGRESSED,
        moves=(move,),
        versions={"numpy": "1 -> 2"},
        new_metrics=("mcc",),
    )
    return replace(
        record, comparisons=[compared], failures={FAILED: "no luck"}, unfinished=[UNFINISHED]
    )


def test_a_record_is_read_back_as_it_was(partial):
    """A record that is written and read is equal, and so is its page."""
    again = SessionRecord.loads(partial.dumps(), "it")
    assert again == partial
    assert page(again) == page(partial)


def test_a_record_of_format_2_is_read(partial):
    """The previous format named unfinished cases otherwise, and had no kind of observation."""
    content = json.loads(partial.dumps())
    content |= {"format": 2, "left": content.pop("unfinished")}
    content["session"] |= {
        "started": "2026-01-02 03:04",
        "protocol": {"folds": 3, "repeats": 1, "seed": 0, "split": "auto"},
    }
    for observation in content["observations"]:
        del observation["kind"]
    again = SessionRecord.loads(json.dumps(content), "it")
    assert again.session.started.replace(tzinfo=UTC) == datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    facts = replace(again.session, started=partial.session.started)
    assert replace(again, session=facts) == partial


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 0}', '{"format": 2, "left": []}', '{"format": 3}']
)
def test_what_is_not_a_record_is_refused(text):
    """Any other text is refused in one sentence that names it."""
    with pytest.raises(RecordError, match=r"^nonsense (is not|was recorded)") as caught:
        SessionRecord.loads(text, "nonsense")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("scores", [[math.nan, 0.5, 0.5], [0.5, 0.5]])
def test_an_invalid_score_is_refused(record, scores):
    """A score that is not finite, or missing for a fold, is refused with the case's id."""
    content = json.loads(record.dumps())
    content["results"][0]["scores"]["recall"] = scores
    case = re.escape(record.results[0].case.id)
    with pytest.raises(RecordError, match=f"recall of {case}"):
        SessionRecord.loads(json.dumps(content), "it")


def test_an_unknown_strategy_is_refused(partial, monkeypatch):
    """A record with a user's own strategy that is not loaded says how to load it."""
    text = partial.dumps()
    monkeypatch.delitem(STRATEGIES, "smote_before_split")
    with pytest.raises(RecordError, match=r"unknown strategy 'smote_before_split'.*--plugin FILE"):
        SessionRecord.loads(text, "it")


def test_a_failed_case_of_an_unknown_strategy_is_refused(record, monkeypatch):
    """So is one in which only a case that failed has the strategy."""
    text = replace(record, failures={Case("a", "adasyn", "knn"): "no luck"}).dumps()
    monkeypatch.delitem(STRATEGIES, "adasyn")
    with pytest.raises(RecordError, match=r"'a-adasyn-knn'.*--plugin FILE"):
        SessionRecord.loads(text, "it")
