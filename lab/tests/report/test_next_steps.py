"""Tests of next steps."""

from dataclasses import replace

import pytest

from lab.cases import Case
from lab.report.next_steps import next_steps
from lab.tests.helpers.examples import answers_of


def commands(record):
    """Return the added options, or the command, of each step."""
    return [step.added or step.command for step in next_steps(record)]


def standing(record, name):
    """Return the record with one standing of all answers."""
    return replace(record, answers=[replace(one, standing=name) for one in record.answers])


def test_open_questions_need_more_repeats(own):
    """If a better score is not settled, the session's own command gets more repeats."""
    assert commands(standing(own, "not_shown"))[0] == "--repeats 3"
    protocol = replace(own.session.protocol, repeats=3)
    repeated = replace(own, session=replace(own.session, protocol=protocol))
    assert commands(standing(repeated, "not_shown"))[0] == "--repeats 6"
    assert not any("--repeats" in line for line in commands(standing(own, "raw_is_best")))


def test_windows_in_time_cannot_be_repeated(own):
    """There the step is to add rows."""
    results = [replace(one, protocol=replace(one.protocol, split="time")) for one in own.results]
    first = next_steps(standing(replace(own, results=results), "not_shown"))[0]
    assert first.text.startswith("Add rows")
    assert first.added == first.command == ""


def test_more_strategies_are_tried_if_none_is_better(own):
    """A session of the default strategies has others to try."""
    core = [one for one in own.results if one.case.strategy in ("raw", "smote")]
    record = standing(replace(own, results=core), "raw_is_best")
    line = "--strategy standard"
    assert line in commands(record)
    assert line not in commands(standing(record, "better"))
    assert line not in commands(standing(own, "raw_is_best"))  # has further strategies


def test_a_recommendation_leads_to_its_model_and_to_own_costs(own):
    """What the session already has is left out."""
    found = commands(own)
    assert "--reuse --log-models" in found
    assert f"lab answer {own.session.id} --goal cost:miss=10,alarm=1" in found
    answers = answers_of(own.results, goals=["cost:miss=5,alarm=1"])
    logged = replace(own.session, command=f"{own.session.command} --log-models")
    found = commands(replace(own, session=logged, answers=answers))
    assert not any(part in line for part in ("--reuse", "lab answer") for line in found)


def test_what_is_unknown_of_own_data_is_asked_for(own):
    """A table without times or groups may have a column for them."""
    bare = {
        name: [one for one in columns if one.treatment not in ("time", "group")]
        for name, columns in own.columns.items()
    }
    options = ("--time COLUMN", "--group COLUMN", "--holdout FILE")
    for columns, expected in ((bare, [1, 1, 1]), (own.columns, [0, 0, 1])):
        found = " ".join(commands(replace(own, columns=columns)))
        assert [found.count(option) for option in options] == expected


def test_bundled_data_lead_to_own_data(record):
    """The last step is the same question about a table of one's own."""
    assert "--data FILE --target COLUMN" in commands(record)[-1]


@pytest.mark.parametrize("answers", [False, True])
def test_an_unfinished_session_is_finished_first(own, answers):
    """Nothing else is asked for before all cases have a result."""
    left = replace(own, unfinished=[Case("a", "raw", "knn")])
    left = left if answers else replace(left, answers=[])
    assert commands(left) == ["--reuse"]
    assert next_steps(replace(own, answers=[])) == []
