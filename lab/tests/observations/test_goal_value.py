"""Tests of the values of goals, against plain loops over predictions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from lab.cases import Case, Protocol
from lab.cases.row_facts import RowFacts
from lab.errors import LabError
from lab.evaluation import evaluate
from lab.metrics import GOALS
from lab.observations.goal_table import check_goals, goal_tables
from lab.observations.goal_value import contributions, goal_value
from lab.observations.scored_folds import scored_folds
from lab.tests.helpers.examples import TINY, make_result

FOLDS = 4
NAMES = ("y_true", "y_score")


@pytest.fixture(scope="module")
def result():
    """Return a result on a small dataset, with two repeats of four folds."""
    return evaluate(Case(TINY, "raw", "logistic_regression"), Protocol(FOLDS, repeats=2))


def made_up(split="random", rows=120, seed=0):
    """Return a result with random predictions in folds of equal size, and the facts of its rows."""
    rng = np.random.default_rng(seed)
    y = (rng.random(rows) < 0.3).astype(np.int8)
    score = np.round(np.clip(0.3 + 0.3 * y + rng.normal(0, 0.2, rows), 0.01, 0.99), 2)
    table = pd.DataFrame(
        {
            "fold": np.repeat(np.arange(FOLDS), rows // FOLDS),
            "row": np.arange(rows),
            "y_true": y,
            "y_score": score,
            "y_pred": (score > 0.5).astype(np.int8),
        }
    )
    blank = make_result(Case("made_up", "raw", "xgboost"), {"recall": [0.0] * FOLDS})
    protocol = Protocol(FOLDS, split=split)
    blank = replace(blank, predictions=table, protocol=protocol)
    amount = rng.lognormal(3, 1, rows)
    return blank, RowFacts(np.arange(rows), np.arange(rows) / 10, "days", {"amount": amount})


def value_of(name, result, facts=None, **more):
    """Return the value of a goal for a result."""
    return goal_value(
        GOALS[name], result, scored_folds(result, result.read_predictions(), facts, **more)
    )


def test_a_fold_is_judged_at_the_cutoff_of_the_other_folds():
    """F1 pools the counts of all folds, each at the cutoff that is best on the others."""
    result, _ = made_up()
    table = result.predictions
    found = value_of("f1", result)
    hits = alarms = 0
    for fold in range(FOLDS):
        others, tested = table[table.fold != fold], table[table.fold == fold]
        best = max(
            sorted(others.y_score.unique(), reverse=True),
            key=lambda cutoff: _f1(others, cutoff),
        )
        assert found.cutoffs[fold] == best
        flagged = tested[tested.y_score >= best]
        hits, alarms = hits + flagged.y_true.sum(), alarms + len(flagged)
    assert found.promised.mean == pytest.approx(2 * hits / (alarms + table.y_true.sum()))
    assert (found.tally.found, found.tally.alarms) == (hits, alarms)


def _f1(table, cutoff):
    flagged = table[table.y_score >= cutoff]
    return 2 * flagged.y_true.sum() / (len(flagged) + table.y_true.sum())


def test_in_time_only_earlier_windows_choose_cutoffs():
    """The first window chooses only: later rows change neither its choice nor count in it."""
    result, _ = made_up("time")
    found = value_of("f1", result)
    assert len(found.cutoffs) == len(found.promised.values) == FOLDS - 1
    assert found.tally.rows == len(result.predictions) * (FOLDS - 1) / FOLDS
    moved = result.predictions.copy()
    last = moved.fold == FOLDS - 1
    moved.loc[last, "y_score"] = 1 - moved.y_score[last]
    later = goal_value(GOALS["f1"], result, scored_folds(result, moved))
    assert later.cutoffs == found.cutoffs
    assert later.promised.mean != found.promised.mean


def test_goals_that_choose_nothing_count_every_window():
    """Ranking, probabilities, alerts and net benefit are measured in all windows."""
    result, facts = made_up("time")
    for name in ("rank", "probabilities", "alerts:top=2,per=day", "net_benefit"):
        assert len(value_of(name, result, facts).promised.values) == FOLDS


def test_costs_by_row_equal_a_loop_over_predictions_and_table():
    """Each row is charged what it costs; the sum per 1,000 rows is the value."""
    result, facts = made_up()
    found = value_of("cost:miss=amount,alarm=5", result, facts)
    assert found.cutoff is None
    assert set(found.cutoffs) == {None}
    tested = scored_folds(result, result.predictions, facts)[0]
    rule, total = GOALS["cost:miss=amount,alarm=5"].measured, 0.0
    for place, rows in enumerate(tested):
        known = [*tested[:place], *tested[place + 1 :]]
        chosen = rule.decide(rows, known).tally
        p = calibrated(known, rows)
        flagged = p * rows.values["amount"] > p * 5 + (1 - p) * 5
        assert chosen.alarms == flagged.sum()
        for y, alarm, amount in zip(rows.y_true, flagged, rows.values["amount"], strict=True):
            total += 5 if alarm else amount * y
    assert found.promised.mean == pytest.approx(1000 * total / len(result.predictions))
    assert found.tally.cost == pytest.approx(total)


def calibrated(known, rows):
    """Return probabilities by scikit-learn's logistic regression on log-odds, without a penalty."""
    y, score = (np.concatenate([getattr(one, name) for one in known]) for name in NAMES)
    model = LogisticRegression(C=1e4, tol=1e-10).fit(logit(score)[:, None], y)
    return model.predict_proba(logit(rows.y_score)[:, None])[:, 1]


def test_pairs_are_compared_at_the_exact_operating_point():
    """The promise may miss the bound, and says what it reaches; the comparison meets it."""
    result, _ = made_up()
    found = value_of("recall:at=0.8", result)
    tested = scored_folds(result, result.predictions)[0]
    rule = GOALS["recall:at=0.8"].measured
    exact = [rule.decide(rows, [rows]).tally for rows in tested]
    assert all(tally.found >= 0.8 * tally.positives for tally in exact)
    pooled = sum(tally.found for tally in exact) / sum(tally.alarms for tally in exact)
    assert found.compared.mean == pytest.approx(pooled)
    assert found.reached.mean == pytest.approx(found.tally.found / found.tally.positives)
    assert found.promised.mean == pytest.approx(found.tally.found / found.tally.alarms)


def test_the_cutoff_for_a_refitted_model_is_that_of_all_folds():
    """It is the best one on all out-of-fold predictions together."""
    result, _ = made_up()
    cutoffs = sorted(result.predictions.y_score.unique(), reverse=True)
    best = max(cutoffs, key=lambda cutoff: _f1(result.predictions, cutoff))
    assert value_of("f1", result).cutoff == best


def test_repeats_are_averaged(result):
    """With repeats the value is the mean over repeats, and counts are those of one repeat."""
    found = value_of("f1", result)
    assert len(found.cutoffs) == len(found.promised.values) == 2 * FOLDS
    assert found.tally.rows == result.dataset["rows"]
    each = []
    for repeat in scored_folds(result, result.read_predictions()):
        assert sum(len(rows.y_true) for rows in repeat) == result.dataset["rows"]
        each.append(goal_value(GOALS["f1"], result, [repeat]).promised.mean)
    assert found.promised.mean == pytest.approx(np.mean(each))


def test_values_do_not_depend_on_the_order_of_rows():
    """Predictions in another order of folds and rows have the same values, to the last bit."""
    result, facts = made_up()
    shuffled = result.predictions.sample(frac=1, random_state=1)
    by_fold = shuffled.sort_values(["fold", "row"])
    for name in ("f1", "rank", "alerts:top=5%", "cost", "precision", "net_benefit"):
        values = [
            goal_value(GOALS[name], result, scored_folds(result, table, facts)).promised.values
            for table in (result.predictions, by_fold)
        ]
        assert values[0] == values[1]


@pytest.mark.parametrize("ratios", [[(1, 4), (3, 4)], [(0, 3), (5, 9), (2, 2)], [(0, 0), (1, 2)]])
def test_contributions_have_the_ratio_of_sums_as_their_mean(ratios):
    """Sums are divided, so the value agrees with plain counts."""
    pooled = sum(n for n, _ in ratios) / sum(d for _, d in ratios)
    assert np.mean(contributions(ratios)) == pytest.approx(pooled)


def test_the_floor_is_the_same_prediction_for_every_row(result):
    """A constant ranks at the share of positives, and its F1 is that of flagging every row."""
    (f1, rank, brier) = goal_tables(
        GOALS.chosen(["f1", "rank", "probabilities"]), [result], type(result).read_predictions, {}
    )
    share = result.dataset["minority_rows"] / result.dataset["rows"]
    assert rank.floors[TINY].compared.mean == pytest.approx(share, abs=0.005)
    assert f1.floors[TINY].compared.mean == pytest.approx(2 * share / (1 + share))
    assert brier.floors[TINY].compared.mean == pytest.approx(share * (1 - share), abs=1e-3)


def test_the_floor_flags_every_row_also_where_shares_of_positives_differ(result):
    """In time training folds have other shares; a cutoff from the past flags all rows even so."""
    result, _ = made_up("time")
    rising = {
        name: [rows * (1 + fold * ("minority" in name)) for fold, rows in enumerate(counts)]
        for name, counts in result.class_counts.items()
    }
    result = replace(result, class_counts=rising)
    (f1,) = goal_tables(GOALS.chosen(["f1"]), [result], type(result).read_predictions, {})
    later = result.predictions[result.predictions.fold > 0]
    share = later.y_true.mean()
    assert f1.floors["made_up"].compared.mean == pytest.approx(2 * share / (1 + share))


def test_another_prevalence_moves_costs_as_more_negatives_would(result):
    """With a tenth of the positives, doing nothing costs a tenth."""
    share = result.dataset["minority_rows"] / result.dataset["rows"]
    goal = GOALS.chosen(["cost"])
    read = type(result).read_predictions
    costs = [
        goal_tables(goal, [result], read, {}, prevalence)[0].references[TINY]["do nothing"]
        for prevalence in (None, share, share / 10)
    ]
    assert costs[0] == pytest.approx(10_000 * share)
    assert costs[1] == pytest.approx(costs[0])
    assert costs[2] == pytest.approx(costs[0] / 10)


def test_a_goal_that_the_data_do_not_allow_is_refused():
    """The message names the goal, the dataset and what is missing."""
    goals = GOALS.chosen(["cost:miss=amount,alarm=5"])
    with pytest.raises(LabError, match="--goal cost:miss=amount,alarm=5: dataset 'mine'"):
        check_goals(goals, "mine", "random", None)
    check_goals(goals, "mine", "random", RowFacts(np.arange(1), values={"amount": np.ones(1)}))


@pytest.mark.parametrize(
    ("name", "time", "amount", "said"),
    [
        ("cost:miss=amount,alarm=5", 0.5, -2.0, "column 'amount' has -2 in row 8, and costs are 0"),
        ("alerts:top=1,per=hour", 1.0, 2.0, "its times are whole days, which do not tell hours"),
        ("alerts:top=1,per=hour", 0.5, 2.0, ""),
    ],
)
def test_values_and_times_are_checked_row_by_row(name, time, amount, said):
    """A cost is not negative, and hours are not told by dates."""
    facts = RowFacts(np.array([7]), np.array([time]), "days", {"amount": np.array([amount])})
    goals = GOALS.chosen([name])
    if not said:
        check_goals(goals, "mine", "time", facts)
        return
    with pytest.raises(LabError, match=said):
        check_goals(goals, "mine", "time", facts)


def test_facts_of_rows_are_found_by_their_number():
    """Rows that the table lacks, dropped before, do not shift the others."""
    facts = RowFacts(np.array([1, 4, 7]), values={"amount": np.array([10.0, 40.0, 70.0])})
    assert facts.values["amount"][facts.place(np.array([7, 1]))].tolist() == [70.0, 10.0]
    with pytest.raises(ValueError, match="row 5 has no values"):
        facts.place(np.array([1, 5]))
