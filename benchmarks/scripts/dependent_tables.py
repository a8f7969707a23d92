"""Made-up tables whose rows depend on each other, and two models that are scored on them."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter
from scipy.special import expit
from sklearn.tree import DecisionTreeClassifier

from lab.metrics import METRICS, Predictions
from lab.splits import ProtocolError, Rows, divide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int8]
    Numbers = NDArray[np.integer]
    Fold = tuple[Numbers, Numbers]

NAMES = ("roc_auc_score", "average_precision_score", "f1_score", "recall", "brier_score_loss")
SIGNAL, SHIFT = 1.2, 0.95  # so that one model has an AUC of about 0.75


@dataclass(frozen=True)
class Scenario:
    """A split and how the rows depend on each other.

    Attributes
    ----------
    dependence : float
        Share of the variance that effects of groups or times have: the intraclass correlation.
    constant : bool
        Whether all rows of a group have the same target.
    memory : float
        Rows until the correlation of effects in time falls to 1/e, as a share of a window.
    drift : str
        ``prevalence`` trebles over time, or the ``relation`` of both models to the target weakens.
    """

    split: str
    folds: int = 5
    repeats: int = 1
    rows: int = 1000
    positives: float = 0.1
    groups: int = 60
    dependence: float = 0.3
    constant: bool = False
    memory: float = 0.1
    drift: str = ""
    learner: str = "discriminant"
    features: int = 3

    def __str__(self) -> str:
        """Return the attributes that matter for the split."""
        parts = [self.split, f"k={self.folds}", f"rows={self.rows}", f"positives={self.positives}"]
        if self.repeats > 1:
            parts.append(f"repeats={self.repeats}")
        if self.split == "group":
            parts.append(f"groups={self.groups}")
        if self.split != "random":
            parts.append(f"dependence={self.dependence}")
        if self.constant:
            parts.append("constant target")
        if self.split == "time" and self.dependence:
            parts.append(f"memory={self.memory}")
        if self.drift:
            parts.append(f"drift of {self.drift}")
        if self.features > 3:
            parts.append(f"features={self.features}")
        if self.learner != "discriminant":
            parts.append(self.learner)
        return " ".join(parts)

    @property
    def ratios(self) -> dict[str, float]:
        """Ratios of test to training rows, by candidate."""
        ratios = {"t 0": 0.0, "t k": 1 / (self.folds - 1)}
        if self.split == "time":
            ratios["t sizes"] = sum(1 / i for i in range(1, self.folds + 1)) / self.folds
        return ratios


@dataclass(frozen=True)
class Table:
    """Features of each model, targets, and the groups of rows in order of time."""

    features: tuple[Floats, ...]
    y: Labels
    groups: NDArray[np.int64]


def scenarios(split: str) -> Iterator[Scenario]:
    """Yield the scenarios of a split."""
    base = Scenario(split)
    strong = replace(base, dependence=0.8)
    if split == "random":
        yield from (replace(base, folds=k) for k in (3, 5, 10))
        yield replace(base, repeats=3)
        yield replace(base, learner="tree")
        yield replace(base, features=30)
        return
    if split == "group":
        yield from (replace(strong, groups=g) for g in (10, 15, 20, 30, 60, 200))
        yield from (replace(base, groups=g) for g in (10, 20, 60))
        yield from (replace(base, groups=g, dependence=0.0) for g in (20, 60))
        yield from (replace(base, groups=g, constant=True) for g in (20, 60, 200))
        yield from (replace(strong, groups=g, constant=True) for g in (10, 20))
        yield from (replace(strong, folds=k, groups=20) for k in (3, 10))
        yield replace(base, folds=10)
        yield replace(strong, learner="tree", groups=20)
        yield from (replace(strong, repeats=3, groups=g) for g in (20, 60))
        yield from (replace(base, repeats=3, dependence=d) for d in (0.0, 0.3))
    else:
        yield from (replace(base, folds=k, dependence=0.0) for k in (3, 5, 10))
        yield from (
            replace(base, dependence=d, memory=m) for d in (0.3, 0.8) for m in (0.1, 0.3, 1.0)
        )
        yield from (replace(strong, folds=k) for k in (3, 10))
        yield from (replace(base, drift=what) for what in ("prevalence", "relation"))
        yield replace(strong, learner="tree")
    yield replace(strong, features=30)
    sizes = ((400, 0.1), (400, 0.2), (1000, 0.05), (2000, 0.05), (2000, 0.2))
    yield from (replace(base, rows=n, positives=p) for n, p in sizes)


def draw(rng: np.random.Generator, scenario: Scenario, weights: tuple[float, ...]) -> Table:
    """Return a new table, with one set of features for each weight.

    A split in time has one window more than it has folds, which is the next one.
    """
    rows, windows = scenario.rows, scenario.folds + 1
    trend = np.zeros(rows)
    groups = np.arange(rows)
    if scenario.split == "time":
        window = rows // windows
        rows = window * (windows + 1)
        trend = np.linspace(-0.5, 0.5, rows)
        decay = math.exp(-1 / (scenario.memory * window))

        def effects(columns: int) -> Floats:
            steps = rng.normal(size=(rows, columns)) * math.sqrt(1 - decay**2)
            steps[0] /= math.sqrt(1 - decay**2)
            smoothed: Floats = lfilter([1], [1, -decay], steps, axis=0)
            return smoothed

    elif scenario.split == "group":
        shares = rng.lognormal(sigma=1.0, size=scenario.groups)
        groups = rng.choice(scenario.groups, size=rows, p=shares / shares.sum())

        def effects(columns: int) -> Floats:
            return rng.normal(size=(scenario.groups, columns))[groups]

    else:

        def effects(columns: int) -> Floats:
            return rng.normal(size=(rows, columns))

    own, shared = math.sqrt(1 - scenario.dependence), math.sqrt(scenario.dependence)

    def noise(columns: int) -> Floats:
        return own * rng.normal(size=(rows, columns)) + shared * effects(columns)

    features = [noise(scenario.features) for _ in weights]
    if scenario.constant:
        present = np.unique(groups)
        of_group = np.zeros(scenario.groups, dtype=np.int8)
        number = max(scenario.folds, round(scenario.positives * scenario.groups))
        of_group[rng.permutation(present)[:number]] = 1
        y = of_group[groups]
        for weight, part in zip(weights, features, strict=True):
            part += weight * SHIFT / math.sqrt(scenario.features) * y[:, None]
        return Table(tuple(features), y, groups)
    strength = SIGNAL * (1 - 1.2 * trend * (scenario.drift == "relation"))
    latent = noise(1)[:, 0] + 1.5 * trend * (scenario.drift == "prevalence")
    for weight, part in zip(weights, features, strict=True):
        latent += strength * weight * part.sum(axis=1) / math.sqrt(scenario.features)
    y = (latent > np.quantile(latent, 1 - scenario.positives)).astype(np.int8)
    return Table(tuple(features), y, groups)


def split_rows(scenario: Scenario, table: Table, seed: int) -> list[Fold]:
    """Return the training and test rows of each fold; of time also those of the next window.

    Raises
    ------
    ProtocolError
        A fold lacks a class.
    """
    if scenario.split == "time":
        rows = Rows(table.y, time=np.arange(len(table.y), dtype=np.float64))
    else:
        rows = Rows(table.y, group=table.groups)
    folds = scenario.folds + (scenario.split == "time")
    found = divide(rows, scenario.split, folds, repeats=scenario.repeats, seed=seed)
    return [(fold.training_rows(len(rows)), fold.test) for fold in found]


def fit(scenario: Scenario, X: Floats, y: Labels, test: Floats, seed: int) -> Floats:
    """Return probabilities of the test rows."""
    if scenario.learner == "tree":
        tree = DecisionTreeClassifier(min_samples_leaf=5, random_state=seed)
        predicted: Floats = tree.fit(X, y).predict_proba(test)[:, 1]
        return predicted
    means = [X[y == label].mean(axis=0) for label in (0, 1)]
    centred = X - np.array(means)[y]
    within = centred.T @ centred / len(y) + 1e-3 * np.eye(X.shape[1])
    direction = np.linalg.solve(within, means[1] - means[0])
    share = y.mean()
    odds = (test - (means[0] + means[1]) / 2) @ direction + math.log(share / (1 - share))
    scores: Floats = expit(odds)
    return scores


@dataclass(frozen=True)
class Scored:
    """A table, its folds, and the scores of its models.

    Attributes
    ----------
    values : array of shape (n_metrics, n_folds, n_models)
        Scores.
    probabilities : list of list of array
        Probabilities of the test rows, by fold and model.
    """

    table: Table
    folds: list[Fold]
    values: Floats
    probabilities: list[list[Floats]]


def evaluate(
    scenario: Scenario, weights: tuple[float, ...], seed: int, names: Sequence[str] = NAMES
) -> Scored:
    """Draw a table, with both classes in each fold, and return the scores of all models."""
    rng = np.random.default_rng(seed)
    while True:
        table = draw(rng, scenario, weights)
        with suppress(ProtocolError):
            folds = split_rows(scenario, table, seed)
            break
    values = np.empty((len(names), len(folds), len(weights)))
    probabilities = []
    for i, (train, test) in enumerate(folds):
        y_train, y_true = table.y[train], table.y[test]
        of_models = [fit(scenario, X[train], y_train, X[test], seed) for X in table.features]
        for j, y_score in enumerate(of_models):
            flagged = (y_score > y_train.mean()).astype(np.int8)
            predictions = Predictions(y_true, flagged, y_score)
            values[:, i, j] = [METRICS[name].function(predictions) for name in names]
        probabilities.append(of_models)
    return Scored(table, folds, values, probabilities)
