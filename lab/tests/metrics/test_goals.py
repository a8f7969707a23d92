"""Tests of the goals: their names, and what each measures, against plain loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from lab.errors import LabError
from lab.metrics import GOALS, BestCutoff, Goal, ScoredRows, net_benefit
from lab.metrics.tally import Counts
from lab.tests.helpers.scored_rows import SIZE, folds, scored, value


def decided(name, tested, known=()):
    """Return a goal's decision on tested rows."""
    return GOALS[name].measured.decide(tested, known or [tested])


@pytest.mark.parametrize(
    ("name", "key", "heading"),
    [
        ("rank", "rank", "Rank rows by risk"),
        ("precision", "precision:at=0.5", "Most positives found at 50 % precision"),
        ("recall:at=90%", "recall:at=0.9", "Fewest false alarms at 90 % recall"),
        ("fpr:at=0.05", "fpr:at=0.05", "Most positives found at 5 % false positives"),
        ("alerts:top=1%", "alerts:top=1%", "Most positives in the top 1 % of rows"),
        ("alerts:top=100", "alerts:top=100", "Most positives in the top 100 rows of a fold"),
        (
            "alerts:top=100,per=day",
            "alerts:top=100,per=day",
            "Most positives in the top 100 rows of each day",
        ),
        (
            "cost:miss=amount,alarm=5",
            "cost:miss=amount,alarm=5",
            "Lowest cost: amount a missed positive, 5 an alarm",
        ),
        (
            "cost:alarm=1,miss=10,hit=0",
            "cost:miss=10,alarm=1,hit=0",
            "Lowest cost: 10 a missed positive, 1 an alarm, 0 a right one",
        ),
        ("net_benefit", "net_benefit:at=0.1", "Highest net benefit at a threshold of 10 %"),
    ],
)
def test_goals_have_one_full_name_and_a_heading_in_plain_words(name, key, heading):
    """The full name has every option that matters, in one order; it names the same goal again."""
    goal = GOALS[name]
    assert (goal.key, goal.heading) == (key, heading)
    assert GOALS[goal.key] == goal


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("precison", "did you mean precision"),
        ("precision:at=0", "a number above 0 and up to 1"),
        ("precision:to=1", "no option 'to'"),
        ("alerts:top=0", "a number of rows such as 100, or a share such as 1%"),
        ("alerts:top=101%", "a number of rows such as 100, or a share such as 1%"),
        ("alerts:top=10,per=month", "fold or hour or day or week"),
        ("cost:miss=-1", "a cost of 0 or more, or the name of a column"),
        ("cost:miss=0", "there is nothing to decide"),
        ("cost:miss=5,alarm=5", "a missed positive costs no more than a right alarm"),
        ("cost:miss=amount,hit=amount", "a missed positive costs no more than a right alarm"),
        ("net_benefit:at=1", "a number above 0 and up to 0.99"),
        ("rank:at=1", "has no options"),
    ],
)
def test_invalid_goals_are_explained(name, said):
    """An unknown name suggests close matches, and an invalid option says what it takes."""
    with pytest.raises(LabError, match=said):
        GOALS.chosen([name])


def test_without_a_name_the_default_goals_are_chosen():
    """No name stands for the group `default`; a glob and a group add none twice."""
    default = list(GOALS.groups["default"])
    assert [goal.name for goal in GOALS.chosen([])] == default
    assert [goal.name for goal in GOALS.chosen(["rank", "default"])][:1] == ["rank"]
    assert len(GOALS.chosen(["all", "*"])) == len(GOALS)


@given(folds(1))
def test_ranking_is_average_precision(rows):
    """The ranking is scored as by scikit-learn."""
    (tested,) = rows
    expected = sk.average_precision_score(tested.y_true, tested.y_score)
    assert value(decided("rank", tested)) == pytest.approx(expected, abs=1e-12)


@given(folds(1), st.sampled_from([0.25, 0.5, 0.75]))
def test_constrained_cutoffs_are_the_best_that_meet_the_bound(rows, at):
    """On the rows that a cutoff is chosen on, no other cutoff meets the bound and finds more."""
    (tested,) = rows
    y, score = tested.y_true, tested.y_score
    at_each = [(score >= cutoff).astype(int) for cutoff in np.unique(score)]
    rates = [
        (
            sk.precision_score(y, flagged),
            sk.recall_score(y, flagged),
            sk.recall_score(1 - y, flagged),
        )
        for flagged in at_each
    ]
    best = {
        f"precision:at={at}": max([r for p, r, _ in rates if p >= at], default=0.0),
        f"recall:at={at}": max(p for p, r, _ in rates if r >= at),
        f"fpr:at={at}": max([r for _, r, f in rates if f <= at + 1e-12], default=0.0),
        "f1": max(sk.f1_score(y, flagged) for flagged in at_each),
    }
    for name, expected in best.items():
        assert value(decided(name, tested)) == pytest.approx(expected, abs=1e-12)


def test_without_a_cutoff_that_meets_the_bound_there_is_no_alarm():
    """Where half of the alarms are never right, no cutoff is chosen."""
    rows = scored([0, 0, 0, 1], [0.9, 0.8, 0.7, 0.6])
    found = decided("precision:at=0.5", rows)
    assert found.cutoff is None
    assert (found.tally.alarms, value(found)) == (0, 0)


def test_cutoffs_are_chosen_on_other_rows():
    """The tested rows do not move a cutoff, and are judged at the one chosen elsewhere."""
    known = scored([0, 0, 1, 1], [0.1, 0.4, 0.6, 0.7])
    tested = scored([0, 1, 0, 1], [0.1, 0.3, 0.65, 0.9])
    found = decided("f1", tested, [known])
    assert found.cutoff == 0.6
    assert (found.tally.alarms, found.tally.found) == (2, 1)
    assert decided("f1", tested).cutoff != found.cutoff


@given(folds(1), st.integers(1, SIZE))
def test_top_rows_are_those_with_the_highest_scores(rows, number):
    """Precision of the top rows is its mean over all orders of rows with equal scores."""
    (tested,) = rows
    order = np.argsort(-tested.y_score, kind="stable")
    y, score = tested.y_true[order], tested.y_score[order]
    edge = score[number - 1]
    above, tied = score > edge, score == edge
    expected = y[above].sum() + (number - above.sum()) * y[tied].mean()
    found = decided(f"alerts:top={number}", tested)
    assert found.tally.alarms == number
    assert found.tally.found == pytest.approx(expected, abs=1e-9)


def test_a_share_of_rows_is_at_least_one_row():
    """One percent of 40 rows is one row, and of 250 rows two; 100 % are all."""
    for rows, percent, alarms in ((40, "1%", 1), (250, "1%", 2), (40, "100%", 40)):
        tested = scored([0, 1] * (rows // 2), np.linspace(0, 1, rows))
        assert decided(f"alerts:top={percent}", tested).tally.alarms == alarms


def test_alerts_by_day_leave_out_days_that_are_cut():
    """The top rows are taken from each whole day; a day that goes on outside does not count."""
    time = np.array([0.6, 0.9, 1.1, 1.2, 1.9, 2.1, 2.2])
    rows = scored([1, 0, 1, 0, 0, 0, 1], np.linspace(0.9, 0.1, 7), time=time, unit="days")
    found = decided("alerts:top=1,per=day", rows)
    assert (found.tally.rows, found.tally.alarms, found.tally.found) == (7, 3, 2)
    cut = scored(rows.y_true, rows.y_score, time=time, unit="days", around=(0.5, 2.7))
    found = decided("alerts:top=1,per=day", cut)
    assert (found.tally.rows, found.tally.alarms, found.tally.found) == (3, 1, 1)
    weeks = scored(rows.y_true, rows.y_score, time=np.arange(7.0), unit="days")
    found = decided("alerts:top=1,per=week", weeks)
    assert found.tally.alarms == 2  # 1970 started on a Thursday, and a week on the Monday after it
    seconds = scored(rows.y_true, rows.y_score, time=time * 86400, unit="seconds")
    assert decided("alerts:top=1,per=day", seconds).tally.alarms == 3
    assert decided("alerts:top=1,per=hour", seconds).tally.alarms == 7


@pytest.mark.parametrize(
    ("name", "split", "unit", "columns", "said"),
    [
        ("alerts:top=9,per=day", "random", "days", (), "split at random, so that a fold holds"),
        ("alerts:top=9,per=day", "group", "days", (), "split by group"),
        ("alerts:top=9,per=day", "time", "", (), "its times are plain numbers"),
        ("alerts:top=9,per=day", "time", "days", (), ""),
        ("cost:miss=amount", "random", "", (), "no value column 'amount'"),
        ("cost:miss=amount", "random", "", ("amount",), ""),
        ("rank", "random", "", (), ""),
    ],
)
def test_a_goal_says_what_it_needs_of_the_data(name, split, unit, columns, said):
    """Alerts by day need dates and a split in time, costs by row their column."""
    problem = GOALS[name].problem(split, unit, columns)
    assert problem.find(said) >= 0
    assert bool(problem) is bool(said)


@given(folds(1), st.sampled_from([0.1, 0.2, 0.35, 0.5]))
def test_net_benefit_takes_probabilities_at_their_word(rows, at):
    """The goal's value is that of the public function, beside no alarm and flagging every row."""
    (tested,) = rows
    goal = GOALS[f"net_benefit:at={at}"].measured
    found = goal.decide(tested, [])
    expected = net_benefit(tested.y_true, tested.y_score, at)
    assert value(found) == pytest.approx(expected, abs=1e-12)
    every = net_benefit(tested.y_true, np.ones(SIZE), at)
    references = {name: value(one) for name, one in goal.references(tested).items()}
    assert references == {
        "do nothing": 0.0,
        "flag every row": pytest.approx(every, abs=1e-12),
    }


@given(folds(1), st.sampled_from([0.01, 0.3]))
def test_another_share_of_positives_is_that_of_repeated_rows(rows, prevalence):
    """Weights give the value of a table whose rows are repeated until the share is reached."""
    (tested,) = rows
    share = tested.y_true.mean()
    weights = ((1 - prevalence) / (1 - share), prevalence / share)
    weighted = ScoredRows(tested.y_true, tested.y_score, {}, weights=weights)
    assert np.sum(weighted.weight) == pytest.approx(SIZE)
    expected = sk.average_precision_score(
        tested.y_true, tested.y_score, sample_weight=weighted.weight
    )
    assert value(decided("rank", weighted)) == pytest.approx(expected, abs=1e-9)
    assert weighted.weight[tested.y_true == 1].sum() / SIZE == pytest.approx(prevalence)


def test_odds_follow_the_share_of_positives():
    """A shift by log 10 multiplies the odds by ten, and moves the threshold of the scores back."""
    shift = math.log(10)
    rows = scored([0, 1], [0.01, 0.5], shift=shift)
    assert rows.probability == pytest.approx([10 / 109, 10 / 11])
    found = GOALS["net_benefit:at=0.1"].measured.decide(rows, [])
    assert found.cutoff == pytest.approx(1 / 91)
    assert found.tally.alarms == 1


@given(folds())
def test_counts_of_several_folds_are_those_of_their_rows_together(rows):
    """Merged counts equal the counts of all rows in one set."""
    merged = Counts.of([one.counts for one in rows])
    y, score = (np.concatenate([getattr(r, n) for r in rows]) for n in ("y_true", "y_score"))
    together = ScoredRows(y, score, {}).counts
    for name in ("score", "false", "true"):
        assert getattr(merged, name).tolist() == getattr(together, name).tolist()


def test_a_goal_of_ones_own_takes_ten_lines():
    """A registered goal is listed, has a cutoff, and is removed again."""

    def f2(tally):
        return 5 * tally.found, tally.alarms + 4 * tally.positives

    goal = Goal("f2", "Recall twice as important", "", lambda: BestCutoff(f2), metric="F2")
    GOALS.register(goal)
    try:
        (found,) = GOALS.chosen(["f2"])
        rows = scored([0, 1, 0, 1], [0.1, 0.3, 0.65, 0.9])
        assert found.measured.decide(rows, [rows]).cutoff == 0.3
    finally:
        GOALS.unregister("f2")
