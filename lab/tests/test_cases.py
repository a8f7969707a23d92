"""Tests of the ids of cases, and of what a protocol asks of the data."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lab.cases import Case, Protocol, ProtocolError, check_folds, situation
from lab.errors import UnknownNameError
from lab.models import MODELS
from lab.options import declared
from lab.strategies import STRATEGIES
from lab.tests.helpers.examples import dataset_of

DATASETS = ["churn", "churn-eu", "a-raw", "synthetic:rows=300,minority=1e-3", "nursery"]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("strategy", ["raw", "smote", "threshold_cost:ratio=0.5"])
@pytest.mark.parametrize("model", ["xgboost", "knn"])
def test_an_id_parses_to_its_case(dataset, strategy, model):
    """Hyphens in the name of a dataset do not move the place where the strategy begins."""
    case = Case(dataset, strategy, model)
    assert Case.parse(case.id) == case


def values(option):
    """Return values that an option takes, as somebody may write them."""
    words = st.sampled_from(option.words) if option.words else st.nothing()
    if option.kind is str:
        return words
    if option.kind is int:
        return words | st.integers(1, min(option.most, 10**9)).map(str)
    most = min(option.most, 1e9)
    return words | st.floats(0, most, exclude_min=True).map(repr)


@st.composite
def strategy_names(draw):
    """Return the name of any strategy, with any of its options in any order."""
    name = draw(st.sampled_from(sorted(STRATEGIES)))
    options = declared(STRATEGIES[name].options)
    chosen = draw(st.permutations(sorted(options)))[: draw(st.integers(0, len(options)))]
    given = [f"{option}={draw(values(options[option]))}" for option in chosen]
    return f"{name}:{','.join(given)}" if given else name


@given(st.text("ab-", min_size=1), strategy_names(), st.sampled_from(sorted(MODELS)))
def test_any_name_of_a_dataset_and_any_options_parse(dataset, given, model):
    """However a file is called and options are written, the id parses, and options keep values."""
    strategy = STRATEGIES[given].name
    case = Case(dataset, strategy, model)
    assert Case.parse(case.id) == case
    assert STRATEGIES[strategy].values == STRATEGIES[given].values


def test_a_hyphen_in_an_option_is_not_the_end_of_a_strategy():
    """A word such as borderline-2 is read whole, also where a name begins like another."""
    word = Case("a-raw", "borderline_smote:kind=borderline-2", "knn")
    assert Case.parse("a-raw-borderline_smote:kind=borderline-2-knn") == word
    with pytest.raises(UnknownNameError):
        Case.parse("a-borderline_smote:kind=borderline-1-knn")  # the default is not written


@pytest.mark.parametrize(
    "name", ["", "raw", "nursery-raw", "nursery-raw-", "-raw-knn", "nursery-knn-raw", "n-tomek-knn"]
)
def test_what_is_no_id_is_an_error(name):
    """An id without a dataset, or with an unknown strategy or model, is an error that quotes it."""
    with pytest.raises(UnknownNameError, match=f"{name!r} is not the id of a case"):
        Case.parse(name)


def test_a_protocol_is_written_without_its_defaults():
    """Fields at their defaults are left out; a file without a split is one of random folds."""
    assert Protocol(split="random").to_json() == {}
    assert Protocol(folds=3).to_json() == {"folds": 3, "split": "auto"}
    assert Protocol.from_json({"seed": 1}) == Protocol(seed=1, split="random")
    every = Protocol(3, 2, 1, "time", "7d", "together", new_groups=True)
    assert Protocol.from_json(every.to_json()) == every


@pytest.mark.parametrize(
    ("minority", "rows", "message"),
    [
        (1, 50, "1 minority row, too few for 5 folds: cross-validation needs at least 2 rows"),
        (47, 50, "3 rows of one class, too few for 5 folds: use --folds 3 or fewer"),
    ],
)
def test_either_class_needs_a_row_for_every_fold(minority, rows, message):
    """The rarer class decides how many folds there may be, and one row allows none."""
    y = (np.arange(rows) < minority).astype(np.int8)
    with pytest.raises(ProtocolError, match=message):
        check_folds(Protocol(split="random"), dataset_of(y))


@given(minority=st.integers(2, 60), folds=st.integers(2, 10))
def test_the_smallest_training_fold_is_foretold(minority, folds):
    """How many minority rows the poorest training fold has is known before the folds are."""
    assume(minority >= folds)
    dataset = dataset_of((np.arange(200) < minority).astype(np.int8))
    protocol = Protocol(folds, split="random")
    trained = [fold.training_rows(200) for fold in protocol.folds_of(dataset)]
    assert situation(protocol, dataset).fewest == min(int(dataset.y[i].sum()) for i in trained)
