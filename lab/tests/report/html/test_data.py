"""Tests of the facts about the user's own data."""

from dataclasses import replace

from lab.report import page
from lab.report.html.data import data_facts
from lab.tests.helpers.examples import TINY

SPLIT = "split in time by 'day': 5 windows, each tested after a fit to all rows before it"
SEEN = "3 of 90 test rows have a 'who' that is also in their training rows"


def noted(record, *notes):
    """Return the record with these notes of every result."""
    return replace(record, results=[replace(one, notes=list(notes)) for one in record.results])


def test_bundled_data_have_no_facts(record):
    """Only tables of the user have columns to tell of."""
    assert list(data_facts(record)) == []


def test_columns_are_told_by_their_part(own):
    """Times, groups, features and what was left out each have a line."""
    (data,) = data_facts(own)
    assert data.name == TINY
    assert data.share == 0.15
    assert data.period == "from 2025-01-01 to 2025-06-30 (day)"
    assert data.groups == "40 groups (who)"
    assert data.features == "a<b, x"
    assert data.left_out == ["a column without a name (identifier)"]
    assert data.tested == ["3 folds at random, each with the same share of positives"]


def test_notes_of_the_data_are_sorted(own):
    """The split, rows without a target and warnings are found among the notes of a result."""
    notes = ["dropped: 4 rows without a value of hurt", "WARNING: one", SPLIT, SEEN, "WARNING: one"]
    (data,) = data_facts(replace(noted(own, *notes), remarks=[f"WARNING: {TINY}: two", "three"]))
    assert data.left_out[0] == "4 rows without a value of hurt"
    assert data.tested == [SPLIT, SEEN]
    assert data.warnings == ["one", "two"]


def test_warnings_stand_beside_the_facts(own):
    """The page shows the warnings of own data once, before the recommendation."""
    text = page(noted(own, "WARNING: 10 rows are <copies>"))
    shown = text[: text.index('id="recommendation"')]
    assert shown.count("10 rows are &lt;copies&gt;") == 1
