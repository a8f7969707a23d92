"""Tests of strategies with options set in their names."""

import re

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler

from lab import datasets
from lab.cases import Case, Protocol
from lab.errors import LabError, NotApplicableError
from lab.evaluation.cross_validation import evaluate
from lab.evaluation.definition import definition
from lab.evaluation.pipelines import pipeline
from lab.options import OptionError, declared, number, written
from lab.strategies import STRATEGIES, Strategy
from lab.tests.helpers.examples import PAIRS, SMALL, mixed_dataset

MODEL = {**dict(reversed(PAIRS)), "rus_boost": "decision_tree"}
OPTIONS = [(name, option) for name in STRATEGIES for option in STRATEGIES[name].options]
WITH_RATIO = [name for name, option in OPTIONS if option == "sampling_strategy"]
FEW = "the classes are more balanced than sampling_strategy asks for"


@pytest.fixture
def use(monkeypatch):
    """Return a function that makes the evaluation load a mixed dataset."""

    def load(**options):
        data = mixed_dataset(**options)
        monkeypatch.setattr(datasets, "load", lambda _name: data)
        return data

    return load


def another(strategy, name):
    """Return a value of an option that is not its default, as text."""
    option = declared(STRATEGIES[strategy].options)[name]
    candidates = [*option.words, "2", "3", "0.5", "0.25"]
    return next(
        text for text in candidates if takes(option, text) and text != written(option.default)
    )


def takes(option, text):
    """Return whether an option takes a value."""
    try:
        return option.parse(text) is not None
    except ValueError:
        return False


@pytest.mark.parametrize(("strategy", "option"), OPTIONS)
def test_every_option_has_an_effect(use, strategy, option):
    """Another value than the default gives another pipeline, which can be evaluated."""
    data, usual = use(), strategy
    value = another(strategy, option)
    name = f"{strategy}:{option}={value}"
    if strategy in SMALL and option != "n_estimators":
        usual = SMALL[strategy]
        name = f"{usual},{option}={value}"
    case, default = (Case("mixed", one, MODEL[strategy]) for one in (name, usual))
    one, other = (definition(pipeline(case, data, data.y, 0)) for case in (case, default))
    assert one != other
    result = evaluate(case, Protocol(2))
    assert result.case.strategy == name
    assert result.definition == one
    assert np.isfinite(list(result.scores.values())).all()


@pytest.mark.parametrize("strategy", ["random_over", "smote", "smotenc", "random_under"])
def test_sampling_strategy_is_the_ratio_of_classes(use, strategy):
    """A ratio of 0.5 leaves one minority row for two majority rows."""
    use()
    name = f"{strategy}:sampling_strategy=0.5"
    counts = evaluate(Case("mixed", name, "decision_tree"), Protocol(2)).class_counts
    minority, majority = (counts[f"resampled_{label}_rows"] for label in ("minority", "majority"))
    assert [2 * rows for rows in minority] == pytest.approx(majority, abs=1)


@pytest.mark.parametrize("strategy", WITH_RATIO)
def test_a_ratio_below_that_of_the_data_is_not_applicable(use, strategy):
    """A sampler cannot make the classes less balanced: the case is skipped with the reason."""
    use(every=4)
    name = f"{strategy}:sampling_strategy=0.1"
    case = Case("mixed", name, MODEL[strategy])
    with pytest.raises(NotApplicableError, match=f"{case.id}: in a training fold {FEW}"):
        evaluate(case, Protocol(2))


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("smote:k_neighbors=3", ""),
        ("smote:k_neighbors=4", "3 of 4 neighbours"),
        ("smotenc:k_neighbors=9", "3 of 9 neighbours"),
        ("smote_tomek:k_neighbors=4", "3 of 4 neighbours"),
        ("borderline_smote:k_neighbors=4", "3 of 4 neighbours"),
        ("adasyn:n_neighbors=4", "3 of 4 neighbours"),
        ("adasyn", "3 of 5 neighbours"),
        ("near_miss:n_neighbors=5", "4 of 5 neighbours"),
    ],
)
def test_few_rows_limit_the_neighbours_that_are_asked_for(use, name, note):
    """As many neighbours are used as exist, and the note also has the number asked for."""
    use(every=40)
    result = evaluate(Case("mixed", name, "decision_tree"), Protocol(3))
    notes = [text for text in result.notes if "neighbours where" in text]
    assert notes == ([f"{note} where a training fold has 4 minority rows"] if note else [])


def test_a_calibrated_smote_notes_its_own_number(use):
    """SMOTE within inner folds has even fewer rows, and the note has its own numbers."""
    use(every=40)
    case = Case("mixed", "smote_calibrated:k_neighbors=4", "decision_tree")
    notes = evaluate(case, Protocol(3)).notes
    assert any("2 of 4 neighbours where a training fold has 3" in note for note in notes)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("threshold_cost", "costs 10 false alarms"),
        ("threshold_cost:ratio=50", "costs 50 false alarms"),
        ("threshold_cost:ratio=2.5", "costs 2.5 false alarms"),
        ("balanced_bagging:n_estimators=20", "20 models"),
        ("all_knn:n_neighbors=7", "1 to 7 neighbours"),
    ],
)
def test_a_title_has_the_value_of_the_option(name, title):
    """A number in a title is that of the strategy in question."""
    assert title in STRATEGIES[name].title


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("threshold_cost:ratio=0", "'ratio' takes a number above 0, not '0'"),
        ("threshold_cost:cost=3", "no option 'cost': choose from ratio (a number above 0;"),
        ("threshold_cost:ratio=2,ratio=3", "option 'ratio' is set twice"),
        ("smote:k=3", "strategy 'smote' has no option 'k': choose from k_neighbors (an integer"),
        ("smote:sampling_strategy=2", "takes a number above 0 and up to 1, or auto, not '2'"),
        ("borderline_smote:kind=3", "'kind' takes borderline-1 or borderline-2, not '3'"),
        ("raw:k=3", "strategy 'raw' has no options: leave ':k=3' out"),
        ("smoat:k=3", "unknown strategy 'smoat:k=3'"),
    ],
)
def test_invalid_options_are_explained(name, message):
    """An unknown option or an invalid value is an error that lists the valid ones."""
    with pytest.raises(LabError, match=re.escape(message)):
        STRATEGIES[name]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("threshold_cost:ratio=20.0", "threshold_cost:ratio=20"),
        ("threshold_cost:ratio=2e1", "threshold_cost:ratio=20"),
        ("threshold_cost:ratio=10", "threshold_cost"),
        ("threshold_cost:ratio=0.5", "threshold_cost:ratio=0.5"),
        ("threshold_cost:ratio=1e-5", "threshold_cost:ratio=0.00001"),
        ("threshold_cost:ratio=12345678.9", "threshold_cost:ratio=12345678.9"),
        ("smote:sampling_strategy=auto,k_neighbors=5.0", "smote"),
        ("smote:sampling_strategy=.50,k_neighbors=3", "smote:k_neighbors=3,sampling_strategy=0.5"),
        ("borderline_smote:kind=borderline-2", "borderline_smote:kind=borderline-2"),
    ],
)
def test_a_strategy_with_options_has_one_name(given, name):
    """Numbers are written in one way, options are sorted, and defaults are left out."""
    assert STRATEGIES[given].name == name
    assert STRATEGIES.select([given]) == [name]
    assert STRATEGIES.is_permanent(given) is (given == name)


def steps(model, _y, seed):
    """Return the model only, as a user's strategy without options does."""
    return [("model", model.make(seed))]


def steps_with_ratio(model, _y, seed, ratio):
    """Return a sampler with a ratio, and the model."""
    sampler = RandomOverSampler(sampling_strategy=ratio, random_state=seed)
    return [("repeat", sampler), ("model", model.make(seed))]


def steps_with_any(model, y, seed, **options):
    """Return a sampler, given all options as keywords."""
    return steps_with_ratio(model, y, seed, options["ratio"])


def raw_columns(_dataset, _y, seed):
    """Return a sampler for raw columns, without options."""
    return [("repeat", RandomOverSampler(sampling_strategy=0.3, random_state=seed))]


def raw_columns_with_ratio(_dataset, _y, seed, ratio):
    """Return a sampler for raw columns, with a ratio."""
    return [("repeat", RandomOverSampler(sampling_strategy=ratio, random_state=seed))]


RATIO = {"ratio": number(0.5, most=1)}


@pytest.mark.parametrize(
    ("strategy", "ratio"),
    [
        (Strategy("mine", "", steps), 20 / 140),
        (Strategy("mine", "", steps_with_ratio, options=RATIO), 0.25),
        (Strategy("mine", "", steps_with_ratio, options={"ratio": 0.5}), 0.25),
        (Strategy("mine", "", steps_with_any, options=RATIO), 0.25),
        (Strategy("mine", "", steps, on_raw_columns=raw_columns), 0.3),
        (Strategy("mine", "", steps, on_raw_columns=raw_columns_with_ratio, options=RATIO), 0.25),
        (Strategy("mine", "", steps_with_ratio, on_raw_columns=raw_columns, options=RATIO), 0.5),
    ],
)
def test_functions_of_users_get_the_options_that_they_take(use, monkeypatch, strategy, ratio):
    """Functions of three arguments work as ever; options go to those with parameters for them."""
    use()
    monkeypatch.setitem(STRATEGIES, "mine", strategy)
    name = f"mine:ratio={ratio}" if strategy.options else "mine"
    case = Case("mixed", STRATEGIES[name].name, "decision_tree")
    counts = evaluate(case, Protocol(3)).class_counts
    found = np.divide(counts["resampled_minority_rows"], counts["resampled_majority_rows"])
    assert found == pytest.approx([ratio] * 3, abs=0.01)


def test_an_option_that_no_function_takes_is_an_error():
    """A misspelt option would never have an effect, so the strategy cannot be made."""
    with pytest.raises(OptionError, match="strategy 'mine': steps must have a parameter 'raito'"):
        Strategy("mine", "", steps_with_ratio, options={"raito": 0.5, "ratio": 0.5})


def test_an_option_of_a_user_is_checked():
    """A plain default of an integer makes an option for integers."""

    def some(model, y, seed, k):
        return steps(model, y, seed)

    mine = Strategy("mine", "{k} of them", some, options={"k": 3})
    assert mine.with_options("k=4.0").title == "4 of them"
    with pytest.raises(OptionError, match=r"takes an integer above 0, not '4\.5'"):
        mine.with_options("k=4.5")
