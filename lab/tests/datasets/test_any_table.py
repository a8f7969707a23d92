"""Tests that any table is either evaluated or rejected with an error of the lab."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from lab import datasets
from lab.cases import Case, Protocol
from lab.datasets.dataset import Dataset
from lab.datasets.reading.prepare import prepare
from lab.datasets.reading.tables import read_table
from lab.errors import LabError
from lab.evaluation import evaluate
from lab.models import CORE, MODELS
from lab.strategies import CORE as CORE_STRATEGIES
from lab.strategies import STRATEGIES
from lab.strategies.preprocessing import preprocessor

TARGET = "target"
TEXTS = [
    "\0",
    "a\0",
    "",
    " ",
    "a",
    "b",
    "é",
    "🙂",
    "naïve\u00a0",
    "NA",
    "nan",
    "x,y",
    'say "x"',
    "1",
    "2.5",
    "\n",
]
EPOCH = np.datetime64("1970-01-01")


def floats(scale):
    """Return a column kind: numbers of this magnitude."""
    return lambda rng, n: rng.normal(size=n) * scale


def picks(*values, dtype=None):
    """Return a column kind: some of these values, in a pandas type."""
    return lambda rng, n: pd.array([values[i] for i in rng.integers(len(values), size=n)], dtype)


def nearly_constant(rng, n):
    """Return equal numbers except in one row, which differs a lot or hardly at all."""
    values = np.full(n, rng.choice([0.0, 1.0, 1e9, 1e-300]))
    values[rng.integers(n)] = rng.choice([5e-324, 1e-160, 1.0 + 1e-15, 1e38, -1e99])
    return values


def categories(*levels):
    """Return a column kind: categories with some unused levels."""

    def make(rng, n):
        codes = rng.integers(-1, max(1, len(levels) - 1), size=n) if levels else np.full(n, -1)
        return pd.Categorical.from_codes(codes, list(levels))

    return make


def days(rng, n):
    """Return dates from the year 1 to the year 9999."""
    first, last = (datetime.date(*d).toordinal() for d in ((1, 1, 1), (9999, 12, 31)))
    chosen = rng.integers(first, last, size=n, endpoint=True)
    return pd.array(
        [datetime.date.fromordinal(int(day)) for day in chosen], pd.ArrowDtype(pa.date32())
    )


def moments(unit, zone=None):
    """Return a column kind: times of this unit, within a minute or over its whole range."""

    def make(rng, n):
        reach = int(rng.choice([60, 2**33, 2**55 if zone else 2**62]))
        numbers = pa.array(rng.integers(-reach, reach, size=n))
        return pd.array(
            numbers.cast(pa.timestamp(unit, zone)), pd.ArrowDtype(pa.timestamp(unit, zone))
        )

    return make


KINDS = {
    "float": floats(1.0),
    "huge": floats(1e90),
    "too huge": floats(1e120),
    "tiny": floats(1e-300),
    "subnormal": floats(5e-324),
    "float32": lambda rng, n: (rng.normal(size=n) * 1e-44).astype(np.float32),
    "half": lambda rng, n: (rng.normal(size=n) * 1e4).astype(np.float16),
    "int": lambda rng, n: rng.integers(-3, 3, size=n),
    "int limits": lambda rng, n: rng.choice(np.array([-(2**63), 0, 2**63 - 1]), size=n),
    "uint64": lambda rng, n: rng.integers(2**64, size=n, dtype=np.uint64),
    "bool": lambda rng, n: rng.random(n) < 0.5,
    "row number": lambda rng, n: np.arange(n),
    "constant": lambda rng, n: np.full(n, 7),
    "nearly constant": nearly_constant,
    "infinite": picks(1.0, np.inf, -np.inf),
    "all missing": lambda rng, n: np.full(n, np.nan),
    "nothing": lambda rng, n: [None] * n,
    "nullable int": picks(1, 2, 300, None, dtype="Int64"),
    "nullable bool": picks(True, False, None, dtype="boolean"),
    "nullable float": picks(1.5, None, 1e-45, dtype="Float32"),
    "Arrow int": picks(1, 2, None, dtype=pd.ArrowDtype(pa.int8())),
    "decimal": picks(Decimal("1.10"), None, dtype=pd.ArrowDtype(pa.decimal128(20, 2))),
    "text": picks(*TEXTS, None, dtype="str"),
    "few texts": picks("low", "high", None, dtype="str"),
    "Arrow text": picks("a", "b", None, dtype=pd.ArrowDtype(pa.large_string())),
    "bytes": picks(b"a", b"b", None, dtype=pd.ArrowDtype(pa.binary())),
    "not text": picks(b"\xff", b"b", dtype=pd.ArrowDtype(pa.binary())),
    "codes": picks("1", "2", "3", "more", dtype="str"),
    "identifier": lambda rng, n: [f"id {i}" for i in rng.permutation(n)],
    "mixed": picks("1", "x", "True", "2020-01-01", "inf", dtype="str"),
    "slips": lambda rng, n: [*map(str, rng.normal(size=n - 1)), "unknown"],
    "category": categories("a", "b", "", "unused"),
    "category of numbers": categories(1, 2, 3),
    "category without levels": categories(),
    "days": days,
    "instants": moments("us", "Europe/Berlin"),
    "nanoseconds": moments("ns"),
    "milliseconds": moments("ms"),
    "timedelta": lambda rng, n: rng.integers(-(2**40), 2**40, size=n).astype("m8[us]"),
    "time": picks(
        datetime.time(1, 2, 3, 4), datetime.time(23), dtype=pd.ArrowDtype(pa.time64("us"))
    ),
    "list": lambda rng, n: [[1]] * n,
}
# Most columns are of these kinds, since one rejected column keeps the others from being tested.
PLAIN = sorted(set(KINDS) - {"too huge", "infinite", "not text", "codes", "slips", "list"})
# The two values of a target, and their type.
TARGETS = {
    "ints": ([0, 1], None),
    "nullable ints": ([1, 2], "Int64"),
    "floats": ([0.0, 1.0], None),
    "float32": ([0.5, 1.5], np.float32),
    "booleans": ([False, True], None),
    "nullable booleans": ([False, True], "boolean"),
    "texts": (["no", "yes"], "str"),
    "categories": (["no", "yes"], "category"),
    "number-like texts": (["0", "1"], "str"),
    "dates": ([EPOCH, EPOCH + 1], None),
    "times": ([datetime.time(1), datetime.time(2)], pd.ArrowDtype(pa.time64("ns"))),
    "durations": ([np.timedelta64(1, "s"), np.timedelta64(2, "s")], None),
    "infinities": ([np.inf, -np.inf], None),
    "spaces": (["", " "], "str"),
    "one value": ([1, 1], None),
}
NAMES = st.one_of(
    st.sampled_from(
        ["", " ", "a", "A", 'say "a"', "a/b", "🙂", "two\nlines", "\0", "0", "__index_level_0__"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)


@st.composite
def tables(draw):
    """Draw the columns of a table, with a target."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(4, 60))
    kinds = draw(st.lists(st.sampled_from([*PLAIN, *PLAIN, *KINDS]), min_size=1, max_size=5))
    names = draw(st.lists(NAMES, min_size=len(kinds), max_size=len(kinds), unique=True))
    columns = {
        name: with_gaps(
            rng, pd.Series(KINDS[kind](rng, n)), draw(st.sampled_from([0, 0, 0.1, 0.9]))
        )
        for name, kind in zip(names, kinds, strict=True)
    }
    values, kind = TARGETS[draw(st.sampled_from(["ints", *TARGETS]))]
    minority = draw(st.integers(2, max(2, n // 2)))
    chosen = rng.permutation(np.arange(n) < minority).astype(int)
    target = pd.Series([values[i] for i in chosen], dtype=kind)
    columns[TARGET] = with_gaps(rng, target, draw(st.sampled_from([0, 0, 0, 0, 0.1])))
    return columns


def with_gaps(rng, column, share):
    """Return a column with this share of its values missing, if its type allows it."""
    gaps = rng.random(len(column)) < share
    if not gaps.any() or column.dtype.kind in "iub":
        return column
    return column.mask(gaps)


def write(columns, path):
    """Write columns to a file, in the format of its extension."""
    if path.suffix == ".parquet":
        arrays = [pa.array(column, from_pandas=True) for column in columns.values()]
        parquet.write_table(pa.Table.from_arrays(arrays, list(columns)), path)
    else:
        pd.DataFrame(columns).to_csv(path, index=False)


def outcome(columns, folder, suffix, strategy, model, folds):
    """Return all scores of a table that is written to a file, or none if the lab rejects it."""
    path = folder / f"any{suffix}"
    write(columns, path)
    try:
        dataset = prepare("any", read_table(path), TARGET, source="made up", file=path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(datasets, "load", lambda _name: dataset)
            result = evaluate(Case("any", strategy, model), Protocol(folds))
    except LabError as error:
        event(f"{type(error).__name__}: {str(error)[-30:]}")
        return []
    event("evaluated")
    assert result.read_predictions()["y_score"].between(0, 1).all()
    return [score for scores in result.scores.values() for score in scores]


def examples(count):
    """Return the settings of a test with this number of examples."""
    return settings(
        max_examples=count,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


folds = st.sampled_from([2, 2, 2, 3])
# Costly strategies are drawn less often: they take most of the time.
DRAWN = [name for name in STRATEGIES if STRATEGIES[name].cost < 5] * 3 + list(STRATEGIES)
QUICK = set(MODELS.groups["all"]) - {"random_forest", "catboost"}
each_file = pytest.mark.parametrize("suffix", [".parquet", ".csv"])


@pytest.mark.parametrize("strategy", CORE_STRATEGIES)
@each_file
@examples(50)
@given(columns=tables(), folds=folds)
def test_any_table_is_evaluated_with_a_linear_model(tmp_path, suffix, strategy, columns, folds):
    """Any table gets finite scores from a linear model, or an error of the lab."""
    assert np.isfinite(
        outcome(columns, tmp_path, suffix, strategy, "logistic_regression", folds)
    ).all()


@each_file
@examples(120)
@given(columns=tables(), strategy=st.sampled_from(DRAWN), folds=folds)
def test_any_table_is_evaluated_under_every_strategy(tmp_path, suffix, columns, strategy, folds):
    """Any table gets finite scores under every strategy, or an error of the lab."""
    suited = [name for name in MODELS if not STRATEGIES[strategy].unsuited(MODELS[name])]
    assert np.isfinite(outcome(columns, tmp_path, suffix, strategy, suited[0], folds)).all()


@each_file
@examples(30)
@given(columns=tables(), model=st.sampled_from(sorted(QUICK)), folds=folds)
def test_any_table_is_evaluated_with_every_model(tmp_path, suffix, columns, model, folds):
    """Any table gets finite scores from every model, or an error of the lab."""
    assert np.isfinite(outcome(columns, tmp_path, suffix, "raw", model, folds)).all()


@each_file
@examples(60)
@given(columns=tables(), strategy=st.sampled_from(CORE_STRATEGIES), folds=folds)
def test_any_table_is_evaluated_with_xgboost(tmp_path, suffix, columns, strategy, folds):
    """Any table gets finite scores from XGBoost, or an error of the lab."""
    assert np.isfinite(outcome(columns, tmp_path, suffix, strategy, "xgboost", folds)).all()


@each_file
@examples(16)
@given(columns=tables(), strategy=st.sampled_from(CORE_STRATEGIES), folds=folds)
def test_any_table_is_evaluated_with_a_forest(tmp_path, suffix, columns, strategy, folds):
    """Any table gets finite scores from a random forest, or an error of the lab."""
    assert np.isfinite(outcome(columns, tmp_path, suffix, strategy, "random_forest", folds)).all()


@pytest.mark.parametrize("model", CORE)
def test_a_test_row_far_from_its_training_rows_is_scored(monkeypatch, model):
    """A value 1e240 standard deviations away from the training rows gets finite scores."""
    y = (np.arange(40) % 4 == 0).astype(np.int8)
    far = np.random.default_rng(0).normal(size=40) * 1e-150
    far[7] = 1e90
    dataset = Dataset("far", pd.DataFrame({"far": far}), y, "made up")
    monkeypatch.setattr(datasets, "load", lambda _name: dataset)
    result = evaluate(Case("far", "raw", model), Protocol(4))
    assert np.isfinite(list(result.scores.values())).all()


def test_a_column_missing_throughout_a_training_fold_is_kept():
    """A column without any value in the training rows becomes constant and finite there."""
    X = pd.DataFrame({"n": [np.nan] * 12 + [5.0], "c": pd.Categorical([None] * 12 + ["a"])})
    dataset = Dataset("gaps", X, np.zeros(13, np.int8), "made up")
    steps = preprocessor(dataset).fit(X[:12])
    assert np.isfinite(steps.transform(X)).all()
    assert len(np.unique(steps.transform(X[:12]), axis=0)) == 1
