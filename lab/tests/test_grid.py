"""Tests of the grid of a session's cases."""

import pytest

from lab import datasets
from lab.cases import Case, Protocol, ProtocolError
from lab.errors import UnknownNameError
from lab.grid import Grid


def test_the_default_grid_is_six_by_three_by_three():
    """By default the core of each kind makes up 54 cases with unique ids."""
    cases = Grid.select().cases()
    parts = [{getattr(case, part) for case in cases} for part in ("dataset", "strategy", "model")]
    assert [len(part) for part in parts] == [6, 3, 3]
    assert len({case.id for case in cases}) == 54


def test_names_and_globs_select():
    """Names and globs select cases in the order of the patterns."""
    grid = Grid.select(["yeast*", "nursery"], ["raw"], ["*regression", "xgboost"])
    assert [case.id for case in grid.cases()] == [
        "yeast_me2-raw-logistic_regression",
        "yeast_me2-raw-xgboost",
        "nursery-raw-logistic_regression",
        "nursery-raw-xgboost",
    ]


OWN = "synthetic:rows=300,minority=0.1"


def test_a_case_is_found_by_its_id():
    """Any strategy and model is found, with options too, but only on selected datasets."""
    grid = Grid(["a-b", OWN, "nursery"], ["raw", "threshold_cost:ratio=20"], ["xgboost"])
    for dataset in grid.datasets:
        for names in (("raw", "knn"), ("smote", "xgboost"), ("threshold_cost:ratio=20", "knn")):
            case = Case(dataset, *names)
            assert grid.case(case.id) == case
    for other in ("yeast_me2-raw-knn", "nursery-raw", "nursery-raw-", "nursery-knn-raw", "raw", ""):
        assert grid.case(other) is None
    assert grid.case("nursery-threshold_cost:ratio=9-knn") is None


def test_cases_sort_as_selected():
    """Cases sort by dataset, strategy and model, each in the order of selection."""
    grid = Grid.select(["nursery", "abalone_19"], ["raw", "threshold_cost:ratio=20"])
    backwards = grid.cases()[::-1]
    assert sorted(backwards, key=grid.place) == backwards[::-1]


@pytest.mark.parametrize("position", range(3))
def test_an_unknown_name_is_an_error(position):
    """An unknown dataset, strategy or model is an error."""
    patterns = [[], [], []]
    patterns[position] = ["nothing"]
    with pytest.raises(UnknownNameError):
        Grid.select(*patterns)


@pytest.mark.parametrize("protocol", [Protocol(1), Protocol(5, 0), Protocol(5, 1, -1)])
def test_an_invalid_protocol_is_an_error(protocol):
    """One fold, no repeat or a negative seed is an error that states the limits."""
    with pytest.raises(ProtocolError, match="--folds must be 2 or more"):
        Grid.select(protocol=protocol)


@pytest.mark.parametrize(
    ("protocol", "message"),
    [
        (Protocol(split="foo"), "--split 'foo': choose auto, random, group, time"),
        (Protocol(copies="foo"), "--copies 'foo': choose keep, together, drop"),
        (Protocol(split="group"), "--split group: dataset 'nursery' has no group column"),
        (Protocol(split="time"), "--split time: dataset 'nursery' has no time column"),
        (Protocol(gap="7d"), "--gap needs a split in time, and no dataset has one"),
        (Protocol(new_groups=True), "--new-groups needs a split in time and groups"),
    ],
)
def test_a_split_that_does_not_fit_is_an_error(protocol, message):
    """A split without its column, or an option that concerns no dataset, is an error."""
    with pytest.raises(ProtocolError, match=message):
        Grid.select(["nursery"], protocol=protocol)


def test_each_dataset_has_its_own_split():
    """By default a dataset with a time column is split in time, and others at random."""
    grid = Grid.select(["car_crash", "nursery"])
    own = [grid.protocol.on(datasets.entry(name)).split for name in grid.datasets]
    assert own == ["time", "random"]


def test_windows_are_as_many_as_times_allow():
    """Beside others, a dataset in time is not repeated and has the windows that it allows."""
    asked = Protocol(folds=10, repeats=3)
    grid = Grid.select(["car_crash", "nursery"], protocol=asked)
    one, other = (grid.protocol.on(datasets.entry(name)) for name in grid.datasets)
    assert (one.folds, one.repeats) == (5, 1)
    assert (other.folds, other.repeats) == (10, 3)
    with pytest.raises(ProtocolError, match="--repeats 2: windows in time cannot be repeated"):
        Grid.select(["car_crash"], protocol=Protocol(repeats=2))
    with pytest.raises(ProtocolError, match="--folds 6: 6 distinct times allow 5 windows"):
        Grid.select(["car_crash"], protocol=Protocol(folds=6))
    with pytest.raises(ProtocolError, match="--repeats 2: dataset 'car_crash' is split in time"):
        Grid.select(["car_crash", "nursery"], protocol=Protocol(repeats=2, split="time"))


def test_too_few_minority_rows_suggest_fewer_folds():
    """More folds than minority rows are an error with the dataset and the largest number."""
    with pytest.raises(ProtocolError, match=r"abalone_19.* 32 minority rows.*--folds 32"):
        Grid.select(["abalone_19"], protocol=Protocol(33))


def test_a_grid_recognises_the_defaults():
    """The core and the default protocol are recognised, whatever the order of names."""
    assert Grid.select().is_core
    assert Grid.select(sorted(datasets.CORE, reverse=True)).is_core
    assert not Grid.select(["nursery"]).is_core
    assert Grid.select().has_default_protocol
    assert not Grid.select(protocol=Protocol(seed=1)).has_default_protocol
    assert Grid.select().is_marked("nursery")
    assert not Grid.select().is_marked("synthetic:rows=300")
    assert not Grid.select(protocol=Protocol(seed=1)).is_marked("nursery")
