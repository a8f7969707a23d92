"""Tests of recommendations in words."""

from dataclasses import replace

import pytest

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
