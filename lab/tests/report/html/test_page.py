"""Tests of the report's page, of the record it is made from, and of the descriptions of runs."""

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lab.cases import Case, Protocol
from lab.evaluation import evaluate
from lab.evaluation.curves import Curves
from lab.observations import Observation, gain
from lab.observations.effects import Verdict
from lab.report import case_note, page, session_note
from lab.report.html.page import all_answers
from lab.report.session_record import Record, RecordError
from lab.tests.helpers.examples import TINY

FACTS = {
    "id": "20260102-030405-abcd",
    "started": "2026-01-02 03:04",
    "seconds": 1.0,
    "outcome": "passed",
    "protocol": {"folds": 3, "repeats": 1, "seed": 0},
    "command": "pytest benchmarks --data '<b>.csv'",
    "commit": "",
    "experiment": "mlflow-lab",
    "run_id": "0" * 32,
    "versions": {"python": "3"},
}
VOID = {"meta", "link", "input", "br", "path", "circle", "rect"}
OPTIONAL = {"li", "td", "th", "tr", "tbody", "thead"}  # whose end HTML does not ask for


class Reader(HTMLParser):
    """Notes what a page refers to, and whether what it opens is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.texts = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Note a start."""
        named = dict(attributes)
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named[name] for name in ("href", "src") if name in named]
        if tag not in VOID | OPTIONAL:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Note an end."""
        if tag not in VOID | OPTIONAL:
            assert self.open.pop() == tag

    def handle_data(self, data):
        """Note a text."""
        self.texts.append(data.strip())


@pytest.fixture(scope="module")
def record():
    """Return the record of a session on one small dataset."""
    strategies = ("raw", "smote", "smote_before_split")
    results = [evaluate(Case(TINY, s, "logistic_regression"), Protocol(3)) for s in strategies]
    observation = Observation(
        "recall_rises",
        results[1].case.id,
        gain(results[1], results[0], "recall") > 0,
        Verdict.HOLDS,
        sentence="More of the minority is found.",
    )
    results[0].notes.append("a note with <tags> & such")
    return Record(
        session=FACTS,
        results=results,
        curves={result.case.id: Curves.of(result).kept() for result in results},
        runs={result.case.id: "f" * 32 for result in results},
        observations=[observation.record()],
        comparisons=[],
        remarks=["smotenc is left out, there is no categorical column"],
        failures={},
        left=[],
    )


def test_a_page_is_whole_and_needs_nothing_else(record):
    """Tags are closed, ids are unique, and every link leads to a place in the page."""
    read = Reader(page(record))
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    places = {f"#{name}" for name in read.ids} | {"data:,"}
    assert set(read.links) <= places
    assert "More of the minority is found." in " ".join(read.texts)


def test_datasets_of_like_names_keep_their_failures_apart(record):
    """A case of `churn-eu` that failed is not counted among those of `churn`."""
    results = [
        replace(result, case=replace(result.case, dataset=name))
        for name in ("churn", "churn-eu")
        for result in record.results[:2]
    ]
    failed = {"churn-eu-smote-xgboost": "it failed"}
    answers = all_answers(replace(record, results=results, failures=failed), ["churn", "churn-eu"])
    tried = {group["dataset"]: group["answers"][0].tried for group in answers}
    assert tried == {"": 2, "churn": 1, "churn-eu": 2}


def test_what_users_write_is_text(record):
    """Names and notes with tags in them are shown, not read as tags."""
    text = page(record)
    assert "<b>.csv" not in text
    assert "a note with &lt;tags&gt; &amp; such" in text


def test_a_mistake_is_marked_and_never_advised(record):
    """What lets test rows reach a fit is shown as a mistake, without a shade or an answer."""
    text = page(record)
    answer = text[text.index('id="answer"') : text.index('id="trade-off"')]
    assert "smote_before_split" not in answer
    assert "a mistake" in text
    rows = re.findall(r'<tr data-case="[^"]*smote_before_split[^"]*">.*', text)
    assert len(rows) == 1
    assert "--h" not in rows[0]


def test_a_record_is_read_back_as_it_was(record):
    """The page of a record that was written and read is the same to the last byte."""
    again = Record.loads(record.dumps(), "it")
    assert page(again) == page(record)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 0}', '{"format": 2, "results": []}'])
def test_what_is_no_record_is_refused_in_a_sentence(text):
    """Anything else than the record of a session is named."""
    with pytest.raises(RecordError, match="nonsense"):
        Record.loads(text, "nonsense")


def test_a_page_without_results_says_so(record):
    """A session in which every case failed has a page, too."""
    empty = Record(FACTS, [], {}, {}, [], [], ["all was left out"], {}, [])
    assert "all was left out" in page(empty)


def test_what_failed_or_is_left_stands_at_the_top(record):
    """Failed cases are named with their reasons; from a part of the cases nothing is answered."""
    failed = replace(record, failures={"a-smote-knn": "could not be evaluated: no luck"})
    text = page(failed)
    assert "3 of 4 cases have a result; what is below" in text
    assert "<b>a-smote-knn</b>: could not be evaluated: no luck" in text
    assert 'class="answers"' in text
    session = FACTS | {"outcome": "interrupted"}
    text = page(replace(record, session=session, left=["a-smote-knn", "b-smote-m"]))
    assert "This session was interrupted" in text
    assert "a-smote-knn, b-smote-m" in text
    assert 'class="answers"' not in text
    assert "3 of 5 cases have a result." in session_note(replace(record, left=["a", "b"]), "it")


def test_each_statement_has_a_table_of_its_own(record):
    """Observations of one name that state different things do not share a heading."""
    first = record.observations[0]
    other = replace(first, statement="recall of other above raw > 0")
    text = page(replace(record, observations=[first, other]))
    assert len(re.findall("stated: recall of ", text)) == 2


def test_a_damaged_score_is_refused_in_a_sentence(record):
    """A record without a metric, or with one that is no number, is refused by the case's id."""
    case = record.results[0].case.id
    for broken in (None, [math.nan, 0.5, 0.5]):
        content = json.loads(record.dumps())
        if broken is None:
            del content["results"][0]["scores"]["recall"]
        else:
            content["results"][0]["scores"]["recall"] = broken
        with pytest.raises(RecordError, match=f"recall of {re.escape(case)}"):
            Record.loads(json.dumps(content), "it")


def test_a_case_s_description_says_what_was_expected_and_observed(record):
    """It names strategy and model, and has a row for each observation."""
    note = case_note(record.results[1], record.observations, {"lab.baseline": "unchanged"})
    assert note.startswith("**smote** (")
    verdict = record.observations[0].verdict
    assert (
        f"| **{verdict}** | More of the minority is found. | recall of smote above raw > 0" in note
    )
    assert "Against the baseline: unchanged" in note


def test_a_session_s_description_starts_with_the_answers(record):
    """It names the report, then what to use for which goal."""
    note = session_note(record, "report.html")
    assert "`report.html`" in note
    assert "| rank rows by risk | " in note
