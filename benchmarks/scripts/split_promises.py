"""Do cross-validated scores hold in the next month? Promises of each split, and the truth.

    python benchmarks/scripts/split_promises.py [--seeds 100]

Each seed is a made-up table of card payments over 12 months, with about 0.5 % fraud. Cards come
and go, and a card has several payments that resemble each other. Models are cross-validated on the
first 11 months: this is the promise. Then they are fitted to all 11 months, and score the
twelfth: this is the truth. There are tables without drift, tables where what gives fraud away
changes in the course of the year, and tables where fraud becomes more frequent.

For each split the script prints the mean promise, the mean truth, the bias with its standard
error, and how often the truth lies in the 95 % prediction interval of the folds' scores, which
takes the next month for one more fold.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from threadpoolctl import threadpool_limits

from lab.observations.statistics import prediction_interval
from lab.splits import Gap, ProtocolError, Rows, divide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
MONTHS, DAYS = 12, 360.0
FEATURES = 6  # of which the first two belong to the card
DRIFTS = ("no drift", "signs of fraud change", "fraud grows")
TURN = np.pi / 2  # of the direction that gives fraud away, in a year
GROWTH = 3.0  # of the share of fraud, in a year
# Title, split and gap.
PROMISES = (
    ("random", "random", ""),
    ("group", "group", ""),
    ("time", "time", ""),
    ("time, gap 7d", "time", "7d"),
)
METRICS = {"average precision": average_precision_score, "AUC": roc_auc_score}


def logistic_regression(_seed: int) -> Any:
    """Return the linear model; the features have the same scale already."""
    return LogisticRegression()


def small_boosting(seed: int) -> Any:
    """Return 15 small trees, which fit in a fraction of a second."""
    return HistGradientBoostingClassifier(
        max_iter=15, max_leaf_nodes=8, early_stopping=False, random_state=seed
    )


MODELS = (logistic_regression, small_boosting)


@dataclass(frozen=True)
class Payments:
    """A table of card payments.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_features)
        Features.
    rows : Rows
        Fraud or not, the card, and the day.
    """

    X: Floats
    rows: Rows

    def take(self, index: NDArray[np.integer]) -> Payments:
        """Return some of the rows."""
        return Payments(self.X[index], self.rows.take(index))


def main() -> None:
    """Draw, compare promises with the truth, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=100, help="number of tables")
    parser.add_argument("--payments", type=int, default=24_000, help="rows of a table")
    parser.add_argument("--folds", type=int, default=5, help="number of folds and of windows")
    options = parser.parse_args()
    with threadpool_limits(1):
        for drift in DRIFTS:
            start = time.perf_counter()
            found = []
            for seed in range(options.seeds):
                try:
                    found.append(compare(payments(seed, options.payments, drift), options.folds))
                except ProtocolError as error:
                    print(f"seed {seed} is left out: {error}")
            show(np.array(found), drift, time.perf_counter() - start)


def payments(seed: int, number: int, drift: str) -> Payments:
    """Return a table of about so many payments.

    Parameters
    ----------
    seed : int
        Seed of the table.
    number : int
        Expected number of payments.
    drift : str
        One of ``DRIFTS``: how fraud changes over time.
    """
    rng = np.random.default_rng([seed, DRIFTS.index(drift)])
    cards = number // 8
    # A card is in use for four months on average, and some are older than the table.
    begin = rng.uniform(-DAYS / 2, DAYS, cards)
    end = begin + rng.exponential(DAYS / 3, cards)
    begin, end = np.maximum(begin, 0), np.minimum(end, DAYS)
    length = np.maximum(end - begin, 0)
    count = rng.poisson(number * length / length.sum())
    card = np.repeat(np.arange(cards), count)
    day = rng.uniform(begin[card], end[card])
    X = rng.normal(size=(len(card), FEATURES))
    X[:, :2] = rng.normal(size=(cards, 2))[card] + 0.1 * X[:, :2]
    year = day / DAYS - 0.5
    angle = TURN * year if drift == "signs of fraud change" else np.zeros(len(card))
    growth = np.log(GROWTH) * year if drift == "fraud grows" else 0
    log_odds = -8.5 + growth + 2 * (np.cos(angle) * X[:, 2] + np.sin(angle) * X[:, 3])
    log_odds += 0.6 * X[:, 0] + 0.5 * (X[:, 4] ** 2 - 1)
    # Some cards are stolen, which no feature shows.
    log_odds += 1.5 * rng.normal(size=cards)[card]
    y = (rng.uniform(size=len(card)) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    return Payments(X, Rows(y, card.astype(np.int64), day, "days"))


def compare(table: Payments, folds: int) -> Floats:
    """Return the scores of a table by model, metric and promise: one a fold, and the truth last.

    Raises
    ------
    ProtocolError
        The payments cannot be divided, or the last month has no fraud.
    """
    is_last = table.rows.time >= DAYS * (1 - 1 / MONTHS)  # type: ignore[operator]
    past, future = table.take(np.flatnonzero(~is_last)), table.take(np.flatnonzero(is_last))
    if not future.rows.y.any():
        raise ProtocolError("the last month has no fraud")
    scores = np.empty((len(MODELS), len(METRICS), len(PROMISES), folds + 1))
    truth = _scores(past, future)
    for i, (_, split, gap) in enumerate(PROMISES):
        pairs = divide(past.rows, split, folds, gap=Gap.parse(gap) if gap else None)
        for j, fold in enumerate(pairs):
            train, test = fold.training_rows(len(past.rows)), fold.test
            scores[:, :, i, j] = _scores(past.take(train), past.take(test))
        scores[:, :, i, -1] = truth
    return scores


def _scores(train: Payments, test: Payments) -> Floats:
    """Return the scores by model and metric, after a fit."""
    scores = []
    for make in MODELS:
        model = make(0).fit(train.X, train.rows.y)
        y_score = model.predict_proba(test.X)[:, 1]
        scores.append([metric(test.rows.y, y_score) for metric in METRICS.values()])
    return np.array(scores)


def show(found: Floats, drift: str, seconds: float) -> None:
    """Print the figures of all tables with one drift.

    Parameters
    ----------
    found : ndarray of shape (n_tables, n_models, n_metrics, n_promises, n_folds + 1)
        See :func:`compare`.
    drift : str
        How fraud changes over time.
    seconds : float
        Run time.
    """
    print(f"{drift}: {len(found)} tables, {seconds:.0f} s")
    for i, model in enumerate(MODELS):
        for j, metric in enumerate(METRICS):
            print(f"  {model.__name__}, {metric}")
            for k, (title, _, _) in enumerate(PROMISES):
                folds, truth = found[:, i, j, k, :-1], found[:, i, j, k, -1]
                promise = folds.mean(axis=1)
                bias = promise - truth
                error = bias.std(ddof=1) / len(bias) ** 0.5
                intervals = [prediction_interval(values, CONFIDENCE) for values in folds]
                low, high = np.array(intervals).T
                inside = (low <= truth) & (truth <= high)
                print(
                    f"    {title:13} promise {promise.mean():.3f}  truth {truth.mean():.3f}  "
                    f"bias {bias.mean():+.3f} ± {error:.3f}  inside {inside.mean():4.0%}  "
                    f"half width {(high - low).mean() / 2:.3f}  "
                    f"last fold's bias {(folds[:, -1] - truth).mean():+.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
