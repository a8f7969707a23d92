"""Tests of recommendations in words."""

from dataclasses import replace

import numpy as np
import pytest

from lab.cases import Case
from lab.observations.shortage import FEWEST_POSITIVES
from lab.report import page, recommendation_table, session_note
from lab.report.recommendation import by_dataset
from lab.tests.helpers.examples import answers_of, text_of


def printed(answers, width):
    """Return the table of the first group of answers."""
    return text_of(recommendation_table(next(iter(by_dataset(answers).values())), width))


@pytest.fixture
def useless(record):
    """Return a session in which scores are random."""
    rng = np.random.default_rng(0)
    drawn = [
        result.predictions.assign(y_score=rng.random(len(result.predictions)))
        for result in record.results
    ]
    results = [
        replace(result, predictions=predictions)
        for result, predictions in zip(record.results, drawn, strict=True)
    ]
    return replace(record, results=results, answers=answers_of(results))


def test_a_score_of_flagging_every_row_is_nothing_usable(useless):
    """A sentence has both figures: in the closing lines, the description of the run, the page."""
    one = next(answer for answer in useless.answers if answer.goal == "f1")
    reason = (
        f"F1 {one.choice.score:.3f} of {one.choice} is not shown to be better than the same "
        f"prediction for every row, {one.floor:.3f}"
    )
    text = " ".join(printed(useless.answers, 120).split())
    assert f"Balance precision and recall nothing usable {reason}" in text
    assert f"| nothing usable | {reason} |" in session_note(useless, "report.html")
    text = page(useless)
    row = text[text.index(">Balance precision and recall") : text.index(">Trust the prob")]
    assert "<b>nothing usable</b>" in row
    assert "not shown to be better than the same prediction for every row" in row


def test_few_positives_are_no_basis_for_a_recommendation(record):
    """With fewer positives than it takes, that is said in place of every recommendation."""
    few = FEWEST_POSITIVES - 1
    results = [
        replace(result, dataset=result.dataset | {"minority_rows": few})
        for result in record.results
    ]
    name = results[0].case.dataset
    said = f"No recommendation: it takes {FEWEST_POSITIVES} positives, and {name} has {few}."
    small = replace(record, results=results, answers=answers_of(results))
    assert printed(small.answers, 200) == f"{said}\n\n"
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
    results = [*record.results, *small]
    both = replace(record, results=results, answers=answers_of(results))
    assert "and small has 3." in printed(both.answers, 200)
    text = page(both)
    assert text.count("and small has 3.") == 2  # over datasets, and on this one
    assert text.count('class="recommendation"') == 1


def test_datasets_of_like_names_keep_their_failures_apart(record):
    """A case of `churn-eu` that failed is not counted among those of `churn`."""
    results = [
        replace(result, case=replace(result.case, dataset=name))
        for name in ("churn", "churn-eu")
        for result in record.results[:2]
    ]
    found = by_dataset(answers_of(results, [Case("churn-eu", "smote", "xgboost")]))
    assert {dataset: ones[0].candidates for dataset, ones in found.items()} == {
        None: 2,
        "churn": 1,
        "churn-eu": 2,
    }
