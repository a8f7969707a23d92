"""Tests of which cases a session is about."""

import pytest

from lab.errors import UnknownNameError
from lab.experiment import Case, Protocol
from lab.grid import Grid, ProtocolError, wrong_with_benchmark

CASE = Case("nursery", "smote", "xgboost")


def test_the_default_is_six_by_three_by_three():
    """Without options a session is about the core of each kind: 54 cases, each id once."""
    cases = Grid.select().cases()
    parts = [{getattr(case, part) for case in cases} for part in ("dataset", "strategy", "model")]
    assert [len(part) for part in parts] == [6, 3, 3]
    assert len({case.id for case in cases}) == 54


def test_names_and_globs_select():
    """Names and globs select, and cases come in the order asked for."""
    grid = Grid.select(["yeast*", "nursery"], ["raw"], ["*regression", "xgboost"])
    assert [case.id for case in grid.cases()] == [
        "yeast_me2-raw-logistic_regression",
        "yeast_me2-raw-xgboost",
        "nursery-raw-logistic_regression",
        "nursery-raw-xgboost",
    ]


@pytest.mark.parametrize("position", range(3))
def test_an_unknown_name_is_an_error(position):
    """An unknown dataset, strategy or model is an error."""
    patterns = [[], [], []]
    patterns[position] = ["nothing"]
    with pytest.raises(UnknownNameError):
        Grid.select(*patterns)


@pytest.mark.parametrize("protocol", [Protocol(1), Protocol(5, 0), Protocol(5, 1, -1)])
def test_an_impossible_protocol_is_an_error(protocol):
    """One fold, no repeat or a negative seed is an error that says what is possible."""
    with pytest.raises(ProtocolError, match="--folds takes 2 or more"):
        Grid.select(protocol=protocol)


def test_too_few_minority_rows_say_how_many_folds_would_do():
    """More folds than minority rows is an error that names dataset and largest fold count."""
    with pytest.raises(ProtocolError, match=r"abalone_19.* 32 minority rows.*--folds 32"):
        Grid.select(["abalone_19"], protocol=Protocol(33))


def test_a_known_contradiction_must_show():
    """On bundled data under the default protocol a known contradiction is strict."""
    known = [{"nursery-xgboost": "separable"}]
    assert Grid.select().exception(CASE, known) == {"reason": "separable", "strict": True}
    assert Grid.select().exception(Case("nursery", "smote", "random_forest"), known) is None


@pytest.mark.parametrize("key", ["nursery-xgbost", "nurseri-xgboost", "nursery"])
def test_a_contradiction_of_nothing_is_wrong(key):
    """A known contradiction whose dataset or model does not exist is named."""
    known = [{"nursery-xgboost": "exists"}, {key: "reason"}]
    assert f"'{key}' is not a dataset and a model" in wrong_with_benchmark(False, known)
    assert wrong_with_benchmark(False, known[:1]) == ""


def test_a_benchmark_with_parameters_of_its_own_is_wrong():
    """A benchmark is about cases alone."""
    assert "takes no parameter but its case" in wrong_with_benchmark(True, [])


@pytest.mark.parametrize(
    ("case", "protocol"),
    [(CASE, Protocol(seed=1)), (Case("synthetic", "raw", "xgboost"), Protocol())],
)
def test_nothing_is_expected_where_nothing_is_recorded(case, protocol):
    """Other protocols and generated data have no recorded expectation, so none can fail."""
    exception = Grid.select(protocol=protocol).exception(case, [])
    assert exception is not None
    assert exception["strict"] is False
