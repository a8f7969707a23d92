"""Tests of recommendations in words."""

from dataclasses import replace

import pytest

from lab.observations.shortage import FEWEST_POSITIVES
from lab.report import page, recommendation_table, session_note
from lab.tests.helpers.examples import text_of


@pytest.fixture
def useless(record):
    """Return a session in which F1 is that of flagging every row: 15 % are positive."""
    f1 = ([0.0, 0.0, 0.0], [0.25, 0.26, 0.27])
    results = [
        replace(result, scores=result.scores | {"f1_score": values})
        for result, values in zip(record.results, f1, strict=False)
    ]
    return replace(record, results=results)


def test_a_score_of_flagging_every_row_is_nothing_usable(useless):
    """A sentence has both figures: in the closing lines, the description of the run, the page."""
    reason = (
        "F1 0.260 of smote with logistic_regression is not shown to be better than "
        "flagging every row, 0.261"
    )
    text = " ".join(text_of(recommendation_table(useless.results, 120)).split())
    assert f"nothing usable {reason}" in text
    assert f"| nothing usable | {reason} |" in session_note(useless, "report.html")
    text = page(useless)
    row = text[text.index("decide, precision and recall alike") : text.index("trust the prob")]
    assert "<b>nothing usable</b>" in row
    assert "not shown to be better than flagging every row<br>" in row
    assert "0.261" in row


def test_few_positives_are_no_basis_for_a_recommendation(record):
    """With fewer positives than it takes, that is said in place of every recommendation."""
    few = FEWEST_POSITIVES - 1
    results = [
        replace(result, dataset=result.dataset | {"minority_rows": few})
        for result in record.results
    ]
    name = results[0].case.dataset
    said = f"No recommendation: it takes {FEWEST_POSITIVES} positives, and {name} has {few}."
    assert text_of(recommendation_table(results, 200)) == f"{said}\n\n"
    small = replace(record, results=results)
    assert said in session_note(small, "report.html")
    assert said in page(small)
    assert 'class="recommendation"' not in page(small)


def test_a_dataset_with_few_positives_has_no_part_in_means(record):
    """If one dataset has too few positives, only the other has a recommendation."""
    small = [
        replace(result, case=replace(result.case, dataset="small"), dataset=result.dataset | more)
        for result in record.results
        for more in [{"minority_rows": 3, "digest": "small"}]
    ]
    both = replace(record, results=[*record.results, *small])
    assert "and small has 3." in text_of(recommendation_table(both.results, 200))
    text = page(both)
    assert text.count("and small has 3.") == 2  # over datasets, and on this one
    assert text.count('class="recommendation"') == 1
