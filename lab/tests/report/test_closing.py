"""Tests of the closing lines of a session."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab.baseline.comparison import Comparison, Status
from lab.baseline.update import Update
from lab.cases import Case
from lab.report import Closing, closing_lines
from lab.tests.helpers.examples import make_observation, text_of

CASE = Case("a", "smote", "xgboost")


def printed(closing):
    """Return the closing lines without their bold marks."""
    return text_of(closing_lines(closing, 100))


def test_a_session_without_facts_ends_in_silence():
    """If no test was selected, nothing is printed."""
    assert printed(Closing()) == ""


def test_sections_follow_each_other(record):
    """Scores come first, then remarks, observations, the recommendation and the report."""
    closing = Closing(
        results=record.results,
        remarks=["smotenc is skipped, there is no categorical column"],
        reused=1,
        no_claims="only one dataset",
        observations=record.observations,
        answers=record.answers,
        where=["Report: `lab report`"],
    )
    text = printed(closing)
    parts = [
        "= MLflow Lab =",
        "recall",
        "smotenc is skipped, there is no categorical column\n\n",
        "--reuse: stored results for 1 of 3 cases\n\n",
        "No claims over datasets: only one dataset\n\n",
        "1 observation: ",
        "Recommendation (",
        "Report: `lab report`\n",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert text.endswith(parts[-1])


def test_claims_and_new_verdicts_have_tables():
    """Claims over datasets and verdicts that no mark expects are tables, others are counted."""
    claim = make_observation("xgboost", "holds", name="smote_is_best")
    new = make_observation(CASE.id, "inconclusive", None)
    text = printed(Closing(observations=[claim, new], unmarked=[(CASE, new)]))
    assert "mean over 6 datasets  xgboost\nsmote_is_best" in text
    assert "smote: recall_rises  +0.100 \u00b10.100 inconclusive" in text
    assert "2 observations: 1 hold, 1 inconclusive, 0 contradicted" in text


def test_without_a_case_to_compute_claims_are_not_mentioned():
    """If no case can be computed, only that is said."""
    assert printed(Closing(nothing_to_do=True, no_claims="one dataset")) == (
        "No case can be computed.\n\n"
    )


def test_a_baseline_that_does_not_exist_is_named(tmp_path):
    """The option that records a missing baseline is named once for each file."""
    (tmp_path / "here.json").touch()
    files = [tmp_path / name for name in ("mine.json", "here.json", "mine.json")]
    assert printed(Closing(baselines=files)) == (
        "No baseline for these cases yet: --update-baseline records them in "
        f"{tmp_path / 'mine.json'}\n\n"
    )


def test_an_update_of_the_baseline_is_summed_up():
    """The changes of each updated file are counted; if there are none, the reason is given."""
    changes = [Comparison(CASE.id, Status.NEW)]
    text = printed(Closing(updates={Path("mine.json"): Update(1, changes, [])}))
    assert text.startswith("mine.json: 1 case recorded: 1 new, 0 changed, 0 unchanged\n")
    text = printed(Closing(update_error="the disk is full"))
    assert text == "The baseline was not recorded: the disk is full\n\n"


def test_moves_against_the_baseline_are_listed():
    """A case that moved stands in a line of its own."""
    moved = Comparison(CASE.id, Status.REGRESSED)
    assert f"\n  {CASE.id}: regressed: " in printed(Closing(comparisons=[moved]))


@pytest.mark.parametrize(
    ("unlogged", "what"),
    [
        ({CASE: "no route"}, "1 case"),
        ({CASE: "no route", None: "given up"}, "1 case"),
        ({None: "no route"}, "the session's own run"),
    ],
)
def test_what_could_not_be_logged_takes_the_place_of_the_recommendation(record, unlogged, what):
    """The number of cases, the address and the first reason are given, and the remedy."""
    facts = {"results": record.results, "answers": record.answers, "where": ["Runs"]}
    closing = Closing(**facts, unlogged=unlogged, address="http://x")
    *_, error, remedy = printed(closing).splitlines()
    assert error == f"{what} could not be logged to http://x: no route"
    assert "--reuse" in remedy
    assert "Recommendation" not in printed(closing)


def test_without_some_cases_there_is_no_recommendation(record):
    """Cases that did not finish are counted; those that failed are left out and counted."""
    facts = {"results": record.results, "answers": record.answers, "where": ["Runs: here"]}
    closing = Closing(**facts, unfinished=[CASE])
    text = printed(closing)
    assert text.endswith("No recommendation: 1 case did not finish.\n\nRuns: here\n")
    text = printed(replace(closing, unfinished=[], failures={CASE: "no luck"}, missing=1))
    assert "\nWithout 1 case that could not be evaluated\n" in text
