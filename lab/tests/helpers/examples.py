"""Small datasets, results, plugins and runs for tests of several packages."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd

from lab.cases import Protocol, Result
from lab.datasets.dataset import Dataset
from lab.engine import Local
from lab.metrics import GOALS, Metric
from lab.models import MODELS
from lab.observations import Kind, ObservationRecord
from lab.observations.answers import answers
from lab.observations.condition import Condition
from lab.observations.floor import LABELS
from lab.observations.goal_table import goal_tables
from lab.observations.verdict import Verdict
from lab.store import SessionFolder, Store
from lab.strategies import STRATEGIES

FEW = ("raw", "smote", "class_weight")


def _suited(strategy):
    """Return the first model that suits a strategy."""
    return next(name for name in MODELS if not STRATEGIES[strategy].unsuited(MODELS[name]))


# Every strategy with the first model that suits it, and every model with a few strategies; without
# the one that needs rows with groups or times.
PAIRS = list(
    dict.fromkeys(
        [(name, _suited(name)) for name in STRATEGIES if not STRATEGIES[name].random_folds]
        + [
            (name, model)
            for model in MODELS.groups["all"]
            for name in (FEW if MODELS[model].cost < 10 else FEW[:1])
            if not STRATEGIES[name].unsuited(MODELS[model])
        ]
    )
)
# Ensembles with fewer members than by default, which cost seconds and differ in nothing else.
SMALL = {
    "balanced_bagging": "balanced_bagging:n_estimators=2",
    "balanced_random_forest": "balanced_random_forest:n_estimators=5",
    "easy_ensemble": "easy_ensemble:n_estimators=2",
    "rus_boost": "rus_boost:n_estimators=5",
}
# A generated dataset on which every case is fast.
TINY = "synthetic:rows=240,minority=0.15,seed=1"


def mixed_dataset(rows=240, every=8):
    """Return a dataset with numbers, categories and missing values, without duplicate rows."""
    rng = np.random.default_rng(0)
    y = (np.arange(rows) % every == 0).astype(np.int8)
    X = pd.DataFrame(rng.normal(size=(rows, 3)) + 0.5 * y[:, None], columns=["a", "b", "c"])
    X["level"] = pd.Categorical(rng.choice(["low", "mid", "high"], rows))
    X.loc[::9, "b"] = np.nan
    X.loc[::11, "level"] = np.nan
    return Dataset("mixed", X, y, "made up")


def valued_dataset(seed=0, left_out=0):
    """Return the mixed dataset with an amount in each row; its first rows may be left out."""
    data = mixed_dataset()
    amount = np.random.default_rng(seed).gamma(1.0, 100.0, data.rows)
    kept = np.arange(left_out, data.rows)
    return replace(
        data,
        X=data.X.iloc[kept].reset_index(drop=True),
        y=data.y[kept],
        row_numbers=kept if left_out else None,
        values=pd.DataFrame({"amount": amount[kept]}),
    )


def missed_amount(predictions):
    """Return the amount in missed positives."""
    missed = (predictions.y_true == 1) & (predictions.y_pred == 0)
    return predictions.values["amount"][missed].sum()


EUROS = Metric(
    "euros",
    "euros",
    "Amount in missed positives.",
    missed_amount,
    greater_is_better=False,
    columns=("amount",),
)


def dataset_of(y):
    """Return a dataset with this target and one feature."""
    X = pd.DataFrame({"x": np.arange(float(len(y)))})
    return Dataset("mine", X, np.asarray(y, dtype=np.int8), "made up")


def make_store(root, session="session", protocol=None, engine=Local, **options):
    """Return the store of a session whose cases are evaluated in this process."""
    protocol = protocol or Protocol(3)
    folder = SessionFolder(root, session)
    return Store(folder, protocol, engine(protocol, folder.path), **options)


def make_result(case, scores, protocol=None, digest="digest", definition="Model()"):
    """Return a result with the given scores of each fold."""
    folds = len(next(iter(scores.values())))
    parts, others = ("train", "test"), folds - 1
    rows = {f"{part}_majority_rows": 2970 * n for part, n in zip(parts, (others, 1), strict=True)}
    rows |= {f"{part}_minority_rows": 30 * n for part, n in zip(parts, (others, 1), strict=True)}
    return Result(
        case=case,
        protocol=protocol or Protocol(folds),
        dataset={"digest": digest, "rows": 3000 * folds, "minority_rows": 30 * folds},
        scores=scores,
        seconds={},
        class_counts={name: [number] * folds for name, number in rows.items()},
        params={},
        definition=definition,
        notes=[],
        predictions=None,
    )


def make_decisions(case, alarms, hits):
    """Return a result with these alarms in each fold, of which so many are right."""
    blank = make_result(case, {"precision": [0.0] * len(alarms)}, digest=case.dataset)
    negatives, positives = (blank.class_counts[f"test_{one}_rows"][0] for one in LABELS)
    folds = list(zip(alarms, hits, strict=True))
    scores = {
        "precision": [right / number if number else 0.0 for number, right in folds],
        "recall": [right / positives for _, right in folds],
        "accuracy": [
            1 - (number + positives - 2 * right) / (negatives + positives)
            for number, right in folds
        ],
    }
    return replace(blank, scores=scores)


def make_observation(subject, verdict, expected="holds", name="recall_rises", statement=None):
    """Return the record of an observation on a case, or on a model over datasets."""
    is_case = "-" in subject
    return ObservationRecord(
        kind=Kind.CASE if is_case else Kind.CLAIM,
        name=name,
        key=f"test_smote.{name}",
        subject=subject,
        sentence="",
        statement=statement or "recall of smote above raw > 0.5",
        conditions=(Condition(">", 0.5),),
        effect=0.1,
        low=0.0,
        high=0.2,
        figures="0.100 [0.000, 0.200]",
        pairs=6,
        verdict=Verdict(verdict),
        expected=Verdict(expected) if expected else None,
        reason="",
        basis="",
        cases=(subject,) if is_case else ("a-raw-m",),
        guarded=True,
    )


def answers_of(results, failed=(), goals=()):
    """Return the answers for goals, by default the default ones, from results with predictions."""
    tables = goal_tables(GOALS.chosen(goals), results, Result.read_predictions, {})
    return list(answers(tables, results, failed))


def text_of(parts):
    """Return texts of a report without their bold marks."""
    return "".join(text for text, _ in parts)


# A plugin of a scratch project that records each evaluated case.
COUNT = """
import os
from lab.engine import Local
from lab.metrics import GOALS
evaluate = Local.evaluate
def counting(self, case):
    with open(os.environ["COUNT"], "a") as file:
        file.write(case.id + "\\n")
    return evaluate(self, case)
Local.evaluate = counting
"""


def plugin(scratch, code):
    """Add a plugin to a scratch project; return the option that loads it."""
    (scratch.root / "accident.py").write_text(code)
    return ("-p", "accident")


def statuses(runs):
    """Return the number of runs by status."""
    return Counter(run.info.status for run in runs.values())


def scores(runs):
    """Return the exact scores of every case."""
    timing = ("fit_seconds", "predict_seconds")
    return {
        name: {m: v for m, v in run.data.metrics.items() if not m.endswith(timing)}
        for name, run in runs.items()
        if not name.startswith("session")
    }


# A module of a user that registers a strategy.
MINE = """
from lab.strategies import STRATEGIES, Strategy
def steps(model, y, seed):
    return [("model", model.make(seed))]
STRATEGIES.register(Strategy("mine", "what it does", steps))
"""


# A module of a user that registers a metric.
METRIC = """
from lab.metrics import METRICS, Metric
def alarms(predictions):
    return float(predictions.y_pred.mean())
METRICS.register(Metric("alarms", "alarms", "Share of the rows that are alarms.", alarms))
"""


# A module of a user that registers a metric of amounts.
AMOUNTS = """
from lab.metrics import METRICS, Metric
def euros(predictions):
    missed = (predictions.y_true == 1) & (predictions.y_pred == 0)
    return predictions.values["amount"][missed].sum()
METRICS.register(
    Metric("euros", "euros", "Amount in missed positives.", euros, greater_is_better=False,
           columns=("amount",), shown=("scores", "strategies", "cases", "note"))
)
"""
