"""Rates of false verdicts and of detection by split: random, group and time.

    python benchmarks/scripts/split_error_rates.py [--draws 1000] [--splits random group time]

Each draw is a new table with two models: the same learner, each fitted to features of its own. By
default both sets of features matter alike, so every verdict that the models differ is false. For
the power, the second set matters half as much. Rows depend on each other: those of a group, or of
near times, share effects in the features and in the target.

A verdict is that the interval of the mean paired difference of fold scores excludes 0. Candidates:

- ``t 0``: the t interval of the folds, without a correction;
- ``t k``: the corrected resampled t interval with the ratio 1 / (k - 1);
- ``t k, k - 1``: the same with k - 1 degrees of freedom, whatever the number of repeats;
- ``t sizes``: the same with the mean ratio of test to training rows, which is greater in time;
- ``groups`` (``--resample``): the variance is that over resampled groups of each test fold;
- ``groups + t`` (``--resample``): to it is added the part for overlapping training sets of ``t k``.

For time it prints how often the next window lies in the prediction interval of the past ones.
``--recommend`` prints how often one of six pairs is recommended that are as good as raw data.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from few_positives import drawn_result
from scipy.signal import lfilter
from scipy.special import expit, stdtrit
from sklearn.model_selection import StratifiedKFold
from sklearn.tree import DecisionTreeClassifier

from lab.cases import Case, Protocol
from lab.metrics import METRICS, Predictions
from lab.observations.choice import Standing
from lab.observations.effects import CONFIDENCE
from lab.observations.recommendation import GOALS, RAW, recommend
from lab.observations.statistics import corrected_t_interval, prediction_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int8]
    Rows = NDArray[np.int64]
    Fold = tuple[Rows, Rows]

NAMES = ("roc_auc_score", "average_precision_score", "f1_score", "recall", "brier_score_loss")
SIGNAL, SHIFT = 1.2, 0.95  # so that one model has an AUC of about 0.75
EQUAL, UNEQUAL = (1.0, 1.0), (1.0, 0.5)  # weights of the features of both models
REPLICATES = 100
# Six candidates and raw data, each with two models; registered names, as labels only.
CASES = [
    Case("drawn", strategy, model)
    for model in ("logistic_regression", "decision_tree")
    for strategy in (RAW, "smote", "class_weight", "random_over")
]


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
    groups: Rows


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
    """Return the training and test rows of each fold; of time also those of the next window."""
    rows = np.arange(len(table.y))
    if scenario.split == "time":
        blocks = np.split(rows, scenario.folds + 2)
        return [(np.concatenate(blocks[:i]), blocks[i]) for i in range(1, scenario.folds + 2)]
    folds = []
    for repeat in range(scenario.repeats):
        if scenario.split == "group":
            of_rows = _folds_of_groups(table, scenario.folds, seed + repeat)[table.groups]
            folds += [(rows[of_rows != i], rows[of_rows == i]) for i in range(scenario.folds)]
        else:
            splitter = StratifiedKFold(scenario.folds, shuffle=True, random_state=seed + repeat)
            folds += list(splitter.split(rows, table.y))
    return folds


def _folds_of_groups(table: Table, folds: int, seed: int) -> Rows:
    """Return the fold of each group, as scikit-learn's StratifiedGroupKFold does, but faster."""
    groups = int(table.groups.max()) + 1
    counts = np.array([np.bincount(table.groups[table.y == c], minlength=groups) for c in (0, 1)])
    order = np.random.default_rng(seed).permutation(groups)
    order = order[np.argsort(-counts[:, order].std(axis=0), kind="stable")]
    shares = counts / counts.sum(axis=1, keepdims=True)
    in_fold, rows_of_fold = np.zeros((2, folds)), np.zeros(folds)
    fold_of = np.empty(groups, dtype=np.int64)
    for group in order:
        share = shares[:, [group]]
        # The sum of squares over folds, if the group were added to each of them.
        squares = (in_fold**2).sum(axis=1, keepdims=True) + 2 * in_fold * share + share**2
        means = (in_fold.sum(axis=1, keepdims=True) + share) / folds
        spread = np.sqrt(np.maximum(squares / folds - means**2, 0)).sum(axis=0)
        best = int(np.lexsort((rows_of_fold, spread.round(9)))[0])
        fold_of[group] = best
        in_fold[:, best] += share[:, 0]
        rows_of_fold[best] += counts[:, group].sum()
    return fold_of


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
        folds = split_rows(scenario, table, seed)
        parts = [table.y[rows] for fold in folds for rows in fold]
        if all(0 < part.sum() < len(part) for part in parts):
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


def resampled_variance(scenario: Scenario, found: Scored, seed: int) -> Floats:
    """Return by metric the variance of the mean difference over resampled test groups.

    Field and Welsh, "Bootstrapping Clustered Data", Journal of the Royal Statistical Society B 69,
    2007. https://doi.org/10.1111/j.1467-9868.2007.00593.x
    """
    rng = np.random.default_rng([seed, 1])
    total = np.zeros(len(NAMES))
    for (train, test), of_models in zip(found.folds, found.probabilities, strict=True):
        _, inverse = np.unique(found.table.groups[test], return_inverse=True)
        number = int(inverse.max()) + 1
        weights = rng.multinomial(number, np.full(number, 1 / number), REPLICATES)[:, inverse]
        y, cutoff = found.table.y, found.table.y[train].mean()
        first, second = (weighted(y[test], y_score, cutoff, weights) for y_score in of_models)
        total += np.where(np.isnan(first), 0.0, first - second).var(axis=1, ddof=1)
    # Repeats test the same groups again, so they do not reduce this variance.
    return total / (scenario.folds * len(found.folds))


def weighted(y: Labels, y_score: Floats, cutoff: float, weights: NDArray[np.int64]) -> Floats:
    """Return by metric and replicate the scores of weighted rows; NaN without both classes."""
    order = np.argsort(-y_score, kind="stable")
    y, y_score, w = y[order], y_score[order], weights[:, order].astype(float)
    ends = np.append(np.flatnonzero(np.diff(y_score)), len(y) - 1)
    true, both = np.cumsum(w * y, axis=1), np.cumsum(w, axis=1)
    alarms = int(np.sum(y_score > cutoff))
    hits = true[:, alarms - 1] if alarms else np.zeros(len(w))
    flagged = both[:, alarms - 1] if alarms else np.zeros(len(w))
    brier = (w * (y - y_score) ** 2).sum(axis=1) / both[:, -1]
    true, both = true[:, ends], both[:, ends]
    total = true[:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.diff(true, axis=1, prepend=0)
        false = both - true
        area = np.diff(false, axis=1, prepend=0) * (true - steps / 2)
        auc = area.sum(axis=1) / (total * false[:, -1])
        precision = np.where(both > 0, true / both, 0)
        found = [
            auc,
            (steps * precision).sum(axis=1) / total,
            2 * hits / (total + flagged),
            hits / total,
            np.where(total > 0, brier, np.nan),
        ]
    return np.array(found)


def verdicts(
    scenario: Scenario, found: Scored, seed: int, *, resample: bool
) -> dict[str, list[bool]]:
    """Return by candidate and metric whether the interval excludes 0."""
    past = scenario.folds * scenario.repeats
    gains = found.values[:, :past, 0] - found.values[:, :past, 1]
    shown = {
        name: [_excludes_0(*corrected_t_interval(row, ratio, CONFIDENCE)) for row in gains]
        for name, ratio in scenario.ratios.items()
    }
    if scenario.repeats > 1:
        ratio, freedom = scenario.ratios["t k"], scenario.folds - 1
        ends = [corrected_t_interval(row, ratio, CONFIDENCE, freedom) for row in gains]
        shown["t k, k - 1"] = [_excludes_0(low, high) for low, high in ends]
    if resample and scenario.split == "group":
        variance, freedom = resampled_variance(scenario, found, seed), scenario.groups - 1
        overlap = gains.var(axis=1, ddof=1) / (scenario.folds - 1)
        total = variance + overlap
        # Satterthwaite's approximation, as in the interval over datasets.
        both = total**2 / (variance**2 / freedom + overlap**2 / (past - 1) + 1e-300)
        means = np.abs(gains.mean(axis=1))
        tail = (1 + CONFIDENCE) / 2
        shown["groups"] = list(means > np.sqrt(variance) * stdtrit(freedom, tail))
        shown["groups + t"] = list(means > np.sqrt(total) * stdtrit(both, tail))
    return shown


def _excludes_0(low: float, high: float) -> bool:
    return low > 0 or high < 0


def next_is_inside(found: Scored) -> dict[str, list[bool]]:
    """Return by metric whether the last window is in the prediction interval of the others."""
    first, second = np.moveaxis(found.values, 2, 0)
    inside = {}
    for name, values in (("next score", first), ("next difference", first - second)):
        ends = [prediction_interval(row[:-1], CONFIDENCE) for row in values]
        pairs = zip(ends, values[:, -1], strict=True)
        inside[name] = [low <= value <= high for (low, high), value in pairs]
    return inside


def study_verdicts(scenario: Scenario, draws: int, *, resample: bool) -> None:
    """Print the rate of false verdicts and the power of each candidate, by metric."""
    counts: dict[str, Floats] = defaultdict(lambda: np.zeros(len(NAMES)))
    found_real: dict[str, Floats] = defaultdict(lambda: np.zeros(len(NAMES)))
    inside: dict[str, Floats] = defaultdict(lambda: np.zeros(len(NAMES)))
    for seed in range(draws):
        found = evaluate(scenario, EQUAL, seed)
        for name, shown in verdicts(scenario, found, seed, resample=resample).items():
            counts[name] += shown
        if scenario.split == "time":
            for name, hits in next_is_inside(found).items():
                inside[name] += hits
        found = evaluate(scenario, UNEQUAL, seed)
        for name, shown in verdicts(scenario, found, seed, resample=resample).items():
            found_real[name] += shown
    _print_row("false / power", [f"{METRICS[name].title:>11}" for name in NAMES])
    for name, false in counts.items():
        pairs = zip(false / draws, found_real[name] / draws, strict=True)
        _print_row(name, [f"{rate:5.1%} {power:5.0%}" for rate, power in pairs])
    for name, times in inside.items():
        _print_row(name, [f"{share:11.1%}" for share in np.asarray(times) / draws])


def study_recommendations(scenario: Scenario, draws: int) -> None:
    """Print for each goal how often one of several equal pairs is recommended."""
    names = list(GOALS.values())
    # All sets of features together explain as much as two with a weight of 1.
    weights = (math.sqrt(2 / len(CASES)),) * len(CASES)
    past = scenario.folds * scenario.repeats
    false = np.zeros(len(names))
    for seed in range(draws):
        found = evaluate(scenario, weights, seed, names)
        parts = [[found.table.y[rows] for rows in fold] for fold in found.folds[:past]]
        counts = [[int(n) for y in fold for n in np.bincount(y, minlength=2)] for fold in parts]
        results = [
            replace(
                drawn_result(case, dict(zip(names, scores.tolist(), strict=True)), counts),
                protocol=Protocol(scenario.folds, scenario.repeats),
            )
            for case, scores in zip(CASES, np.moveaxis(found.values[:, :past], 2, 0), strict=True)
        ]
        false += [one.standing is Standing.BETTER for one in recommend(results)]
    titles = [METRICS[name].title for name in names]
    _print_row("goal measured by", [f"{title:>11}" for title in titles])
    cells = [
        f"{share:{max(11, len(t))}.1%}" for share, t in zip(false / draws, titles, strict=True)
    ]
    _print_row("recommended", cells)


def _print_row(name: str, cells: Sequence[str]) -> None:
    print(f"   {name:16}", *cells, sep=" | ", flush=True)


def main() -> None:
    """Draw, judge, and print the rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--splits", nargs="+", default=("random", "group", "time"))
    parser.add_argument("--only", nargs="+", default=("",), help="parts of scenarios' names")
    parser.add_argument("--resample", action="store_true", help="resample groups, too; slow")
    parser.add_argument("--recommend", action="store_true", help="study recommendations instead")
    options = parser.parse_args()
    for split in options.splits:
        for scenario in scenarios(split):
            if not any(part in f"{scenario} " for part in options.only):
                continue
            start = time.perf_counter()
            print(scenario, flush=True)
            if options.recommend:
                study_recommendations(scenario, options.draws)
            else:
                study_verdicts(scenario, options.draws, resample=options.resample)
            print(f"   {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
