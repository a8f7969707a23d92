"""Tests of the descriptions of runs in MLflow."""

from dataclasses import replace

from lab.cases import Case
from lab.metrics import METRICS, TABLES
from lab.report import case_note, session_note
from lab.tests.helpers.examples import EUROS


def test_a_case_s_description_has_its_observations(record):
    """The description of a case names its strategy, and has a row for each observation."""
    note = case_note(record.results[1], record.observations, {"lab.baseline": "unchanged"})
    assert note.startswith("**smote** (")
    verdict = record.observations[0].verdict
    assert (
        f"| **{verdict}** | More of the minority is found. | recall of smote above raw > 0" in note
    )
    assert "Against the baseline: unchanged" in note


def test_a_description_leaves_out_metrics_that_the_case_lacks(record, monkeypatch):
    """A metric of amounts is in the table of a case that has it, and in no other."""
    monkeypatch.setitem(METRICS, "euros", replace(EUROS, shown=TABLES))
    result = record.results[1]
    assert "euros" not in case_note(result, [], {})
    scores = result.scores | {"euros": [1.0] * result.protocol.pairs}
    assert "| euros |" in case_note(replace(result, scores=scores), [], {})


def test_a_session_s_description_starts_with_the_recommendations(record):
    """The description of a session names the report, then the choice for each goal."""
    note = session_note(record, "report.html")
    assert "`report.html`" in note
    assert "| Rank rows by risk | " in note


def test_a_session_s_description_counts_cases_without_a_result(record):
    """If cases failed or did not finish, the description starts with the number of results."""
    cases = [Case("a", "smote", "knn"), Case("b", "smote", "mlp")]
    note = session_note(replace(record, unfinished=cases), "report.html")
    assert "**Results: 3 of 5 cases.**" in note
    assert "Rank rows by risk" not in note
    note = session_note(replace(record, results=[], unfinished=cases[:1]), "report.html")
    assert "**Results: 0 of 1 case.**" in note
